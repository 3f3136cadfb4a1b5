//! One word that carries everything that is needed to repeat a run.

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

/// What a token begins with: the version of its form.
const PREFIX: &str = "h2-";

/// The most that a token may say, in bytes: it comes from wherever somebody found it.
const LONGEST: u64 = 4 << 20;

/// A run that can be repeated, by anybody who has the same program in the same place.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Token {
    /// What is run; what it expects is the kind of the hit.
    #[serde(rename = "t")]
    pub target: Target,
    /// Variables that it had and that are not told, because their names say that they are secret.
    #[serde(rename = "w", default, skip_serializing_if = "Vec::is_empty")]
    pub withheld: Vec<String>,
    /// The seed of the hunt.
    #[serde(rename = "s")]
    pub seed: u64,
    /// The arm whose run it was.
    #[serde(rename = "a")]
    pub arm: String,
    /// Which run of the arm.
    #[serde(rename = "i")]
    pub index: u64,
    /// What the hit needs, which may be less than the arm did.
    #[serde(rename = "c")]
    pub conditions: Conditions,
    /// What counts as a leak, in milliseconds.
    #[serde(rename = "l")]
    pub leak_timeout_ms: u64,
    /// The longest that a run may last, in milliseconds.
    #[serde(rename = "r")]
    pub run_timeout_ms: u64,
    /// How often this very run was a hit when it was repeated.
    #[serde(rename = "g")]
    pub again: Rate,
    /// How often other runs under the conditions were.
    #[serde(rename = "b")]
    pub before: Rate,
}

/// Why a word is no token.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// Something else was pasted.
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

    /// What counts as a leak.
    pub fn leak_timeout(&self) -> Duration {
        Duration::from_millis(self.leak_timeout_ms)
    }

    /// The longest that a run may last.
    pub fn run_timeout(&self) -> Duration {
        Duration::from_millis(self.run_timeout_ms)
    }
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Text, numbers and maps with text as keys: there is nothing in it that JSON cannot say, but a path may not be text.
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
            return Err(TokenError::Damaged("there is nothing to run".to_owned()));
        }
        if token.leak_timeout_ms == 0 || token.run_timeout_ms == 0 {
            return Err(TokenError::Damaged("there is no time to run".to_owned()));
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
    fn what_is_written_is_read() {
        let word = token().to_string();
        assert_eq!(format!(" {word}\n").parse::<Token>().unwrap(), token());
        assert!(word.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c)), "{word}");
    }

    #[test]
    fn what_is_no_token_is_refused_with_the_reason() {
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
