//! The results of a comparison: what breaks the shape, and what the shape does not name.

use std::collections::BTreeSet;
use std::fmt;

use serde_json::Value;
use shown::{printable, shorten};

/// The number of bytes of a value that are shown.
const SHOWN: usize = 200;
/// The number of values of a list that are shown.
const LISTED: usize = 12;

/// The rule that a value breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rule {
    /// A required member is missing.
    Missing,
    /// The value is of another type.
    WrongType,
    /// The value is none of those that are listed.
    UnknownValue,
    /// The object is none of several.
    NoAlternative,
    /// The number is too small.
    TooSmall,
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Missing => "required member missing",
            Self::WrongType => "wrong type",
            Self::UnknownValue => "unknown enum value",
            Self::NoAlternative => "no alternative fits",
            Self::TooSmall => "number too small",
        })
    }
}

/// A value that breaks the shape.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flaw {
    /// Where it is: a JSON pointer.
    pub pointer: String,
    /// The rule that it breaks.
    pub rule: Rule,
    /// What the shape allows, in words.
    pub expected: String,
    /// The value.
    pub observed: String,
}

/// The results of a comparison.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// What breaks the shape.
    pub flaws: Vec<Flaw>,
    /// What the shape does not name, as JSON pointers; `*` is any item of an array.
    pub unnamed: BTreeSet<String>,
}

impl Found {
    pub(super) fn flaw(&mut self, pointer: &str, rule: Rule, expected: String, observed: &Value) {
        let observed = printable(shorten(&observed.to_string(), SHOWN).as_bytes(), SHOWN);
        self.flaws.push(Flaw { pointer: pointer.to_owned(), rule, expected, observed });
    }

    pub(super) fn missing(&mut self, pointer: &str, expected: String) {
        let observed = "nothing".to_owned();
        self.flaws.push(Flaw {
            pointer: pointer.to_owned(),
            rule: Rule::Missing,
            expected,
            observed,
        });
    }

    /// Notes what the shape does not name.
    pub(super) fn mention(&mut self, pointer: &str) {
        let is_number =
            |step: &str| !step.is_empty() && step.bytes().all(|byte| byte.is_ascii_digit());
        let steps = pointer.split('/').map(|step| if is_number(step) { "*" } else { step });
        self.unnamed.insert(steps.collect::<Vec<_>>().join("/"));
    }
}

/// Listed values in words.
pub(super) fn listed(words: &[&Value]) -> String {
    let named: Vec<_> = words.iter().take(LISTED).map(ToString::to_string).collect();
    let more = match words.len().saturating_sub(LISTED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    match words {
        [one] => one.to_string(),
        _ => format!("one of {}{more}", named.join(", ")),
    }
}
