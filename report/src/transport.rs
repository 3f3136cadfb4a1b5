//! How a client reaches the subject.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// What carries the messages of a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Transport {
    /// The subject's stdin and stdout, a message in each line.
    #[default]
    Stdio,
    /// A WebSocket on a loopback port that the subject selects, a message in each frame.
    Ws,
    /// A WebSocket on a unix socket.
    Unix,
}

/// A word that is not a transport.
#[derive(Debug, thiserror::Error)]
#[error("unknown transport `{0}`, expected stdio, ws or unix")]
pub struct UnknownTransport(String);

impl Transport {
    /// The word of the command line and of reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Stdio => "stdio",
            Self::Ws => "ws",
            Self::Unix => "unix",
        }
    }

    /// Whether the subject listens, and its clients connect.
    pub fn listens(self) -> bool {
        self != Self::Stdio
    }
}

impl fmt::Display for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Stdio => "stdio",
            Self::Ws => "a WebSocket",
            Self::Unix => "a unix socket",
        })
    }
}

impl FromStr for Transport {
    type Err = UnknownTransport;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        [Self::Stdio, Self::Ws, Self::Unix]
            .into_iter()
            .find(|transport| transport.name() == text)
            .ok_or_else(|| UnknownTransport(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::Transport;

    #[test]
    fn a_transport_is_read_by_its_name() {
        for transport in [Transport::Stdio, Transport::Ws, Transport::Unix] {
            assert_eq!(transport.name().parse::<Transport>().unwrap(), transport);
        }
        assert!("tcp".parse::<Transport>().is_err());
    }
}
