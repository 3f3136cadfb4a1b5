//! Sampling, for kernels that do not report births: new pids are examined often enough to see most
//! parents alive.

use std::time::{Duration, Instant};

use crate::process::procfs;
use crate::process::survivor::shown_command;
use crate::process::table::is_process;

use super::Nodes;

/// The interval at which the last pid is read at first, and while processes come and go.
const SHORT_INTERVAL: Duration = Duration::from_millis(1);
/// The interval while nothing happens.
const LONG_INTERVAL: Duration = Duration::from_millis(16);
/// The number of pids that are examined one by one: more means a wrap-around, or a storm of forks.
const MANY: u32 = 8_192;

#[derive(Debug)]
pub(super) struct Sampling {
    last: u32,
    due: Instant,
    pace: Duration,
}

impl Sampling {
    /// Examines the pids after this one.
    pub(super) fn from(last: u32) -> Self {
        Self { last, due: Instant::now() + SHORT_INTERVAL, pace: SHORT_INTERVAL }
    }

    pub(super) fn due(&self) -> Instant {
        self.due
    }

    /// Looks, if a pid was assigned since the last look.
    pub(super) fn look(&mut self, nodes: &mut Nodes) {
        // A single small file, which shows whether a look is worth its cost.
        let last = procfs::last_pid().unwrap_or(self.last);
        self.pace =
            if last == self.last { (self.pace * 2).min(LONG_INTERVAL) } else { SHORT_INTERVAL };
        self.due = Instant::now() + self.pace;
        if last == self.last {
            return;
        }
        let mut new: Vec<u32> = match last.checked_sub(self.last) {
            Some(1..=MANY) => (self.last + 1..=last).filter(|pid| is_process(*pid)).collect(),
            _ => procfs::all().unwrap_or_default(),
        };
        self.last = last;
        // A child usually has a greater pid than its parent, so parents come first.
        new.sort_unstable();
        for pid in new {
            let Ok(stat) = procfs::stat(pid) else { continue };
            if nodes.knows(stat.parent) && !nodes.knows(pid) {
                // The child is new, so the present name of its parent is the best guess.
                if let Some(command) = shown_command(stat.parent) {
                    nodes.called(stat.parent, command);
                }
                nodes.born(stat.parent, pid);
            }
        }
    }
}
