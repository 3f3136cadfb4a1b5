//! A token: one word that carries everything that is needed to repeat a run.

use std::fmt;
use std::io::{Read, Write};
use std::str::FromStr;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use serde::{Deserialize, Serialize};

use crate::conditions::Conditions;
use crate::seed;
use crate::statistics::Rate;
use crate::target::Target;

/// The prefix of a token: the version of its format.
const PREFIX: &str = "h2-";

/// The largest size of a token's contents, in bytes: tokens come from untrusted places.
const LONGEST: u64 = 4 << 20;

/// A run that can be repeated by anyone with the same program at the same path.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Token {
    /// The target; the kind that it expects is that of the hit.
    #[serde(rename = "t")]
    pub target: Target,
    /// Variables whose values are left out, because their names suggest secrets.
    #[serde(rename = "w", default, skip_serializing_if = "Vec::is_empty")]
    pub withheld: Vec<String>,
    /// The seed of the hunt.
    #[serde(rename = "s")]
    pub seed: u64,
    /// The arm of the run.
    #[serde(rename = "a")]
    pub arm: String,
    /// The index of the run in its arm.
    #[serde(rename = "i")]
    pub index: u64,
    /// The conditions that the hit needs, which may be less than those of the arm.
    #[serde(rename = "c")]
    pub conditions: Conditions,
    /// The leak-timeout, in milliseconds.
    #[serde(rename = "l")]
    pub leak_timeout_ms: u64,
    /// The time limit of a run, in milliseconds.
    #[serde(rename = "r")]
    pub run_timeout_ms: u64,
    /// The result of repeating the same run.
    #[serde(rename = "g")]
    pub again: Rate,
    /// The results of other runs under the conditions.
    #[serde(rename = "b")]
    pub before: Rate,
}

/// The word is not a valid token.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// The word is something else.
    #[error("a token begins with `{PREFIX}`")]
    Prefix,
    /// It was cut off, or changed.
    #[error("the token is damaged: {0}")]
    Damaged(String),
}

impl Token {
    /// The value of `PROCTOR_HUNT_SEED` of the run.
    pub fn run_seed(&self) -> u64 {
        seed::of_run(self.seed, &self.arm, self.index)
    }

    /// The leak-timeout.
    pub fn leak_timeout(&self) -> Duration {
        Duration::from_millis(self.leak_timeout_ms)
    }

    /// The time limit of a run.
    pub fn run_timeout(&self) -> Duration {
        Duration::from_millis(self.run_timeout_ms)
    }
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // JSON can hold all of its members, but a path may not be text.
        let json = serde_json::to_vec(self).map_err(|_| fmt::Error)?;
        let mut packed = DeflateEncoder::new(Vec::new(), Compression::best());
        let packed = packed.write_all(&json).and_then(|()| packed.finish());
        write!(f, "{PREFIX}{}", URL_SAFE_NO_PAD.encode(packed.map_err(|_| fmt::Error)?))
    }
}

impl FromStr for Token {
    type Err = TokenError;

    fn from_str(text: &str) -> Result<Self, TokenError> {
        let body = text.trim().strip_prefix(PREFIX).ok_or(TokenError::Prefix)?;
        let damaged = |error: &dyn fmt::Display| TokenError::Damaged(error.to_string());
        let packed = URL_SAFE_NO_PAD.decode(body).map_err(|error| damaged(&error))?;
        let mut json = Vec::new();
        let unpacked = DeflateDecoder::new(packed.as_slice()).take(LONGEST).read_to_end(&mut json);
        unpacked.map_err(|error| damaged(&error))?;
        let token: Self = serde_json::from_slice(&json).map_err(|error| damaged(&error))?;
        let rates = [token.again, token.before];
        if token.target.command.is_empty() || token.conditions.copies == 0 {
            return Err(TokenError::Damaged("it has no command".to_owned()));
        }
        if token.leak_timeout_ms == 0 || token.run_timeout_ms == 0 {
            return Err(TokenError::Damaged("its time limit is zero".to_owned()));
        }
        if rates.iter().any(|rate| rate.hits > rate.runs) {
            return Err(TokenError::Damaged("more hits than runs".to_owned()));
        }
        Ok(token)
    }
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::{Token, TokenError};
    use crate::conditions::Conditions;
    use crate::runner::Kind;
    use crate::statistics::Rate;
    use crate::target::Target;

    fn token() -> Token {
        let mut target = Target::command(["sh", "-c", "echo 'ü' && exit 1"]);
        target.env.insert("A".to_owned(), "b c\n".to_owned());
        target.expected = Some(Kind::Leak);
        Token {
            target,
            withheld: vec!["API_KEY".to_owned()],
            seed: u64::MAX,
            arm: "copies 4".to_owned(),
            index: 17,
            conditions: Conditions { copies: 2, ..Conditions::default() },
            leak_timeout_ms: 200,
            run_timeout_ms: 60_000,
            again: Rate { hits: 10, runs: 10 },
            before: Rate { hits: 8, runs: 400 },
        }
    }

    #[test]
    fn a_token_is_read_back() {
        let word = token().to_string();
        assert_eq!(format!(" {word}\n").parse::<Token>().unwrap(), token());
        assert!(word.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c)), "{word}");
    }

    #[test]
    fn an_invalid_token_is_rejected_with_the_reason() {
        let word = token().to_string();
        let refused = |text: &str| text.parse::<Token>().unwrap_err();
        assert!(matches!(refused("42"), TokenError::Prefix));
        assert!(matches!(refused(&word[..word.len() - 9]), TokenError::Damaged(_)));
        assert!(matches!(refused("h2-"), TokenError::Damaged(_)));
        assert!(matches!(refused("h2-e30"), TokenError::Damaged(_)));
        let none =
            Token { conditions: Conditions { copies: 0, ..Conditions::default() }, ..token() };
        assert!(matches!(refused(&none.to_string()), TokenError::Damaged(_)));
    }
}
