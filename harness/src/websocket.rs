//! Subjects that listen for WebSocket connections: their start, the address that they announce, and
//! the program that connects a client.
//!
//! A client is a process of this kit that relays lines of its stdin and stdout as frames. So a
//! [`Peer`](crate::Peer) speaks to a subject over a WebSocket as over stdio, with the same deadlines
//! and the same transcript. A client that is stopped by a signal is one that does not read.

mod client;

use std::net::SocketAddr;
use std::time::Instant;

use crate::failure::{Failure, Kind, OrInconclusive, Result};
use crate::looks::Looks;
use crate::settings::Settings;
use reaper::process::{Ladder, Launch, Process};

pub use client::main;

/// The word on the command line of `proctor` that runs [`main`].
pub const WORD: &str = "__websocket";
/// The arguments that make a subject listen.
const LISTEN: [&str; 2] = ["--listen", "ws://127.0.0.1:0"];

/// A subject that listens.
pub(crate) struct Listening {
    process: Process,
    pub(crate) address: SocketAddr,
    ladder: Ladder,
}

impl Listening {
    /// Starts the subject and waits for the address that it announces.
    ///
    /// # Errors
    ///
    /// Not offered if the subject ends, or announces none in time.
    pub(crate) async fn start(mut launch: Launch, settings: &Settings) -> Result<Self> {
        launch.args.extend(LISTEN.map(Into::into));
        let (mut process, stdin, stdout) =
            Process::spawn(&launch).or_inconclusive("starting the subject")?;
        process.set_ladder(settings.ladder);
        // Without input a subject that does not understand the arguments ends, instead of waiting
        // for a client on stdin.
        drop((stdin, stdout));
        let mut looks = Looks::until(Instant::now() + settings.wait);
        loop {
            if let Some(address) = announced(&process.stderr().text()) {
                return Ok(Self { process, address, ladder: settings.ladder });
            }
            let ended = process.exit();
            if ended.is_none() && looks.again().await {
                continue;
            }
            let instead = ended.map_or_else(
                || "announces no address on stderr".to_owned(),
                |exit| format!("ends with {exit}"),
            );
            // It has no client, so nobody wants to know how it ended.
            let _ = process.shutdown(None, &settings.ladder).await;
            let observed =
                format!("the subject {instead} when it is started with `{}`", LISTEN.join(" "));
            let what = "the WebSocket transport";
            return Err(Failure::new(Kind::NotOffered, what, "to be offered", observed));
        }
    }

    /// Ends the subject, for which the end of its input means nothing.
    pub(crate) async fn end(mut self) -> reaper::process::ShutdownReport {
        let ladder = Ladder { eof: std::time::Duration::ZERO, ..self.ladder };
        self.process.shutdown(None, &ladder).await
    }
}

/// The address after the first `ws://` with a port.
fn announced(text: &str) -> Option<SocketAddr> {
    text.split("ws://").skip(1).find_map(|rest| {
        let end =
            rest.find(|letter: char| !(letter.is_ascii_alphanumeric() || ".:[]".contains(letter)));
        // What follows shows that the number of the port is complete.
        rest[..end?].parse().ok()
    })
}

#[cfg(test)]
mod tests {
    use super::announced;

    #[test]
    fn the_address_is_the_first_complete_one() {
        let text = "colours \u{1b}[2m\n listening on: ws://127.0.0.1:4711\n readyz: http://x\n";
        assert_eq!(announced(text).map(|address| address.port()), Some(4711));
        assert_eq!(announced("at ws://127.0.0.1:47"), None);
        assert_eq!(announced("listening on nothing\n"), None);
    }
}
