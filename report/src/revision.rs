//! The revisions of the Model Context Protocol.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A published revision of the Model Context Protocol, older ones first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Revision {
    /// The first one.
    #[serde(rename = "2024-11-05")]
    R20241105,
    /// With batches, audio and annotations of tools.
    #[serde(rename = "2025-03-26")]
    R20250326,
    /// With structured results and elicitation, without batches.
    #[serde(rename = "2025-06-18")]
    R20250618,
    /// With tasks; the last one that opens a session with `initialize`.
    #[serde(rename = "2025-11-25")]
    R20251125,
    /// Without sessions: each request says its version and capabilities in `_meta`.
    #[serde(rename = "2026-07-28")]
    R20260728,
}

/// A text that is not a revision.
#[derive(Debug, thiserror::Error)]
#[error("unknown revision `{0}`, expected one of {known}", known = Revision::names().join(", "))]
pub struct UnknownRevision(String);

impl Revision {
    /// All of them, oldest first.
    pub const ALL: [Self; 5] =
        [Self::R20241105, Self::R20250326, Self::R20250618, Self::R20251125, Self::R20260728];

    /// The newest one that opens a session with `initialize`.
    pub const NEWEST_LEGACY: Self = Self::R20251125;

    /// Its date, which is its name in the protocol.
    pub const fn name(self) -> &'static str {
        match self {
            Self::R20241105 => "2024-11-05",
            Self::R20250326 => "2025-03-26",
            Self::R20250618 => "2025-06-18",
            Self::R20251125 => "2025-11-25",
            Self::R20260728 => "2026-07-28",
        }
    }

    /// The names of all revisions, oldest first.
    pub fn names() -> [&'static str; 5] {
        Self::ALL.map(Self::name)
    }

    /// Whether it has no sessions: 2026-07-28. The others are called *legacy* by the specification.
    pub fn is_modern(self) -> bool {
        self > Self::NEWEST_LEGACY
    }
}

impl fmt::Display for Revision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Revision {
    type Err = UnknownRevision;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let known = Self::ALL.into_iter().find(|revision| revision.name() == text);
        known.ok_or_else(|| UnknownRevision(text.to_owned()))
    }
}
