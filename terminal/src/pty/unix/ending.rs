//! The shutdown of a program in a terminal: hang-up, SIGTERM, SIGKILL, each with a time limit, then
//! a sweep for processes that are left of its session.

use std::time::{Duration, Instant};

use rustix::process::Signal;

use reaper::process::Rung;

use super::{Finished, Pty};

/// How long the last output may take to arrive after all processes have ended.
const LAST_WORDS: Duration = Duration::from_millis(500);

impl Pty {
    /// Ends it and all its descendants, and reaps it: `SIGHUP` to its process group, as when a
    /// terminal is closed, then `SIGTERM`, then `SIGKILL`. If it has already ended by itself, only
    /// its descendants are ended. The result includes its output up to its end.
    ///
    /// May be cancelled; then `Drop` completes the shutdown.
    pub async fn finish(mut self) -> Finished {
        let report = self.leader.end(Rung::Hangup, || self.hang_up()).await;
        self.over = true;
        let until = Instant::now() + LAST_WORDS;
        // All processes have ended; if not, the report says so.
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
        // A stopped process does not act on the hang-up.
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
