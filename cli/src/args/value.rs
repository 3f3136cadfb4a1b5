//! Values of arguments that are more than a word or a number.

use std::time::Duration;

use harness::profile::Held;
use serde_json::Value;

/// A duration like `30s` or `1h 5m`; none at all would end everything at once.
pub(crate) fn duration(text: &str) -> Result<Duration, String> {
    match humantime::parse_duration(text) {
        Ok(Duration::ZERO) => Err("expected more than nothing".to_owned()),
        Ok(duration) => Ok(duration),
        Err(error) => Err(format!("{error}; expected a form like 30s or 5m")),
    }
}

/// A duration like `200ms`, which may be none at all: `0`.
pub(crate) fn grace(text: &str) -> Result<Duration, String> {
    if text == "0" {
        return Ok(Duration::ZERO);
    }
    humantime::parse_duration(text)
        .map_err(|error| format!("{error}; expected a form like 200ms, or 0"))
}

/// `I/N`, with I from 1 to N.
pub(crate) fn shard(text: &str) -> Result<(usize, usize), String> {
    let wrong = || "expected a form like 2/3".to_owned();
    let (part, count) = text.split_once('/').ok_or_else(wrong)?;
    let part: usize = part.parse().map_err(|_| wrong())?;
    let count: usize = count.parse().map_err(|_| wrong())?;
    match part {
        _ if count == 0 => Err("there are no parts of none".to_owned()),
        1.. if part <= count => Ok((part, count)),
        _ => Err(format!("the part is a number from 1 to {count}")),
    }
}

/// How many checks at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Jobs {
    /// As many as the start of the subject leaves room for.
    Auto,
    /// So many.
    Number(usize),
}

impl Jobs {
    /// The number, if one was given.
    pub(crate) fn number(self) -> Option<usize> {
        match self {
            Self::Auto => None,
            Self::Number(number) => Some(number),
        }
    }
}

/// `auto`, or a number from 1 to 1000.
pub(crate) fn jobs(text: &str) -> Result<Jobs, String> {
    match (text, text.parse()) {
        ("auto", _) => Ok(Jobs::Auto),
        (_, Ok(number @ 1..=1_000)) => Ok(Jobs::Number(number)),
        _ => Err("expected auto, or a number from 1 to 1000".to_owned()),
    }
}

/// A release such as `0.98.0`, or `newest`.
pub(crate) fn held(text: &str) -> Result<Held, String> {
    text.parse().map_err(|_| "expected a release such as 0.98.0, or newest".to_owned())
}

/// `K=V`.
pub(crate) fn variable(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("expected a form like NAME=value".to_owned()),
    }
}

/// `NAME=JSON`: a tool and the arguments to call it with.
pub(crate) fn call(text: &str) -> Result<(String, Value), String> {
    let (name, arguments) = text.split_once('=').ok_or("expected a form like NAME={\"key\": 1}")?;
    let arguments: Value = serde_json::from_str(arguments)
        .map_err(|error| format!("the arguments of `{name}` are not JSON: {error}"))?;
    if name.is_empty() || !arguments.is_object() {
        return Err("expected a form like NAME={\"key\": 1}: a tool, and an object".to_owned());
    }
    Ok((name.to_owned(), arguments))
}

/// A share strictly between none and all, like `0.02`.
pub(crate) fn share(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(share) if 0.0 < share && share < 1.0 => Ok(share),
        _ => Err("expected a number between 0 and 1, like 0.02".to_owned()),
    }
}

/// What can go wrong in a run of a hunt.
pub(crate) fn expected(text: &str) -> Result<hunt::Kind, String> {
    let kinds = [hunt::Kind::Leak, hunt::Kind::Failure, hunt::Kind::TimeOut];
    let kind = kinds.into_iter().find(|kind| kind.to_string() == text);
    kind.ok_or_else(|| "expected leak, failure or time-out".to_owned())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::json;

    use super::{call, duration, shard, variable};

    #[test]
    fn parts_count_from_one() {
        assert_eq!(shard("1/3"), Ok((1, 3)));
        assert_eq!(shard("3/3"), Ok((3, 3)));
        for text in ["0/3", "4/3", "1/0", "0/0", "1", "a/b", "-1/2", "1/2/3", ""] {
            assert!(shard(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn durations_have_a_unit_and_last() {
        assert_eq!(duration("1m 30s"), Ok(Duration::from_secs(90)));
        for text in ["0s", "30", "soon", ""] {
            assert!(duration(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_call_has_a_tool_and_an_object() {
        assert_eq!(call(r#"add={"a": 1}"#), Ok(("add".to_owned(), json!({ "a": 1 }))));
        for text in ["add", "add=", "add=[1]", "={}", "add={"] {
            assert!(call(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_value_may_hold_anything_and_a_name_is_needed() {
        assert_eq!(variable("A=b=c"), Ok(("A".to_owned(), "b=c".to_owned())));
        assert_eq!(variable("A="), Ok(("A".to_owned(), String::new())));
        assert!(variable("=x").is_err() && variable("A").is_err());
    }
}
