//! What is wrong with one member, in words.

use serde_json::Value;
use shown::printable;

use super::{Member, Shape, Step};

/// How much of a value a failure shows, in bytes.
const SHOWN: usize = 80;

/// A member that is missing or of another kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flaw {
    /// Where, such as `thread.turns[0].id`; empty for the message itself.
    pub path: String,
    /// What it has to be.
    pub expected: String,
    /// What it is.
    pub observed: String,
}

impl Flaw {
    pub(super) fn missing(path: &[Step<'_>], member: &Member, within: &Value) -> Self {
        let names = within.as_object().into_iter().flat_map(|members| members.keys());
        let names: Vec<_> = names.map(|name| format!("`{name}`")).collect();
        let others = if names.is_empty() { "nothing else".to_owned() } else { names.join(", ") };
        let mut path = path.to_vec();
        path.push(Step::Member(member.name));
        Self {
            path: joined(&path),
            expected: member.shape.kind(),
            observed: format!("no such member beside {}", printable(others.as_bytes(), 3 * SHOWN)),
        }
    }

    pub(super) fn other_kind(path: &[Step<'_>], shape: Shape, value: &Value) -> Self {
        Self { path: joined(path), expected: shape.kind(), observed: described(value) }
    }
}

impl Shape {
    /// The kind of value, in words.
    fn kind(&self) -> String {
        match self {
            Self::Any => "a value".to_owned(),
            Self::Text => "a text".to_owned(),
            Self::Whole => "a whole number".to_owned(),
            Self::Number => "a number".to_owned(),
            Self::Flag => "true or false".to_owned(),
            Self::List(_) => "a list".to_owned(),
            Self::Map(_) | Self::Object(_) => "an object".to_owned(),
            Self::Tagged(tag, _) => format!("an object with a `{tag}`"),
            Self::Either(shapes) => {
                let kinds: Vec<_> = shapes.iter().map(Self::kind).collect();
                kinds.join(" or ")
            }
        }
    }
}

/// A value by its kind, so that a text with digits differs from a number.
fn described(value: &Value) -> String {
    let kind = match value {
        Value::Null => return "null".to_owned(),
        Value::Bool(_) => "the value",
        Value::Number(_) => "the number",
        Value::String(_) => "the text",
        Value::Array(_) => "the list",
        Value::Object(_) => "the object",
    };
    format!("{kind} {}", printable(value.to_string().as_bytes(), SHOWN))
}

/// A path as people write it: `data[0].id`.
fn joined(path: &[Step<'_>]) -> String {
    let mut text = String::new();
    for step in path {
        match step {
            Step::Value(number) => text.push_str(&format!("[{number}]")),
            Step::Member(name) if text.is_empty() => text.push_str(name),
            Step::Member(name) => text.push_str(&format!(".{name}")),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use harness::Release;
    use serde_json::{Value, json};

    use crate::members::shape::Shape::{Either, Flag, List, Object, Tagged, Text, Whole};
    use crate::members::shape::{OBJECT, Row, case, has, may, row};

    const THING: Row = row(
        "thing",
        &[
            has("id", Text),
            has("count", Whole).since("0.98"),
            has("source", Either(&[OBJECT, Text])),
            may("items", List(&Tagged("type", &[case("a", &[has("done", Flag)]).since("0.66")]))),
            may("more", Object(&[has("name", Text)])),
        ],
    );

    fn said(value: &Value, claimed: Option<Release>) -> Vec<(String, String, String)> {
        let flaws = THING.flaws(value, claimed).into_iter();
        flaws.map(|flaw| (flaw.path, flaw.expected, flaw.observed)).collect()
    }

    fn three(path: &str, expected: &str, observed: &str) -> (String, String, String) {
        (path.to_owned(), expected.to_owned(), observed.to_owned())
    }

    #[test]
    fn what_is_legal_has_no_flaw() {
        for value in [
            json!({ "id": "1", "count": 1, "source": "here" }),
            json!({ "id": "", "count": -1, "source": {}, "items": null, "more": null, "new": [] }),
            json!({ "id": "1", "count": 1, "source": {}, "items": [{ "type": "b" }] }),
        ] {
            assert_eq!(said(&value, None), []);
        }
    }

    #[test]
    fn each_flaw_is_reported_with_its_path_and_value() {
        let value = json!({
            "id": 7,
            "source": null,
            "items": [{ "type": "a", "done": "yes" }, { "done": true }, "c"],
            "more": {},
        });
        let names = "no such member beside `id`, `source`, `items`, `more`";
        assert_eq!(
            said(&value, None),
            [
                three("id", "a text", "the number 7"),
                three("count", "a whole number", names),
                three("source", "an object or a text", "null"),
                three("items[0].done", "true or false", "the text \"yes\""),
                three("items[1].type", "a text", "no such member beside `done`"),
                three("items[2]", "an object with a `type`", "the text \"c\""),
                three("more.name", "a text", "no such member beside nothing else"),
            ]
        );
        assert_eq!(said(&json!([]), None), [three("", "an object", "the list []")]);
    }

    #[test]
    fn a_member_is_claimed_of_no_release_before_it() {
        let value = json!({ "id": "1", "source": "", "items": [{ "type": "a" }] });
        let paths = |minor| -> Vec<String> {
            let since = Release::new(0, minor, 0);
            said(&value, Some(since)).into_iter().map(|(path, ..)| path).collect()
        };
        assert_eq!(paths(58), [""; 0]);
        assert_eq!(paths(66), ["items[0].done"]);
        assert_eq!(paths(98), ["count", "items[0].done"]);
    }
}
