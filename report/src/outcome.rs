//! The outcome of one check and the verdict of a run.

use std::fmt;

use serde::{Deserialize, Serialize};
use shown::Tone;

/// How one check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The requirement held.
    Passed,
    /// The requirement did not hold.
    Failed,
    /// Everything held, but something outlived the subject.
    Leaked,
    /// A SHOULD did not hold.
    Warned,
    /// A listed failure failed, as expected.
    KnownFailure,
    /// A listed failure passed: the list is stale.
    UnexpectedPass,
    /// The check could not decide: never counted as passed.
    Inconclusive,
    /// Decided before running: the check does not apply to the subject.
    NotApplicable,
}

impl Outcome {
    /// The name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::Leaked => "leaked",
            Self::Warned => "warned",
            Self::KnownFailure => "known_failure",
            Self::UnexpectedPass => "unexpected_pass",
            Self::Inconclusive => "inconclusive",
            Self::NotApplicable => "not_applicable",
        }
    }

    /// Whether the subject is at fault, so that the run is nonconformant.
    pub fn is_bad(self) -> bool {
        matches!(self, Self::Failed | Self::Leaked | Self::UnexpectedPass)
    }

    /// The colour of its name.
    pub fn tone(self) -> Tone {
        match self {
            Self::Passed => Tone::Good,
            Self::Failed | Self::Leaked | Self::UnexpectedPass => Tone::Bad,
            Self::Warned | Self::Inconclusive => Tone::Doubtful,
            Self::KnownFailure | Self::NotApplicable => Tone::Faint,
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// The verdict of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Every applicable requirement held.
    Conformant,
    /// At least one did not.
    Nonconformant,
    /// No requirement failed, but not every check could decide.
    Incomplete,
}

impl Verdict {
    /// The colour of its name.
    pub fn tone(self) -> Tone {
        match self {
            Self::Conformant => Tone::Good,
            Self::Nonconformant => Tone::Bad,
            Self::Incomplete => Tone::Doubtful,
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Conformant => "conformant",
            Self::Nonconformant => "nonconformant",
            Self::Incomplete => "incomplete",
        })
    }
}
