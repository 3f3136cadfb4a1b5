//! How many cases are under way at a time: more of them while the processors have nothing to do.
//!
//! A case with a fault mostly waits for what never comes, one of a variant mostly computes. A fixed number that suits one
//! wastes time with the other: too few let the machine idle, too many let each other miss their deadlines.

use std::time::{Duration, Instant};

/// How often it is looked how busy the machine is.
pub(super) const INTERVAL: Duration = Duration::from_millis(50);

/// From this share of idle time on there is room for more, in percent.
const IDLE: u64 = 15;
/// The same where one more case costs little: the least that two processors can show in one look.
const LITTLE_IDLE: u64 = 5;
/// Up to this share of idle time there are too many, in percent.
const BUSY: u64 = 3;

/// The number of cases that may be under way, as it changes.
pub(super) struct Pace {
    allowed: usize,
    least: usize,
    most: usize,
    /// The share of idle time from which on there is room for more, in percent.
    idle: u64,
    seen: Option<Times>,
    looked: Instant,
}

/// How long the processors of the machine have done something and nothing, in ticks since it was started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Times {
    idle: u64,
    all: u64,
}

impl Pace {
    /// Always this many.
    pub(super) fn fixed(jobs: usize) -> Self {
        Self { seen: None, ..Self::between(jobs) }
    }

    /// For cases that mostly wait.
    pub(super) fn waiting() -> Self {
        Self::fixed(36 * cores())
    }

    /// For cases that mostly compute: enough of them that the processors do not idle while one of them waits.
    pub(super) fn computing() -> Self {
        let least = 9 * cores();
        Self { most: 24 * cores(), idle: LITTLE_IDLE, ..Self::between(least) }
    }

    /// From eight to fifty for each processor, for cases of which nothing is known.
    pub(super) fn adaptive() -> Self {
        Self { most: 48 * cores(), ..Self::between(8 * cores()) }
    }

    fn between(least: usize) -> Self {
        let looked = Instant::now();
        Self { allowed: least, least, most: least, idle: IDLE, seen: times(), looked }
    }

    pub(super) fn allowed(&self) -> usize {
        self.allowed
    }

    pub(super) fn most(&self) -> usize {
        self.most
    }

    /// Looks how busy the machine is, if that is due.
    pub(super) fn look(&mut self) {
        if self.least == self.most || self.looked.elapsed() < INTERVAL {
            return;
        }
        self.looked = Instant::now();
        let now = times();
        if let (Some(before), Some(now)) = (self.seen, now) {
            self.turn(before, now);
        }
        self.seen = now;
    }

    fn turn(&mut self, before: Times, now: Times) {
        let all = now.all.saturating_sub(before.all);
        let idle = now.idle.saturating_sub(before.idle);
        let Some(share) = (idle * 100).checked_div(all) else { return };
        if share >= self.idle {
            self.allowed = self.most.min(self.allowed + self.allowed / 4);
        } else if share <= BUSY {
            self.allowed = self.least.max(self.allowed - self.allowed / 8);
        }
    }
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(2, std::num::NonZero::get)
}

/// Nothing where the system does not tell.
fn times() -> Option<Times> {
    Times::parse(&std::fs::read_to_string("/proc/stat").ok()?)
}

impl Times {
    /// See `proc_stat(5)`: user, nice, system, idle, iowait, irq, softirq, steal.
    fn parse(stat: &str) -> Option<Self> {
        let line = stat.lines().find_map(|line| line.strip_prefix("cpu "))?;
        let times: Option<Vec<u64>> =
            line.split_ascii_whitespace().take(8).map(|time| time.parse().ok()).collect();
        let times = times?;
        Some(Self { idle: times.get(3)? + times.get(4)?, all: times.iter().sum() })
    }
}

#[cfg(test)]
mod tests {
    use super::{Pace, Times};

    fn pace() -> Pace {
        Pace { least: 16, most: 64, ..Pace::fixed(16) }
    }

    #[test]
    fn idle_processors_get_more_to_do_and_busy_ones_less() {
        let mut pace = pace();
        let (start, idle) = (Times { idle: 0, all: 0 }, Times { idle: 50, all: 100 });
        for _ in 0..20 {
            pace.turn(start, idle);
        }
        assert_eq!(pace.allowed(), 64);
        for _ in 0..40 {
            pace.turn(start, Times { idle: 1, all: 100 });
        }
        assert_eq!(pace.allowed(), 16);
        pace.turn(start, Times { idle: 8, all: 100 });
        pace.turn(start, start);
        assert_eq!(pace.allowed(), 16);
    }

    #[test]
    fn waiting_for_a_disk_is_idling() {
        let stat = "cpu  10 1 5 100 20 0 4 0 7 7\ncpu0 1 1 1 1\n";
        assert_eq!(Times::parse(stat), Some(Times { idle: 120, all: 140 }));
        assert_eq!(Times::parse("nothing"), None);
    }

    #[test]
    fn a_number_that_was_asked_for_stays() {
        let mut pace = Pace::fixed(3);
        pace.look();
        assert_eq!((pace.allowed(), pace.most()), (3, 3));
    }
}
