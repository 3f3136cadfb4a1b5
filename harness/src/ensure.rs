//! Comparisons that report what was looked at, what was expected and what was observed.

mod difference;

use serde::Serialize;
use serde_json::Value;
use shown::shorten;

use crate::failure::{Failure, Result};

use difference::difference;

/// The number of bytes of one value that a failure shows.
const SHOWN: usize = 2_000;

/// A value as a failure shows it: compact JSON, cut when long.
///
/// Empty values are described in words: a reader would mistake a bare `null` or `[]` for an error
/// in the message.
pub fn show(value: &(impl Serialize + ?Sized)) -> String {
    let text = serde_json::to_string(value).unwrap_or_else(|error| format!("(not JSON: {error})"));
    match text.as_str() {
        "null" => "nothing (null)".to_owned(),
        "[]" => "nothing ([])".to_owned(),
        "\"\"" => "an empty text (\"\")".to_owned(),
        _ => shorten(&text, SHOWN),
    }
}

/// The comparison behind [`ensure_eq!`](crate::ensure_eq).
#[track_caller]
pub fn equal<A, B>(observed: &A, expected: &B, what: &str) -> Result
where
    A: Serialize + PartialEq<B> + ?Sized,
    B: Serialize + ?Sized,
{
    if observed == expected {
        Ok(())
    } else {
        let failure = Failure::mismatch(what, show(expected), show(observed));
        let values = (serde_json::to_value(expected), serde_json::to_value(observed));
        let (Ok(expected), Ok(observed)) = values else { return Err(failure) };
        Err(match difference(&expected, &observed) {
            Some(difference) => failure.note(format!("differs   {difference}")),
            None => failure,
        })
    }
}

/// Fails unless `observed` has every member of `expected`, at every depth; other members are
/// ignored.
///
/// All differences are reported at once, each with its path. A member that is to be `null` may also
/// be missing: the protocol's schema requires no member that may be `null`.
#[track_caller]
pub fn includes(observed: &Value, expected: &Value, what: &str) -> Result {
    let mut differences = Vec::new();
    compare(observed, expected, &mut String::new(), &mut differences);
    if differences.is_empty() {
        return Ok(());
    }
    let (wanted, seen): (Vec<_>, Vec<_>) = differences.into_iter().unzip();
    Err(Failure::mismatch(what, wanted.join(", "), seen.join(", "))
        .note(format!("whole     {}", show(observed))))
}

fn compare(observed: &Value, expected: &Value, path: &mut String, out: &mut Vec<(String, String)>) {
    match (observed, expected) {
        (Value::Object(seen), Value::Object(wanted)) => {
            for (key, want) in wanted {
                let length = path.len();
                if !path.is_empty() {
                    path.push('.');
                }
                path.push_str(key);
                match seen.get(key) {
                    Some(value) => compare(value, want, path, out),
                    None if want.is_null() => {}
                    None => out.push((format!("{path} = {}", show(want)), format!("no {path}"))),
                }
                path.truncate(length);
            }
        }
        _ if observed == expected => {}
        _ => {
            let name = if path.is_empty() { String::new() } else { format!("{path} = ") };
            out.push((format!("{name}{}", show(expected)), format!("{name}{}", show(observed))));
        }
    }
}

/// The failure of [`ensure!`](crate::ensure!), with the place of its caller.
#[doc(hidden)]
#[track_caller]
pub fn mismatch(
    what: impl Into<String>,
    expected: impl Into<String>,
    observed: impl Into<String>,
) -> Failure {
    Failure::mismatch(what, expected, observed)
}

/// Fails unless the condition holds: `ensure!(condition, what, expected, observed)`.
#[macro_export]
macro_rules! ensure {
    ($condition:expr, $what:expr, $expected:expr, $observed:expr $(,)?) => {
        if !$condition {
            return Err($crate::compare::mismatch($what, $expected, $observed));
        }
    };
}

/// Like [`ensure!`](crate::ensure!), for one line of the conversation: `ensure_at!(line, condition,
/// what, expected, observed)`.
#[macro_export]
macro_rules! ensure_at {
    ($line:expr, $condition:expr, $what:expr, $expected:expr, $observed:expr $(,)?) => {
        if !$condition {
            return Err($crate::compare::mismatch($what, $expected, $observed).at_line($line));
        }
    };
}

/// Fails unless the two are equal: `ensure_eq!(observed, expected, what)`; both must be
/// serialisable.
#[macro_export]
macro_rules! ensure_eq {
    ($observed:expr, $expected:expr, $($what:tt)+) => {
        $crate::compare::equal(&$observed, &$expected, &format!($($what)+))?
    };
}

/// Fails unless the observed value has every member of the expected one: `ensure_includes!(value,
/// json!({…}), what)`.
#[macro_export]
macro_rules! ensure_includes {
    ($observed:expr, $expected:expr, $($what:tt)+) => {
        $crate::compare::includes(&$observed, &$expected, &format!($($what)+))?
    };
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{includes, shorten};

    #[test]
    fn every_difference_is_reported_with_its_path() {
        let observed = json!({ "a": { "b": 1, "c": 2 }, "d": [1], "e": null });
        let expected = json!({ "a": { "b": 2, "x": true }, "d": [1], "e": null });
        let failure = includes(&observed, &expected, "reply").unwrap_err();
        assert_eq!(failure.parts().expected, "a.b = 2, a.x = true");
        assert_eq!(failure.parts().observed, "a.b = 1, no a.x");
    }

    #[test]
    fn an_expected_null_may_be_missing() {
        assert!(includes(&json!({}), &json!({ "a": null }), "reply").is_ok());
        assert!(includes(&json!({ "a": 1 }), &json!({ "a": null }), "reply").is_err());
    }

    #[test]
    fn free_members_do_not_matter() {
        assert!(includes(&json!({ "a": 1, "b": 2 }), &json!({ "a": 1 }), "reply").is_ok());
    }

    #[test]
    fn a_cut_never_splits_a_character() {
        let text = "é".repeat(100);
        let cut = shorten(&text, 51);
        assert!(cut.starts_with('é') && cut.ends_with('é') && cut.contains("bytes left out"));
    }
}
