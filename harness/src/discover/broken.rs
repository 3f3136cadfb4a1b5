//! Servers of the Model Context Protocol whose first answer is broken: what can still be read of it.
//!
//! Such a server must have a verdict that names what is wrong, so it is examined as one of this
//! protocol, without a session.

use std::collections::BTreeMap;

use report::{Dialect, Revision};
use serde_json::{Deserializer, Value, json};

use super::{Survey, identity, revisions};
use crate::failure::Failure;
use crate::peer::Peer;
use crate::precondition;
use crate::profile::{Profile, SESSION, Start};
use crate::transcript::Entry;

/// Members that only an answer to `initialize` of this protocol has.
const SIGNS: [&str; 3] = ["protocolVersion", "capabilities", "serverInfo"];

/// What the first lines of a subject are like.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Sight {
    /// An answer to `initialize` of this protocol, however it is wrapped; what could be read of it.
    Greeting(Value),
    /// Messages with `jsonrpc`, which app-servers do not send.
    JsonRpc,
    /// Nothing of this protocol.
    Nothing,
}

impl Sight {
    /// Looks at what the running subject has sent.
    pub(super) fn of(peer: &Peer) -> Self {
        peer.look(look).unwrap_or(Self::Nothing)
    }

    /// Whether it is an answer to `initialize` of this protocol.
    pub(super) fn is_greeting(&self) -> bool {
        matches!(self, Self::Greeting(_))
    }

    /// What could be read of the answer.
    pub(super) fn greeting(self) -> Value {
        match self {
            Self::Greeting(greeting) => greeting,
            Self::JsonRpc | Self::Nothing => json!({}),
        }
    }
}

fn look(entries: &[Entry]) -> Sight {
    /// How much is looked at, in bytes.
    const MOST: usize = 1 << 20;
    let ours: Vec<&[u8]> =
        entries.iter().filter(|entry| !entry.is_from_subject()).map(|entry| &*entry.line).collect();
    // A program that repeats what it reads says nothing of itself.
    let own = |entry: &&Entry| entry.is_from_subject() && !ours.contains(&&*entry.line);
    let mut text = String::new();
    for entry in entries.iter().filter(own) {
        if text.len() + entry.line.len() > MOST {
            break;
        }
        text.push_str(&String::from_utf8_lossy(&entry.line));
        text.push('\n');
    }
    let values = values(&text);
    if let Some(greeting) = values.iter().find_map(greeting) {
        return Sight::Greeting(greeting.clone());
    }
    if SIGNS.iter().any(|sign| text.contains(&format!("\"{sign}\""))) {
        return Sight::Greeting(json!({}));
    }
    let is_message = |value: &Value| value.get("jsonrpc").is_some();
    if values.iter().any(is_message) { Sight::JsonRpc } else { Sight::Nothing }
}

/// Every JSON object and array in the text, wherever it begins and however many lines it takes.
fn values(text: &str) -> Vec<Value> {
    let mut values = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find(['{', '[']) {
        rest = &rest[start..];
        let mut stream = Deserializer::from_str(rest).into_iter::<Value>();
        match stream.next() {
            Some(Ok(value)) => {
                rest = &rest[stream.byte_offset()..];
                values.push(value);
            }
            // Go on behind the bracket, in the same line or a later one.
            _ => rest = &rest[1..],
        }
    }
    values
}

/// The object with members of an answer to `initialize` in a value.
fn greeting(value: &Value) -> Option<&Value> {
    match value {
        Value::Array(values) => values.iter().find_map(greeting),
        Value::Object(members) if SIGNS.iter().any(|sign| members.contains_key(*sign)) => {
            Some(value)
        }
        Value::Object(members) => members.get("result").and_then(greeting),
        _ => None,
    }
}

/// The profile of a server whose greeting failed so.
pub(super) fn profile(
    survey: &Survey<'_>,
    sight: Sight,
    failure: &Failure,
    cost: Start,
) -> Profile {
    let greeting = sight.greeting();
    let mut profile = identity(&greeting);
    let dialect = Dialect::Mcp(Revision::NEWEST_LEGACY);
    let (_, declared) = revisions::legacy(&greeting);
    profile.revisions = BTreeMap::from([(Revision::NEWEST_LEGACY, declared)]);
    profile.dialects = vec![dialect];
    profile.start = cost;
    let missing = BTreeMap::from([(SESSION.to_owned(), precondition::why(failure))]);
    profile.missing.insert(dialect, missing);
    survey.claims.apply(&mut profile);
    profile
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::json;

    use super::{Sight, look};
    use crate::message::Message;
    use crate::transcript::{Direction, Entry};

    fn sight(lines: &str) -> Sight {
        let entry = |line: &str| Entry {
            at: Duration::ZERO,
            direction: Direction::FromSubject,
            line: line.into(),
            value: None,
            message: Message::Pollution("a test".to_owned()),
        };
        look(&lines.lines().map(entry).collect::<Vec<_>>())
    }

    #[test]
    fn a_greeting_is_found_however_it_is_wrapped() {
        let declared = json!({ "capabilities": { "tools": {} } });
        for lines in [
            "banner {x\n{\"jsonrpc\":\"2.0\",\"id\":\"1\",\"result\":{\"capabilities\":{\"tools\":{}}}}",
            "{\n \"result\": {\n  \"capabilities\": {\n   \"tools\": {}\n  }\n }\n}",
            "[{\"id\":7,\"result\":[{\"capabilities\":{\"tools\":{}}}]}]",
            "[info] {\"result\":{\"capabilities\":{\"tools\":{}}},\"error\":{}}",
        ] {
            assert_eq!(sight(lines), Sight::Greeting(declared.clone()), "{lines}");
        }
        assert_eq!(sight("{\"protocolVersion\": oops"), Sight::Greeting(json!({})));
    }

    #[test]
    fn other_lines_are_no_greeting() {
        assert_eq!(sight("{\"jsonrpc\":\"2.0\",\"id\":1}"), Sight::JsonRpc);
        assert_eq!(sight("{\"id\":1,\"result\":{\"userAgent\":\"a\"}}\nlog"), Sight::Nothing);
    }
}
