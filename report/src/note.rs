//! Remarks on a run that the counts do not show.

use std::fmt;
use std::time::Duration;

use reaper::leak::LeakReport;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A remark on the run as a whole. In JSON it is its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Note {
    /// A line of the known failures covers no check that applies to the subject: the run fails.
    Stale {
        /// The line's number in its file.
        line: usize,
        /// The check that it names.
        pattern: String,
    },
    /// A process outlived its subject and was ended: the run fails.
    Stray {
        /// The subject that it descends from, if that is known.
        origin: Option<String>,
        /// The process.
        leak: Box<LeakReport>,
    },
    /// Something could not be examined, so a left-over process may have been missed.
    Doubt(String),
    /// The deadline passed before every check had run.
    Deadline(Duration),
    /// The run was interrupted before every check had run.
    Interrupted,
    /// The laws did not judge.
    WithoutLaws,
    /// The subject sent what no schema names, which is no failure.
    Unnamed(Vec<String>),
    /// The subject could not be examined; the reason.
    Unexamined(String),
    /// A note that was read from a file.
    Read(String),
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stale { line, pattern } => write!(
                f,
                "known failures, line {line}: `{pattern}` matches no check that applies to the subject"
            ),
            Self::Stray { origin, leak } => {
                let origin = origin.as_deref().unwrap_or("an unknown subject");
                let LeakReport { pid, command, how, holds, .. } = leak.as_ref();
                write!(f, "outlived {origin}, and was ended: pid {pid}: {command}; {how}")?;
                if holds.is_empty() { Ok(()) } else { write!(f, "; holds {}", holds.join(", ")) }
            }
            Self::Doubt(doubt) => write!(f, "it is not proven that nothing is left: {doubt}"),
            Self::Deadline(limit) => {
                write!(f, "the deadline of {limit:?} passed before every check had run")
            }
            Self::Interrupted => f.write_str("the run was interrupted before every check had run"),
            Self::WithoutLaws => f.write_str("the laws did not judge this run (--no-laws)"),
            Self::Unnamed(all) => {
                /// How many are named.
                const NAMED: usize = 10;
                let named = all.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>();
                write!(
                    f,
                    "sent, and named by no schema, which is no failure: {}",
                    named.join(", ")
                )?;
                match all.len().saturating_sub(NAMED) {
                    0 => Ok(()),
                    more => write!(f, ", … and {more} more"),
                }
            }
            Self::Unexamined(text) | Self::Read(text) => f.write_str(text),
        }
    }
}

impl Serialize for Note {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Note {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from).map(Self::Read)
    }
}
