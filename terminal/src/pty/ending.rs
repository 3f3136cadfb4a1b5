//! The way out of a program in a terminal: hang-up, SIGTERM, SIGKILL, each with a bound, then a
//! sweep for whatever is left of its session.

use std::time::{Duration, Instant};

use rustix::process::Signal;

use reaper::process::{Exit, NotClean, Rung, ShutdownReport};

use super::Pty;

/// How long the last output may take from the kernel to us, after everybody has ended.
const LAST_WORDS: Duration = Duration::from_millis(500);

/// A program that was in a terminal: all that it showed, and how it ended.
#[derive(Clone, Debug)]
pub struct Finished {
    /// How it ended; nothing if it could not be ended.
    pub exit: Option<Exit>,
    /// Every byte from its first to its last.
    pub raw: Vec<u8>,
    /// The same without escape sequences and with plain line ends.
    pub text: String,
    /// How it was ended, and what it left behind.
    pub report: ShutdownReport,
}

impl Finished {
    /// The same, if nothing was left behind.
    ///
    /// # Errors
    ///
    /// If anything was, with the evidence on each process.
    pub fn clean(self) -> Result<Self, NotClean> {
        if self.report.is_clean() { Ok(self) } else { Err(NotClean(Box::new(self.report))) }
    }
}

impl Pty {
    /// Ends it, and whatever descends from it, and reaps it: `SIGHUP` to its process group, as when
    /// a terminal is closed, then `SIGTERM`, then `SIGKILL`. One that ended by itself is only swept
    /// after. What it wrote up to its end is part of the answer.
    ///
    /// May be cancelled; then `Drop` goes on.
    pub async fn finish(mut self) -> Finished {
        let report = self.leader.end(Rung::Hangup, || self.hang_up()).await;
        self.over = true;
        let until = Instant::now() + LAST_WORDS;
        // Everybody has ended; if somebody has not, the report says so.
        let _ = self.wait_for("the end", until, |record| record.closed.then_some(())).await;
        let record = self.pump.record();
        Finished {
            exit: report.exit,
            raw: record.raw.clone(),
            text: record.text().to_owned(),
            report,
        }
    }

    fn hang_up(&self) {
        self.leader.signal_group(Signal::HUP);
        // A stopped process does not act on it.
        self.leader.signal_group(Signal::CONT);
    }
}

impl Drop for Pty {
    fn drop(&mut self) {
        if self.over {
            return;
        }
        let report = self.leader.end_now(Rung::Hangup, || self.hang_up());
        if let Err(left) = report.clean() {
            left.accuse();
        }
    }
}
