//! The ends of a connection to a subject: its pipes, or a WebSocket whose frames are carried as lines.

use std::convert::Infallible;
use std::future::pending;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use futures_util::{Sink, SinkExt, Stream, StreamExt};
use reaper::process::{Launch, Process};
use report::Transport;
use tokio::io::{
    AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader, DuplexStream, duplex,
};
use tokio::net::unix::pipe;
use tokio::process::ChildStdin;
use tokio::task::JoinHandle;
use tokio_tungstenite::tungstenite::{Error, Message};

use crate::failure::{OrInconclusive, Result};
use crate::listening::{Place, Seen};
use crate::settings::Settings;
use crate::websocket::{frame, line, without_input};

/// The number of bytes that wait for a peer that does not read; then no more frames are read.
const AHEAD: usize = 64 << 10;

/// How long a subject may take until it listens. Waits of the check have limits of their own, which are
/// longer while a subject starts and uses the processor.
const PATIENCE: Duration = Duration::from_secs(90);

/// A subject that was started, and what is written to it and read from it.
pub(super) struct Ends {
    pub(super) process: Process,
    pub(super) stdin: ChildStdin,
    pub(super) stdout: Box<dyn AsyncRead + Unpin + Send>,
    pub(super) relay: Option<Relay>,
}

/// The task that carries lines as frames, and frames as lines.
pub(super) struct Relay {
    task: JoinHandle<()>,
    /// How the connection ended.
    end: Arc<Mutex<String>>,
}

/// Starts a subject; one that listens is connected to as soon as it says where.
pub(super) fn start(launch: &Launch, transport: Transport, settings: &Settings) -> Result<Ends> {
    let starting = "starting the subject";
    if !transport.listens() {
        let (mut process, stdin, stdout) = Process::spawn(launch).or_inconclusive(starting)?;
        process.set_ladder(settings.ladder);
        return Ok(Ends { process, stdin, stdout: Box::new(stdout), relay: None });
    }
    let mut launch = launch.clone();
    let place = Place::of(transport, &launch)?;
    place.put_into(&mut launch);
    let (mut process, own_stdin, own_stdout) = Process::spawn(&launch).or_inconclusive(starting)?;
    process.set_ladder(without_input(settings.ladder));
    drop(own_stdin);
    let seen = Seen::of(process.stderr_view(), own_stdout);
    let (stdin, lines) = pipe_of_lines().or_inconclusive("making a pipe")?;
    let (received, stdout) = duplex(AHEAD);
    let end = Arc::new(Mutex::new("the connection is not open yet".to_owned()));
    let (until, noted) = (Instant::now() + PATIENCE, Arc::clone(&end));
    let task = tokio::spawn(async move {
        let how = carry(&place, &seen, until, lines, received).await;
        *noted.lock().unwrap_or_else(PoisonError::into_inner) = how;
    });
    let relay = Some(Relay { task, end });
    Ok(Ends { process, stdin, stdout: Box::new(stdout), relay })
}

impl Relay {
    /// How the connection ended, as the beginning of a sentence.
    pub(super) fn end(&self) -> String {
        self.end.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Waits until the connection is closed, after the lines have ended.
    pub(super) async fn leave(&mut self, within: Duration) {
        if !self.task.is_finished() {
            // Whoever does not answer the farewell is left without.
            let _ = tokio::time::timeout(within, &mut self.task).await;
        }
        self.give_up();
    }

    /// Closes the connection at once.
    pub(super) fn give_up(&self) {
        self.task.abort();
    }
}

/// A pipe that takes the place of a subject's stdin, and its other end.
fn pipe_of_lines() -> io::Result<(ChildStdin, pipe::Receiver)> {
    let (reader, writer) = io::pipe()?;
    let stdin =
        ChildStdin::from_std(std::process::ChildStdin::from(std::os::fd::OwnedFd::from(writer)))?;
    Ok((stdin, pipe::Receiver::from_owned_fd(reader.into())?))
}

/// Connects and carries messages both ways until either side closes the connection; how it ended.
async fn carry(
    place: &Place,
    seen: &Seen,
    until: Instant,
    lines: pipe::Receiver,
    received: DuplexStream,
) -> String {
    let ended = || seen.is_over().then(|| "closes its stdout".to_owned());
    let address = match place.address(seen, ended, until).await {
        Ok(address) => address,
        Err(instead) => return format!("the subject {instead}"),
    };
    let socket = match address.connect(until).await {
        Ok(socket) => socket,
        Err(error) => return format!("no connection could be opened ({error})"),
    };
    let (to_subject, from_subject) = socket.split();
    // Apart, so that a peer that does not read can still write.
    tokio::select! {
        how = receive(from_subject, received) => how,
        failed = send(lines, to_subject) => match failed {
            Err(error) => format!("the connection broke ({error})"),
            Ok(never) => match never {},
        },
    }
}

/// Sends each line as a frame, and closes the connection after the last. A line without an end is none.
async fn send(
    lines: pipe::Receiver,
    mut to_subject: impl Sink<Message, Error = Error> + Unpin,
) -> std::result::Result<Infallible, Error> {
    let mut lines = BufReader::new(lines);
    let mut next = Vec::new();
    while lines.read_until(b'\n', &mut next).await? > 0 {
        if next.pop() == Some(b'\n') {
            to_subject.send(frame(std::mem::take(&mut next))).await?;
        }
        next.clear();
    }
    to_subject.close().await?;
    // The subject closes its side, too.
    pending().await
}

/// Writes each frame as a line until the subject closes the connection; how it did.
async fn receive(
    mut from_subject: impl Stream<Item = std::result::Result<Message, Error>> + Unpin,
    mut received: impl AsyncWrite + Unpin,
) -> String {
    loop {
        let message = match from_subject.next().await {
            Some(Ok(Message::Text(text))) => line(text.as_bytes()),
            Some(Ok(Message::Binary(bytes))) => line(&bytes),
            Some(Ok(Message::Close(Some(why)))) => {
                return format!("the subject had closed the connection ({why})");
            }
            Some(Ok(Message::Close(None))) | None => {
                return "the subject had closed the connection".to_owned();
            }
            Some(Ok(_)) => continue,
            Some(Err(error)) => return format!("the connection broke ({error})"),
        };
        if received.write_all(&message).await.is_err() {
            return "nobody read what the subject sent".to_owned();
        }
    }
}
