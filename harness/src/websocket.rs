//! Subjects that listen for several clients, and the program that connects one.
//!
//! A client is a process of this kit that relays lines of its stdin and stdout as frames. So a
//! [`Peer`](crate::Peer) speaks to a subject over a WebSocket as over stdio, with the same deadlines
//! and the same transcript. A client that is stopped by a signal is one that does not read.

mod client;
mod frames;
mod request;
mod server;

use std::time::Instant;

use report::Transport;

use crate::failure::{Failure, Kind, OrInconclusive, Result};
use crate::listening::{Address, Place, Seen};
use crate::settings::Settings;
use reaper::process::{Ladder, Launch, Process};

pub use client::main;
pub(crate) use client::{frame, line};
pub use frames::{Frame, Frames};
pub use request::{Answer, Held, Request};
pub use server::Server;

/// The word on the command line of `proctor` that runs [`main`].
pub const WORD: &str = "__websocket";

/// A subject that listens.
pub(crate) struct Listening {
    process: Process,
    pub(crate) address: Address,
    ladder: Ladder,
}

impl Listening {
    /// Starts the subject and waits until it listens.
    ///
    /// # Errors
    ///
    /// Not offered if the subject ends, or announces no address in time.
    pub(crate) async fn start(
        mut launch: Launch,
        transport: Transport,
        settings: &Settings,
    ) -> Result<Self> {
        let place = Place::of(transport, &launch)?;
        place.put_into(&mut launch);
        let (mut process, stdin, stdout) =
            Process::spawn(&launch).or_inconclusive("starting the subject")?;
        let ladder = without_input(settings.ladder);
        process.set_ladder(ladder);
        // Without input a subject that does not understand the arguments ends, instead of waiting
        // for a client on stdin.
        drop(stdin);
        let seen = Seen::of(process.stderr_view(), stdout);
        let ended = || process.exit().map(|exit| format!("ends with {exit}"));
        match place.address(&seen, ended, Instant::now() + settings.wait).await {
            Ok(address) => Ok(Self { process, address, ladder }),
            Err(instead) => {
                // It has no client, so nobody wants to know how it ended.
                let _ = process.shutdown(None, &ladder).await;
                let what = format!("{transport} as the transport");
                let observed = format!("the subject {instead} when it is started with `{place}`");
                Err(Failure::new(Kind::NotOffered, what, "to be offered", observed))
            }
        }
    }

    /// Ends the subject, for which the end of its input means nothing.
    pub(crate) async fn end(mut self) -> reaper::process::ShutdownReport {
        self.process.shutdown(None, &self.ladder).await
    }
}

/// The time limits for a subject to which the end of its input means nothing: what it had for that, it
/// has for `SIGTERM`.
pub(crate) fn without_input(ladder: Ladder) -> Ladder {
    Ladder { eof: std::time::Duration::ZERO, term: ladder.term + ladder.eof, ..ladder }
}
