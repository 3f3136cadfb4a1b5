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
    /// We could not tell: never green.
    Inconclusive,
    /// Decided before running: the subject is not held to it.
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

    /// Whether the subject is to blame, so that the run is nonconformant.
    pub fn is_bad(self) -> bool {
        matches!(self, Self::Failed | Self::Leaked | Self::UnexpectedPass)
    }

    /// How it is coloured.
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

/// What a run says of the subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Every applicable requirement held.
    Conformant,
    /// At least one did not.
    Nonconformant,
    /// None failed, but not all could be told.
    Incomplete,
}

impl Verdict {
    /// How it is coloured.
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
