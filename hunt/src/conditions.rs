//! The conditions of a run.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Disturbances of the machine, or of the messages, while a target runs. By default there are none.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Conditions {
    /// How many copies of the target run at the same time; 1 is the target alone.
    #[serde(skip_serializing_if = "is_one")]
    pub copies: usize,
    /// Every copy, with all its descendants, has to share one core.
    #[serde(skip_serializing_if = "is_default")]
    pub one_core: bool,
    /// The number of threads that only use the processor, per processor of the machine.
    #[serde(skip_serializing_if = "is_default")]
    pub busy: usize,
    /// The memory that each process may write, in MiB; 0 for no limit.
    #[serde(skip_serializing_if = "is_default")]
    pub memory: usize,
    /// The room on the disk, in MiB; 0 for no limit.
    #[serde(skip_serializing_if = "is_default")]
    pub disk: usize,
    /// What changes a file takes longer.
    #[serde(skip_serializing_if = "is_default")]
    pub slow_disk: bool,
    /// Clocks go in steps, and timers are late.
    #[serde(skip_serializing_if = "is_default")]
    pub coarse_clock: bool,
    /// Some messages between peer and subject are delayed, as the seed of the run determines.
    /// Checks only.
    #[serde(skip_serializing_if = "is_default")]
    pub delays: bool,
    /// The subject is paused before some messages, as the seed of the run determines. Checks only.
    #[serde(skip_serializing_if = "is_default")]
    pub pauses: bool,
    /// The tests of the same program that run before it.
    #[serde(skip_serializing_if = "is_default")]
    pub after: Vec<String>,
    /// Each of these runs in a process of its own, and not in that of the target.
    #[serde(skip_serializing_if = "is_default")]
    pub apart: bool,
}

/// The largest limit of memory that is tried, in MiB; smaller ones are halves of it.
const MEMORY: usize = 4096;

/// The largest room on the disk that is tried, in MiB; smaller ones are halves of it.
const DISK: usize = 64;

/// A part of the conditions that can be left out alone.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Part {
    /// This many more copies.
    Copies(usize),
    /// The one core.
    OneCore,
    /// This many more busy threads per processor.
    Busy(usize),
    /// Half the memory.
    Memory,
    /// Half the room on the disk.
    Disk,
    /// The slow disk.
    SlowDisk,
    /// The coarse clock.
    CoarseClock,
    /// The delays.
    Delays,
    /// The pauses.
    Pauses,
    /// This test before, in the same process or apart.
    After(String, bool),
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

fn is_one(copies: &usize) -> bool {
    *copies == 1
}

impl Default for Conditions {
    fn default() -> Self {
        Self {
            copies: 1,
            one_core: false,
            busy: 0,
            memory: 0,
            disk: 0,
            slow_disk: false,
            coarse_clock: false,
            delays: false,
            pauses: false,
            after: Vec::new(),
            apart: false,
        }
    }
}

impl Conditions {
    /// Whether the target runs undisturbed.
    pub fn is_plain(&self) -> bool {
        *self == Self::default()
    }

    /// The parts of these conditions: amounts in steps that double, so that any smaller amount can
    /// be composed.
    pub fn parts(&self) -> Vec<Part> {
        let mut parts = Vec::new();
        parts.extend(steps(self.copies.saturating_sub(1)).into_iter().map(Part::Copies));
        parts.extend(self.one_core.then_some(Part::OneCore));
        parts.extend(steps(self.busy).into_iter().map(Part::Busy));
        // The more halves are left out, the more there is.
        parts.extend(halves(MEMORY, self.memory).map(|_| Part::Memory));
        parts.extend(halves(DISK, self.disk).map(|_| Part::Disk));
        parts.extend(self.slow_disk.then_some(Part::SlowDisk));
        parts.extend(self.coarse_clock.then_some(Part::CoarseClock));
        parts.extend(self.delays.then_some(Part::Delays));
        parts.extend(self.pauses.then_some(Part::Pauses));
        parts.extend(self.after.iter().map(|name| Part::After(name.clone(), self.apart)));
        parts
    }

    /// Composes conditions from parts.
    pub fn of(parts: &[Part]) -> Self {
        let mut sum = Self::default();
        for part in parts {
            match part {
                Part::Copies(more) => sum.copies += more,
                Part::OneCore => sum.one_core = true,
                Part::Busy(more) => sum.busy += more,
                Part::Memory => sum.memory = half(MEMORY, sum.memory),
                Part::Disk => sum.disk = half(DISK, sum.disk),
                Part::SlowDisk => sum.slow_disk = true,
                Part::CoarseClock => sum.coarse_clock = true,
                Part::Delays => sum.delays = true,
                Part::Pauses => sum.pauses = true,
                Part::After(name, apart) => {
                    sum.after.push(name.clone());
                    sum.apart = *apart;
                }
            }
        }
        sum
    }
}

