//! Why a check has its outcome, where the outcome alone does not say.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Why a check did not apply, why its failure was expected, or how its attempts differed. In JSON
/// it is its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The check does not apply: the releases to which it applies, or the feature that the subject
    /// lacks.
    Exempt(String),
    /// The run ended before it.
    NotRun,
    /// The run ended before it had been run as often as it should.
    CutOff {
        /// How many runs held; nothing was found against it.
        held: usize,
        /// How many there should have been.
        of: usize,
    },
    /// A permitted behaviour that the subject does not show.
    Allowed,
    /// Its attempts differed.
    Flaky {
        /// How many attempts held.
        held: usize,
        /// How many there were.
        attempts: usize,
        /// What was wrong in the first attempt that did not hold.
        against: String,
    },
    /// Its failure is listed; the reason in the list.
    Listed(String),
    /// The claimed release has a known defect here; its description.
    Defect(String),
    /// Its failure is listed, and it passed.
    Stale {
        /// The line's number in its file.
        line: usize,
        /// The reason in the list.
        listed: String,
    },
    /// A reason that was read from a file.
    Read(String),
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotRun => f.write_str("not run"),
            Self::CutOff { held, of } => {
                write!(f, "cut off by the end of the run: held in {held} of {of} runs")
            }
            Self::Allowed => f.write_str("allowed, and not done"),
            Self::Flaky { held, attempts, against } => {
                write!(f, "flaky: held in {held} of {attempts} attempts; {against}")
            }
            Self::Stale { line, listed } => {
                write!(f, "listed as failing (line {line}: {listed}), and it passed")
            }
            Self::Exempt(text) | Self::Listed(text) | Self::Defect(text) | Self::Read(text) => {
                f.write_str(text)
            }
        }
    }
}

impl Serialize for Reason {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Reason {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from).map(Self::Read)
    }
}
