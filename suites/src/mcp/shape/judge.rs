//! Compares a value with what it should be.

use harness::{Revision, show};
use serde_json::Value;
use shown::shorten;

use super::{Is, Member, Shape, Wrong};

/// The number of bytes of a value that a failure shows.
const SHOWN: usize = 300;

impl Member {
    /// Whether the revision has the member.
    pub(super) fn applies(&self, revision: Revision) -> bool {
        (self.since..=self.until).contains(&revision)
    }
}

impl Is {
    /// In words.
    fn words(&self) -> String {
        match self {
            Self::Any => "any value".to_owned(),
            Self::Text => "a text".to_owned(),
            Self::Whole => "a whole number".to_owned(),
            Self::Number => "a number".to_owned(),
            Self::Fraction => "a number from 0 to 1".to_owned(),
            Self::Flag => "true or false".to_owned(),
            Self::Id => "a text or a whole number".to_owned(),
            Self::Object | Self::A(_) | Self::Map(_) | Self::ByKind(..) => "an object".to_owned(),
            Self::List(_) => "an array".to_owned(),
            Self::Word(words) => match words {
                [one] => format!("{one:?}"),
                words => format!("one of {}", words.join(", ")),
            },
            Self::OrNull(is) => format!("{} or null", is.words()),
            Self::Either(name, _) => (*name).to_owned(),
        }
    }
}

/// What is wrong with a value in a revision, if anything is.
pub fn wrong(is: &Is, value: &Value, revision: Revision) -> Option<Wrong> {
    at(is, value, revision, "")
}

fn at(is: &Is, value: &Value, revision: Revision, path: &str) -> Option<Wrong> {
    let fits = match (is, value) {
        (Is::Any, _) | (Is::OrNull(_), Value::Null) => true,
        (Is::Text, value) => value.is_string(),
        (Is::Whole, value) => is_whole(value),
        (Is::Number, value) => value.is_number(),
        (Is::Fraction, value) => value.as_f64().is_some_and(|number| (0.0..=1.0).contains(&number)),
        (Is::Flag, value) => value.is_boolean(),
        (Is::Id, value) => value.is_string() || is_whole(value),
        (Is::Word(words), value) => value.as_str().is_some_and(|text| words.contains(&text)),
        (Is::OrNull(is), value) => return at(is, value, revision, path),
        (Is::A(shape), Value::Object(_)) => return members(shape, value, revision, path),
        (Is::Object, Value::Object(_)) => true,
        (Is::List(is), Value::Array(values)) => {
            return values
                .iter()
                .enumerate()
                .find_map(|(number, value)| at(is, value, revision, &format!("{path}[{number}]")));
        }
        (Is::Map(is), Value::Object(values)) => {
            return values
                .iter()
                .find_map(|(name, value)| at(is, value, revision, &below(path, name)));
        }
        (Is::Either(_, all), value) => all.iter().any(|is| at(is, value, revision, path).is_none()),
        (Is::ByKind(by, cases), Value::Object(members_here)) => {
            let there = cases.iter().filter(|case| case.since <= revision);
            let kind = members_here.get(*by).and_then(Value::as_str);
            let known = there.clone().find(|case| kind == Some(case.name));
            if let Some(case) = known {
                return members(case.shape, value, revision, path);
            }
            let names: Vec<_> = there.map(|case| case.name).collect();
            return Some(Wrong {
                path: below(path, by),
                expected: format!("one of {}", names.join(", ")),
                observed: members_here.get(*by).map_or_else(|| missing(value), brief),
            });
        }
        _ => false,
    };
    (!fits).then(|| Wrong { path: path.to_owned(), expected: is.words(), observed: brief(value) })
}

/// What is wrong with the members of an object.
fn members(shape: &Shape, value: &Value, revision: Revision, path: &str) -> Option<Wrong> {
    let there = shape.0.iter().filter(|member| member.applies(revision));
    there.into_iter().find_map(|member| {
        let path = below(path, member.name);
        match value.get(member.name) {
            Some(value) => at(&member.is, value, revision, &path),
            None if !member.needed => None,
            None => Some(Wrong { path, expected: member.is.words(), observed: missing(value) }),
        }
    })
}

fn missing(value: &Value) -> String {
    format!("no such member, in {}", brief(value))
}

fn brief(value: &Value) -> String {
    shorten(&show(value), SHOWN)
}

fn below(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

/// Whether a value is a whole number; 3.0 is one.
fn is_whole(value: &Value) -> bool {
    value.is_i64() || value.is_u64() || value.as_f64().is_some_and(|number| number.fract() == 0.0)
}
