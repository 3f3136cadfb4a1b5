//! The way out of a program in a terminal: hang-up, SIGTERM, SIGKILL, each with a bound, then a
//! sweep for whatever is left of its session.

use std::time::{Duration, Instant};

use rustix::process::Signal;

use crate::guard::{NotClean, accuse};
use crate::process::patience::{Patience, Unread, at_once};
use crate::process::{EndedBy, Exit, Rung, ShutdownReport, Step};

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
        match self.report.is_clean() {
            true => Ok(self),
            false => Err(NotClean(Box::new(self.report))),
        }
    }
}

impl Pty {
    /// Ends it, and whatever descends from it, and reaps it: `SIGHUP` to its process group, as when
    /// a terminal is closed, then `SIGTERM`, then `SIGKILL`. One that ended by itself is only swept
    /// after. What it wrote up to its end is part of the answer.
    ///
    /// May be cancelled; then `Drop` goes on.
    pub async fn finish(mut self) -> Finished {
        let report = self.climb(&Patience::Runtime).await;
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

    async fn climb(&mut self, patience: &Patience) -> ShutdownReport {
        let since = Instant::now();
        let bound = since + self.leader.ladder.bound();
        self.leader.observe();
        let mut steps = vec![Step { rung: Rung::Look, took: since.elapsed() }];
        let ended_by = self.drive_out(patience, &mut steps).await;
        let exit = self.exit();
        let sweeping = Instant::now();
        let swept = self.leader.sweep(patience, bound).await;
        self.leader.reap();
        steps.push(Step { rung: Rung::Sweep, took: sweeping.elapsed() });
        self.leader.over(exit, ended_by, steps, swept)
    }

    async fn drive_out(&self, patience: &Patience, steps: &mut Vec<Step>) -> EndedBy {
        if !self.leader.handle.is_alive() {
            return EndedBy::Itself;
        }
        let rungs = [
            (Signal::HUP, self.leader.ladder.eof, Rung::Hangup, EndedBy::Hangup),
            (Signal::TERM, self.leader.ladder.term, Rung::Term, EndedBy::Term),
            (Signal::KILL, self.leader.ladder.kill, Rung::Kill, EndedBy::Kill),
        ];
        for (signal, within, rung, ended_by) in rungs {
            let since = Instant::now();
            self.leader.signal_group(signal);
            self.leader.signal_group(Signal::CONT);
            let ended = self.leader.handle.ended(patience, since + within).await;
            steps.push(Step { rung, took: since.elapsed() });
            if ended {
                return ended_by;
            }
            // What it started meanwhile is better known before it dies.
            self.leader.observe();
        }
        EndedBy::NotReaped
    }
}

impl Drop for Pty {
    fn drop(&mut self) {
        if self.over {
            return;
        }
        let patience = Patience::Blocking { unread: Unread::default() };
        let report = at_once(self.climb(&patience));
        if let Some(report) = report.filter(|report| !report.is_clean()) {
            accuse(&NotClean(Box::new(report)));
        }
    }
}