/// Half of a limit, or the largest one.
fn half(most: usize, limit: usize) -> usize {
    if limit == 0 { most } else { (limit / 2).max(1) }
}

/// The limits from the largest to this one, each half of the one before.
fn halves(most: usize, limit: usize) -> impl Iterator<Item = usize> {
    let from = (limit > 0).then_some(most);
    std::iter::successors(from, move |each| (*each > limit).then(|| half(most, *each)))
}

/// The steps 1, 1, 2, 4, …, whose sum is `amount`.
fn steps(amount: usize) -> Vec<usize> {
    let mut steps = Vec::new();
    let mut sum = 0;
    while sum < amount {
        let step = sum.max(1).min(amount - sum);
        steps.push(step);
        sum += step;
    }
    steps
}

/// The name of an arm. Seeds are derived from it, so it must never change.
impl fmt::Display for Conditions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut words = Vec::new();
        words.extend((self.copies != 1).then(|| format!("copies {}", self.copies)));
        words.extend(self.one_core.then(|| "one core".to_owned()));
        words.extend((self.busy > 0).then(|| format!("busy {}x", self.busy)));
        words.extend((self.memory > 0).then(|| format!("memory {} MiB", self.memory)));
        words.extend((self.disk > 0).then(|| format!("disk {} MiB", self.disk)));
        words.extend(self.slow_disk.then(|| "slow disk".to_owned()));
        words.extend(self.coarse_clock.then(|| "coarse clock".to_owned()));
        words.extend(self.delays.then(|| "delays".to_owned()));
        words.extend(self.pauses.then(|| "pauses".to_owned()));
        words.extend(self.others());
        match words.as_slice() {
            [] => f.write_str("as is"),
            words => f.write_str(&words.join(", ")),
        }
    }
}

impl Conditions {
    /// The tests before it, in words.
    fn others(&self) -> Option<String> {
        /// More names than these are only counted.
        const NAMED: usize = 3;
        let names = match self.after.as_slice() {
            [] => return None,
            few if few.len() <= NAMED => few.join(" and "),
            many => format!("{} other tests", many.len()),
        };
        let place = if self.apart { "in processes of their own" } else { "in its process" };
        Some(format!("after {names} {place}"))
    }
}

#[cfg(test)]
mod tests {
    use super::{Conditions, Part, steps};

    #[test]
    fn parts_make_the_whole() {
        for copies in [1, 2, 4, 7, 64] {
            for (busy, memory, disk) in [(0, 0, 0), (1, 4096, 64), (4, 256, 1), (16, 1, 8)] {
                let whole = Conditions {
                    copies,
                    busy,
                    memory,
                    disk,
                    one_core: true,
                    slow_disk: true,
                    coarse_clock: true,
                    delays: true,
                    pauses: true,
                    after: vec!["b".to_owned(), "a".to_owned()],
                    apart: true,
                };
                assert_eq!(Conditions::of(&whole.parts()), whole);
            }
        }
        assert_eq!(Conditions::default().parts(), []);
        assert!(Conditions::of(&[]).is_plain());
    }

    #[test]
    fn amounts_double() {
        assert_eq!(steps(16), [1, 1, 2, 4, 8]);
        assert_eq!(steps(7), [1, 1, 2, 3]);
        assert_eq!(steps(0), [0; 0]);
    }

    #[test]
    fn names() {
        assert_eq!(Conditions::default().to_string(), "as is");
        let named = |parts: &[Part]| Conditions::of(parts).to_string();
        let parts = [Part::Copies(3), Part::OneCore, Part::Busy(4), Part::Memory, Part::Memory];
        assert_eq!(named(&parts), "copies 4, one core, busy 4x, memory 2048 MiB");
        let disk = [Part::Disk, Part::SlowDisk, Part::CoarseClock];
        assert_eq!(named(&disk), "disk 64 MiB, slow disk, coarse clock");
        let after = |name: &str| Part::After(name.to_owned(), false);
        assert_eq!(named(&[after("a"), after("b")]), "after a and b in its process");
        let many = ["a", "b", "c", "d"].map(|name| Part::After(name.to_owned(), true));
        assert_eq!(named(&many), "after 4 other tests in processes of their own");
    }
}
