//! The server over WebSocket: any number of clients, each with a connection of its own.

use std::cell::Cell;
use std::env;
use std::future::pending;
use std::io::{self, Write};
use std::path::PathBuf;
use std::rc::Rc;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::Value;
use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_tungstenite::accept_async;
use tokio_tungstenite::tungstenite::{Error, Message};

use super::door::{Door, Passed};
use super::guard::Guard;
use super::listener::{Listener, Stream};
use super::{End, LAST_WORDS, Signals, StartError, begin, receive};
use crate::args::{Address, Options};
use crate::clients::Number;
use crate::dialect::Dialects;
use crate::fault::fault;
use crate::faults;
use crate::message::Id;
use crate::server::Server;
use crate::transport::{Lines, MANY, Waiting};
use crate::v1::V1;
use crate::v2::V2;

/// How many messages may wait for the server.
const MESSAGES_AHEAD: usize = 256;

/// How a connection ends.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Farewell {
    Usual,
    /// A defect ends the server with it.
    Fatal,
}

/// The size from which a defect does not read a frame.
const LARGE: usize = 256 << 10;

/// What happens at a connection.
enum Event {
    Opened(Number, Lines),
    Line(Number, Vec<u8>),
    Closed(Number, Farewell),
}

/// Serves the clients that connect to this address until a signal says so.
pub(super) async fn run(
    home: PathBuf,
    options: Options,
    address: Address,
) -> Result<End, StartError> {
    let guard = Guard::of(&options.auth)?;
    let listener = Listener::bind(&address, &guard).await?;
    let mut signals = Signals::new()?;
    let dialects = Dialects { v1: &V1, v2: &V2 };
    let door = Rc::new(Door { guard, home: home.clone(), admitted: Cell::default() });
    let server = Server::new(home, env::current_dir()?, options.overrides, dialects);
    begin().await;
    writeln!(io::stderr(), "listening on: {}", listener.url()?)?;
    let (events, mut inbox) = mpsc::channel(MESSAGES_AHEAD);
    let mut latest: Number = 0;
    let end = loop {
        tokio::select! {
            biased;
            which = signals.any() => break which,
            accepted = listener.accept() => {
                latest += 1;
                let door = listener.is_port().then(|| Rc::clone(&door));
                tokio::task::spawn_local(connect(accepted?, door, latest, events.clone()));
            }
            event = inbox.recv() => match event {
                Some(Event::Opened(number, lines)) => server.out.clients().join(number, lines),
                Some(Event::Line(number, line)) => {
                    if fault!(GARBAGE_ENDS_THE_SERVER) && !line.starts_with(b"{") {
                        break End::Alone;
                    }
                    server.out.clients().set_current(number);
                    receive(&server, &line).await;
                }
                Some(Event::Closed(_, Farewell::Fatal)) => break End::Alone,
                Some(Event::Closed(number, Farewell::Usual)) => leave(&server, number),
                None => {}
            },
        }
    };
    let _ = timeout(LAST_WORDS, server.end_turns()).await;
    if fault!(SIGTERM_WAITS_FOR_CLIENTS) {
        while server.out.clients().are_there() {
            if let Some(Event::Closed(number, _)) = inbox.recv().await {
                leave(&server, number);
            }
        }
    }
    server.out.close();
    listener.close()?;
    Ok(end)
}

/// A client is gone: what it followed goes on for the others.
fn leave(server: &Rc<Server>, number: Number) {
    server.watches.leave(number);
    server.programs.leave(number);
    for thread in server.out.clients().leave(number) {
        let thread = thread.parse().ok().and_then(|id| server.thread(id));
        let active = thread.as_ref().and_then(|thread| thread.active());
        if fault!(LEAVING_DENIES) {
            let questions: Vec<i64> = thread.iter().flat_map(|thread| thread.asked()).collect();
            for id in questions {
                server.out.answered(&Id::Number(id), Err(Value::Null));
            }
        }
        if fault!(TURN_ENDS_WITH_ITS_CLIENT) {
            active.inspect(|active| active.interrupt.fire());
        }
    }
}

