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
    /// Memory that is held and rewritten all the time, in MiB.
    #[serde(skip_serializing_if = "is_default")]
    pub ballast: usize,
    /// Some messages between peer and subject are delayed, as the seed of the run determines.
    /// Checks only.
    #[serde(skip_serializing_if = "is_default")]
    pub delays: bool,
    /// The subject is paused before some messages, as the seed of the run determines. Checks only.
    #[serde(skip_serializing_if = "is_default")]
    pub pauses: bool,
}

/// A part of the conditions that can be left out alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Part {
    /// This many more copies.
    Copies(usize),
    /// The one core.
    OneCore,
    /// This many more busy threads per processor.
    Busy(usize),
    /// This much more memory.
    Ballast(usize),
    /// The delays.
    Delays,
    /// The pauses.
    Pauses,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

fn is_one(copies: &usize) -> bool {
    *copies == 1
}

impl Default for Conditions {
    fn default() -> Self {
        Self { copies: 1, one_core: false, busy: 0, ballast: 0, delays: false, pauses: false }
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
        // The amount has no steps: memory is short or it is not.
        parts.extend((self.ballast > 0).then_some(Part::Ballast(self.ballast)));
        parts.extend(self.delays.then_some(Part::Delays));
        parts.extend(self.pauses.then_some(Part::Pauses));
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
                Part::Ballast(more) => sum.ballast += more,
                Part::Delays => sum.delays = true,
                Part::Pauses => sum.pauses = true,
            }
        }
        sum
    }
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
        words.extend((self.ballast > 0).then(|| format!("ballast {} MiB", self.ballast)));
        words.extend(self.delays.then(|| "delays".to_owned()));
        words.extend(self.pauses.then(|| "pauses".to_owned()));
        match words.as_slice() {
            [] => f.write_str("as is"),
            words => f.write_str(&words.join(", ")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Conditions, Part, steps};

    #[test]
    fn parts_make_the_whole() {
        for copies in [1, 2, 4, 7, 64] {
            for (busy, ballast) in [(0, 0), (1, 0), (4, 512), (16, 1)] {
                let whole = Conditions {
                    copies,
                    busy,
                    ballast,
                    one_core: true,
                    delays: true,
                    pauses: true,
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
        let parts = [Part::Copies(3), Part::OneCore, Part::Busy(4), Part::Ballast(64)];
        assert_eq!(
            Conditions::of(&parts).to_string(),
            "copies 4, one core, busy 4x, ballast 64 MiB"
        );
    }
}
