//! Where the kernel does not tell of births: new process numbers are looked at, often enough to see
//! most parents alive.

use std::time::{Duration, Instant};

use crate::process::procfs;
use crate::process::survivor::shown_command;
use crate::process::table::is_process;

use super::Nodes;

/// How often the last number is asked for at first, and when processes come and go.
const OFTEN: Duration = Duration::from_millis(1);
/// How often when nothing happens.
const SELDOM: Duration = Duration::from_millis(16);
/// How many numbers are looked at one by one: more is a number that began again, or a storm.
const MANY: u32 = 8_192;

#[derive(Debug)]
pub(super) struct Sampling {
    last: u32,
    due: Instant,
    pace: Duration,
}

impl Sampling {
    /// Looks at numbers after this one.
    pub(super) fn from(last: u32) -> Self {
        Self { last, due: Instant::now() + OFTEN, pace: OFTEN }
    }

    pub(super) fn due(&self) -> Instant {
        self.due
    }

    /// Looks, if a number was given since the last look.
    pub(super) fn look(&mut self, nodes: &mut Nodes) {
        // One small file: this is the event that makes a look worth its while.
        let last = procfs::last_pid().unwrap_or(self.last);
        self.pace = if last == self.last { (self.pace * 2).min(SELDOM) } else { OFTEN };
        self.due = Instant::now() + self.pace;
        if last == self.last {
            return;
        }
        let mut new: Vec<u32> = match last.checked_sub(self.last) {
            Some(1..=MANY) => (self.last + 1..=last).filter(|pid| is_process(*pid)).collect(),
            _ => procfs::all().unwrap_or_default(),
        };
        self.last = last;
        // A child has a greater number than its parent, so parents come first.
        new.sort_unstable();
        for pid in new {
            let Ok(stat) = procfs::stat(pid) else { continue };
            if nodes.knows(stat.parent) && !nodes.knows(pid) {
                // Seen for the first time, so what its parent is called now is the best guess.
                if let Some(command) = shown_command(stat.parent) {
                    nodes.called(stat.parent, command);
                }
                nodes.born(stat.parent, pid);
            }
        }
    }
}
