//! The time limits of a shutdown.

use std::time::Duration;

/// The time limit of each step of a shutdown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ladder {
    /// From the end of its input until `SIGTERM`.
    pub eof: Duration,
    /// How much longer it gets after that, while it wants a processor: it is ending on a busy machine.
    pub busy: Duration,
    /// From `SIGTERM` until `SIGKILL`.
    pub term: Duration,
    /// From `SIGKILL` until we give up; also the least time of the sweep when all steps before it
    /// took their full time.
    pub kill: Duration,
    /// From the subject's end until its descendants count as survivors. Descendants that run or
    /// wait for a processor at that time get up to five times as long again, if the earlier steps
    /// have not used that time.
    pub settle: Duration,
}

impl Default for Ladder {
    /// 1.2 s and no longer, 500 ms, 800 ms, 250 ms. On a machine with two busy cores, real subjects end 2–30 ms
    /// after the end of their input when idle, and up to 0.5 s after it in the middle of a turn or
    /// while starting; a process that holds 200 MB needs 40 ms to be killed.
    fn default() -> Self {
        Self {
            eof: Duration::from_millis(1200),
            busy: Duration::ZERO,
            term: Duration::from_millis(500),
            kill: Duration::from_millis(800),
            settle: Duration::from_millis(250),
        }
    }
}

impl Ladder {
    /// The longest time of a whole shutdown, apart from the time that looking takes.
    pub fn bound(&self) -> Duration {
        self.eof
            .saturating_add(self.busy)
            .saturating_add(self.term)
            .saturating_add(self.kill)
            .saturating_add(self.settle)
    }
}
