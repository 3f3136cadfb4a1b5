//! The dialects of the protocols that a subject may speak.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::revision::Revision;

/// One set of methods and rules, in which a subject is examined.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dialect {
    /// App-server, conversation verbs: `newConversation`, `sendUserMessage`, …
    V1,
    /// App-server, resource paths: `thread/start`, `turn/start`, …
    V2,
    /// The Model Context Protocol over stdio, in one of its revisions.
    Mcp(Revision),
}

/// What `--dialect` takes: a dialect, where all revisions of the Model Context Protocol are one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Family {
    /// App-server, conversation verbs.
    V1,
    /// App-server, resource paths.
    V2,
    /// The Model Context Protocol over stdio.
    Mcp,
}

/// A name that is not a dialect.
#[derive(Debug, thiserror::Error)]
#[error("unknown dialect `{0}`, expected v1, v2 or mcp")]
pub struct UnknownDialect(String);

impl Dialect {
    /// The family that it belongs to.
    pub fn family(self) -> Family {
        match self {
            Self::V1 => Family::V1,
            Self::V2 => Family::V2,
            Self::Mcp(_) => Family::Mcp,
        }
    }

    /// The revision of the Model Context Protocol, if it is one.
    pub fn revision(self) -> Option<Revision> {
        match self {
            Self::V1 | Self::V2 => None,
            Self::Mcp(revision) => Some(revision),
        }
    }

    /// Whether it is a revision of the Model Context Protocol.
    pub fn is_mcp(self) -> bool {
        self.revision().is_some()
    }

    /// The name behind the `@` of a case: `v1`, `v2`, or the date of the revision.
    pub fn name(self) -> &'static str {
        match self {
            Self::V1 => "v1",
            Self::V2 => "v2",
            Self::Mcp(revision) => revision.name(),
        }
    }
}

impl fmt::Display for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Dialect {
    type Err = UnknownDialect;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let revision = || text.parse().map(Self::Mcp).map_err(|_| UnknownDialect(text.to_owned()));
        match text {
            "v1" => Ok(Self::V1),
            "v2" => Ok(Self::V2),
            _ => revision(),
        }
    }
}

impl Serialize for Dialect {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for Dialect {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl Family {
    /// The name on the command line and in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::V1 => "v1",
            Self::V2 => "v2",
            Self::Mcp => "mcp",
        }
    }
}

impl fmt::Display for Family {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Family {
    type Err = UnknownDialect;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "v1" => Ok(Self::V1),
            "v2" => Ok(Self::V2),
            "mcp" => Ok(Self::Mcp),
            _ => Err(UnknownDialect(text.to_owned())),
        }
    }
}

/// The dialect of a case as two members of its report: `dialect`, and for `mcp` also `revision`.
pub(crate) mod apart {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::{Dialect, Family};
    use crate::revision::Revision;

    #[derive(Serialize, Deserialize)]
    struct Apart {
        dialect: Family,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        revision: Option<Revision>,
    }

    pub(crate) fn serialize<S: Serializer>(
        dialect: &Dialect,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        Apart { dialect: dialect.family(), revision: dialect.revision() }.serialize(serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Dialect, D::Error> {
        let Apart { dialect, revision } = Apart::deserialize(deserializer)?;
        match (dialect, revision) {
            (Family::V1, _) => Ok(Dialect::V1),
            (Family::V2, _) => Ok(Dialect::V2),
            (Family::Mcp, Some(revision)) => Ok(Dialect::Mcp(revision)),
            (Family::Mcp, None) => Err(serde::de::Error::missing_field("revision")),
        }
    }
}
