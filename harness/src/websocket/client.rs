//! The program that connects a client: a line of stdin becomes a frame, a frame a line of stdout.

use std::io::{self, BufRead, Write};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use futures_util::{SinkExt, StreamExt};
use tokio::runtime;
use tokio::sync::mpsc;
use tokio_tungstenite::tungstenite::{Error, Message};

use crate::listening::Address;

/// How many lines may wait for a subject that does not read.
const LINES: usize = 1_000;

/// How long a subject may refuse the connection.
const PATIENCE: Duration = Duration::from_secs(10);

/// Relays until stdin ends or the subject closes the connection. The argument is the address: that of
/// a port, or the path of a unix socket.
///
/// Exits with 0 after the end of stdin, with 1 and a reason on stderr if the connection fails.
pub fn main(mut args: impl Iterator<Item = String>) -> ExitCode {
    let address = args.next().and_then(|address| Address::read(&address));
    let Some(address) = address else { return ExitCode::from(2) };
    let relayed = runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(Error::Io)
        .and_then(|runtime| runtime.block_on(relay(&address)));
    match relayed {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // With stderr gone, too, the exit code is all that is left to say.
            let _ = writeln!(io::stderr(), "the WebSocket connection: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn relay(address: &Address) -> Result<(), Error> {
    let socket = address.connect(Instant::now() + PATIENCE).await?;
    let (mut to_subject, mut from_subject) = socket.split();
    let mut lines = lines()?;
    loop {
        tokio::select! {
            line = lines.recv() => match line {
                Some(line) => to_subject.send(frame(line)).await?,
                None => return to_subject.close().await,
            },
            frame = from_subject.next() => match frame.transpose()? {
                Some(Message::Text(text)) => write(text.as_bytes())?,
                Some(Message::Binary(bytes)) => write(&bytes)?,
                Some(Message::Close(_)) | None => return Err(Error::ConnectionClosed),
                Some(_) => {}
            },
        }
    }
}

/// The lines of stdin without their ends, read by a thread of their own.
fn lines() -> io::Result<mpsc::Receiver<Vec<u8>>> {
    let (sender, lines) = mpsc::channel(LINES);
    std::thread::Builder::new().name("stdin".into()).spawn(move || {
        for line in io::stdin().lock().split(b'\n') {
            let Ok(line) = line else { return };
            if sender.blocking_send(line).is_err() {
                return;
            }
        }
    })?;
    Ok(lines)
}

/// A line as a frame, of text wherever it can be one.
pub(crate) fn frame(line: Vec<u8>) -> Message {
    match String::from_utf8(line) {
        Ok(text) => Message::text(text),
        Err(error) => Message::binary(error.into_bytes()),
    }
}

/// A message as a line; line ends between its tokens become blanks.
pub(crate) fn line(message: &[u8]) -> Vec<u8> {
    let blank = |byte: &u8| if *byte == b'\n' { b' ' } else { *byte };
    let mut line: Vec<u8> = message.iter().map(blank).collect();
    line.push(b'\n');
    line
}

fn write(message: &[u8]) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(&line(message))?;
    stdout.flush()
}
