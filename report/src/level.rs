//! How binding a requirement is.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// How binding a requirement is, from its one RFC 2119 keyword.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Level {
    /// Documented by the protocol, or honoured by every real release in its range.
    Must,
    /// Expected; if it does not hold, the run warns, and fails with `--strict`.
    Should,
    /// Allowed; reported only.
    May,
}

/// A word that is not a level.
#[derive(Debug, thiserror::Error)]
#[error("unknown level `{0}`, expected must, should or may")]
pub struct UnknownLevel(String);

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Must => "MUST",
            Self::Should => "SHOULD",
            Self::May => "MAY",
        })
    }
}

impl FromStr for Level {
    type Err = UnknownLevel;

    fn from_str(text: &str) -> std::result::Result<Self, Self::Err> {
        match text.to_ascii_lowercase().as_str() {
            "must" => Ok(Self::Must),
            "should" => Ok(Self::Should),
            "may" => Ok(Self::May),
            _ => Err(UnknownLevel(text.to_owned())),
        }
    }
}
