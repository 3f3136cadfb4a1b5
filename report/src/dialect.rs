//! The dialects of the protocol that a subject may speak.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// One family of methods, spoken over the same kind of connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Dialect {
    /// App-server, conversation verbs: `newConversation`, `sendUserMessage`, …
    V1,
    /// App-server, resource paths: `thread/start`, `turn/start`, …
    V2,
    /// The Model Context Protocol over stdio.
    Mcp,
}

/// A name that is not a dialect.
#[derive(Debug, thiserror::Error)]
#[error("unknown dialect `{0}`, expected v1, v2 or mcp")]
pub struct UnknownDialect(String);

impl Dialect {
    /// The name on the command line and in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::V1 => "v1",
            Self::V2 => "v2",
            Self::Mcp => "mcp",
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
        match text {
            "v1" => Ok(Self::V1),
            "v2" => Ok(Self::V2),
            "mcp" => Ok(Self::Mcp),
            _ => Err(UnknownDialect(text.to_owned())),
        }
    }
}
