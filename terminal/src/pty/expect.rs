//! What is waited for, and what was found.

use std::fmt;

use regex::Regex;

/// The awaited text.
#[derive(Clone, Debug)]
pub enum Pattern {
    /// This text.
    Text(String),
    /// Text that matches a regular expression. It is tried on everything since the last match
    /// whenever more output arrives, so an expression that ends in `.*` matches only the output so
    /// far.
    Regex(Regex),
}

impl From<&str> for Pattern {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Pattern {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<Regex> for Pattern {
    fn from(regex: Regex) -> Self {
        Self::Regex(regex)
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => write!(f, "{text:?}"),
            Self::Regex(regex) => write!(f, "/{regex}/"),
        }
    }
}

/// A match, and the text before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Match {
    /// The text between the last match and this one.
    pub before: String,
    /// The text that matched.
    pub text: String,
    /// The groups of the regular expression; empty for a plain text.
    pub groups: Vec<Option<String>>,
}