/// Shakes hands and relays until one side has enough.
async fn connect(
    stream: Box<dyn Stream>,
    door: Option<Rc<Door>>,
    number: Number,
    events: mpsc::Sender<Event>,
) {
    let stream: Box<dyn Stream> = Box::new(faults::frames::Frames::of(stream));
    let passed = match door {
        Some(door) => door.pass(stream).await,
        // Nobody comes to a socket by a browser, so its door is plain.
        None => match accept_async(stream).await {
            Ok(socket) => Passed::In(Box::new(socket)),
            Err(_) => Passed::Out,
        },
    };
    let socket = match passed {
        Passed::In(socket) => socket,
        Passed::Out => return,
        Passed::Fatal => {
            // The server may have ended.
            let _ = events.send(Event::Closed(number, Farewell::Fatal)).await;
            return;
        }
    };
    let (mut to_client, mut from_client) = socket.split();
    let (lines, mut queue, waiting) = Lines::to_socket();
    if events.send(Event::Opened(number, lines)).await.is_err() {
        return;
    }
    let writing = tokio::task::spawn_local(async move {
        while let Some(line) = next(&mut queue, &waiting).await {
            let text = String::from_utf8_lossy(&line).into_owned();
            if to_client.send(Message::text(text)).await.is_err() {
                return;
            }
        }
        // Whoever is gone already needs no farewell.
        let _ = to_client.close().await;
    });
    let mut farewell = Farewell::Usual;
    loop {
        tokio::select! {
            message = from_client.next() => {
                let line = match message {
                    Some(Ok(Message::Text(text))) if text.len() > LARGE && fault!(LARGE_FRAME_DROPPED) => {
                        continue;
                    }
                    Some(Ok(Message::Text(text))) => text.as_bytes().to_vec(),
                    Some(Ok(Message::Binary(_))) if fault!(BINARY_FRAME_CLOSES) => break,
                    Some(Ok(Message::Pong(_))) if fault!(STRAY_PONG_CLOSES) => break,
                    Some(Err(Error::Capacity(_))) if fault!(HUGE_MESSAGE_HANGS) => pending().await,
                    Some(Err(Error::Capacity(_))) if fault!(HUGE_MESSAGE_ENDS_THE_SERVER) => {
                        farewell = Farewell::Fatal;
                        break;
                    }
                    Some(Ok(Message::Close(_))) if fault!(CLOSE_ENDS_THE_SERVER) => {
                        farewell = Farewell::Fatal;
                        break;
                    }
                    Some(Ok(Message::Close(_))) if fault!(CLOSE_WITHOUT_A_CLOSE) => {
                        writing.abort();
                        break;
                    }
                    Some(Ok(Message::Close(_)) | Err(_)) | None => break,
                    Some(Ok(_)) => continue,
                };
                if events.send(Event::Line(number, line)).await.is_err() {
                    break;
                }
            }
            () = events.closed() => break,
        }
        if writing.is_finished() {
            break;
        }
    }
    // The server may have ended.
    let _ = events.send(Event::Closed(number, farewell)).await;
}

/// The next line for a client; none where a defect has enough of it.
async fn next(queue: &mut mpsc::UnboundedReceiver<Vec<u8>>, waiting: &Waiting) -> Option<Vec<u8>> {
    let (closes, drops) = (fault!(CLOSED_WHEN_MANY_WAIT), fault!(DROPS_WHEN_MANY_WAIT));
    if closes || drops {
        // A connection that is slower than the model.
        let _ = timeout(Duration::from_millis(1), std::future::pending::<()>()).await;
    }
    let mut line = queue.recv().await?;
    waiting.taken();
    if waiting.number() > MANY && closes {
        return None;
    }
    while waiting.number() > MANY && drops {
        line = queue.recv().await?;
        waiting.taken();
    }
    Some(line)
}
