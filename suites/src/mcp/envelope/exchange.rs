//! Who asked what, and what was answered: a conversation read as requests with their answers.

use harness::{Conversation, Entry, Id, Message};
use serde_json::{Map, Value};

/// The largest whole number that every program reads exactly.
const EXACT: i64 = 1 << 53;
/// The length in bytes from which a line is so long that a server may refuse it.
const LONG: usize = 4 << 20;

/// A request of the client.
#[derive(Clone, Debug)]
pub struct Asked<'c> {
    /// Its line.
    pub line: usize,
    /// Its id.
    pub id: Id,
    /// Its method.
    pub method: &'c str,
    /// Its parameters; null if it has none.
    pub params: &'c Value,
}

/// An answer of the server.
#[derive(Clone, Debug)]
pub struct Answer<'c> {
    /// Its line.
    pub line: usize,
    /// Its id; none if it is missing or null.
    pub id: Option<Id>,
    /// The whole message.
    pub value: &'c Value,
}

/// The kind of a line of the client, as a careful server sees it.
#[derive(Clone, Debug, PartialEq)]
pub enum Sent {
    /// A request that must be answered.
    Request(Id),
    /// A notification.
    Notification,
    /// An answer to a request of the server.
    Answer,
    /// A line that may be misunderstood, ignored, or refused without an id.
    IllFormed,
}

/// What a line of the client is.
pub fn sent(entry: &Entry) -> Sent {
    let Some(Value::Object(message)) = &entry.value else { return Sent::IllFormed };
    let params = message.get("params");
    let right = message.get("jsonrpc").and_then(Value::as_str) == Some("2.0")
        && entry.line.len() < LONG
        && params.is_none_or(Value::is_object);
    let only = |names: &[&str]| message.keys().all(|name| names.contains(&name.as_str()));
    match &entry.message {
        Message::Request { id, .. } if right && only(&["jsonrpc", "id", "method", "params"]) => {
            match id {
                Id::Number(number) if number.abs() <= EXACT => Sent::Request(id.clone()),
                Id::Text(_) => Sent::Request(id.clone()),
                _ => Sent::IllFormed,
            }
        }
        Message::Notification { .. } if right && only(&["jsonrpc", "method", "params"]) => {
            Sent::Notification
        }
        Message::Response { .. } | Message::Error { .. } if right => Sent::Answer,
        _ => Sent::IllFormed,
    }
}

/// The well-formed requests of the client, in order.
pub fn asked<'c>(conversation: &'c Conversation<'_>) -> Vec<Asked<'c>> {
    let request = |(line, entry): (usize, &'c Entry)| {
        let Sent::Request(id) = sent(entry) else { return None };
        Some(Asked { line, id, method: entry.method()?, params: entry.params() })
    };
    conversation.to_subject().filter_map(request).collect()
}

/// The answers of the server, in order, whatever else is wrong with them.
pub fn answers<'c>(conversation: &'c Conversation<'_>) -> Vec<Answer<'c>> {
    let answer = |(line, entry): (usize, &'c Entry)| {
        let value = entry.value.as_ref()?;
        let message = value.as_object()?;
        let is_answer = !message.contains_key("method")
            && ["id", "result", "error"].iter().any(|name| message.contains_key(*name));
        let id = message.get("id").filter(|id| !id.is_null()).map(Id::of);
        is_answer.then_some(Answer { line, id, value })
    };
    conversation.from_subject().filter_map(answer).collect()
}

/// Each well-formed request of the client with its first answer, if it has one.
pub fn exchanges<'c>(conversation: &'c Conversation<'_>) -> Vec<(Asked<'c>, Option<Answer<'c>>)> {
    let mut answers = answers(conversation);
    let mut find = |asked: &Asked<'_>| {
        let fits =
            |answer: &Answer<'_>| answer.line > asked.line && answer.id.as_ref() == Some(&asked.id);
        answers.iter().position(fits).map(|place| answers.remove(place))
    };
    asked(conversation)
        .into_iter()
        .map(|asked| {
            let answer = find(&asked);
            (asked, answer)
        })
        .collect()
}

/// Whether a line of the client before this one was ill-formed.
pub fn is_after_ill_formed(conversation: &Conversation<'_>, line: usize) -> bool {
    conversation.to_subject().any(|(at, entry)| at < line && sent(entry) == Sent::IllFormed)
}

/// Whether an ill-formed line of the client may have had this id.
pub fn is_of_ill_formed(conversation: &Conversation<'_>, id: &Id) -> bool {
    conversation
        .to_subject()
        .any(|(_, entry)| sent(entry) == Sent::IllFormed && may_have(entry, id))
}

/// Whether a line has this id, or may be read as if it had.
fn may_have(entry: &Entry, id: &Id) -> bool {
    /// How much of a line that is not JSON is searched, in bytes.
    const SEARCHED: usize = 4_096;
    let of = |value: &Value| {
        value.get("id").is_some_and(|own| Id::of(own).rounded() == id.clone().rounded())
    };
    match &entry.value {
        Some(Value::Array(values)) => values.iter().any(of),
        Some(value) => of(value),
        None => {
            let text = id.to_json().to_string().into_bytes();
            let line = &entry.line[..entry.line.len().min(SEARCHED)];
            line.windows(text.len().max(1)).any(|part| part == text)
        }
    }
}

/// The capabilities that the server declared in this conversation, and the request that it declared
/// them in; none if it did not.
pub fn declared<'c>(conversation: &'c Conversation<'_>) -> Option<&'c Map<String, Value>> {
    let opens = |asked: &Asked<'_>| ["initialize", "server/discover"].contains(&asked.method);
    exchanges(conversation)
        .into_iter()
        .filter(|(asked, _)| opens(asked))
        .find_map(|(_, answer)| answer?.value["result"]["capabilities"].as_object())
}

/// The capability that a server with this method declares; none if every server has it.
pub fn capability(method: &str) -> Option<&'static str> {
    let before = method.split('/').next().unwrap_or_default();
    match before {
        "tools" => Some("tools"),
        "resources" => Some("resources"),
        "prompts" => Some("prompts"),
        "completion" => Some("completions"),
        "logging" => Some("logging"),
        "tasks" => Some("tasks"),
        _ => None,
    }
}
