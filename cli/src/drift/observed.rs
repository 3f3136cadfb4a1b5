//! The shapes of the messages that a server sent during the checks: which members, and of which types.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use harness::{Entry, Id, Message};
use serde_json::Value;

/// What a server sent, by case and message.
#[derive(Debug, Default)]
pub(super) struct Observed(BTreeMap<String, BTreeMap<String, Seen>>);

/// All messages of one name.
#[derive(Debug, Default)]
struct Seen {
    times: usize,
    /// Each member: how many messages have it, and its types.
    members: BTreeMap<String, (usize, BTreeSet<&'static str>)>,
}

/// A difference between the messages of one name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Difference {
    /// The message.
    pub(super) message: String,
    /// What differs: "`/turn/items` is sent only by the newer".
    pub(super) what: String,
    /// The cases in which it was seen.
    pub(super) cases: Vec<String>,
}

impl Observed {
    /// Adds the messages of one process.
    pub(super) fn add(&mut self, case: &str, entries: &[Entry]) {
        let messages = self.0.entry(case.to_owned()).or_default();
        let mut open: HashMap<Id, String> = HashMap::new();
        for entry in entries {
            let Some(value) = &entry.value else { continue };
            match (&entry.message, entry.is_from_subject()) {
                (Message::Request { id, method }, false) => {
                    open.insert(id.clone(), method.clone());
                }
                (Message::Request { method, .. }, true) => {
                    add(messages, format!("server request `{method}`"), &value["params"]);
                }
                (Message::Notification { method }, true) => {
                    add(messages, format!("notification `{method}`"), &value["params"]);
                }
                (Message::Response { id }, true) => {
                    if let Some(method) = open.remove(id) {
                        add(messages, format!("result of `{method}`"), &value["result"]);
                    }
                }
                _ => {}
            }
        }
    }

    /// What differs in the messages of the same case: a member that all messages of one have and none
    /// of the other, or that is of other types.
    pub(super) fn differences(&self, newer: &Self) -> Vec<Difference> {
        let mut found: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
        for (case, messages) in &self.0 {
            let Some(others) = newer.0.get(case) else { continue };
            for (message, old) in messages {
                let Some(new) = others.get(message) else { continue };
                for what in old.against(new) {
                    found.entry((message.clone(), what)).or_default().push(case.clone());
                }
            }
        }
        let difference =
            |((message, what), cases): (_, Vec<String>)| Difference { message, what, cases };
        found.into_iter().map(difference).collect()
    }
}

fn add(messages: &mut BTreeMap<String, Seen>, name: String, value: &Value) {
    let seen = messages.entry(name).or_default();
    seen.times += 1;
    let mut members = BTreeMap::new();
    walk(value, "", &mut members);
    for (path, types) in members {
        let (times, known) = seen.members.entry(path).or_default();
        *times += 1;
        known.extend(types);
    }
}

/// The members of a value with their types. The items of a list are one, and an object that says its
/// type is apart from those of other types.
fn walk(value: &Value, path: &str, members: &mut BTreeMap<String, BTreeSet<&'static str>>) {
    let name = match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    };
    members.entry(path.to_owned()).or_default().insert(name);
    match value {
        Value::Array(items) => {
            items.iter().for_each(|item| walk(item, &format!("{path}[]"), members));
        }
        Value::Object(object) => {
            let kind = object.get("type").and_then(Value::as_str);
            let path = kind.map_or_else(|| path.to_owned(), |kind| format!("{path}({kind})"));
            for (name, member) in object {
                // The keys of a map are paths or ids, and differ from run to run.
                let is_name =
                    name.chars().all(|letter| letter.is_ascii_alphabetic() || letter == '_');
                let name = if is_name { name } else { "*" };
                walk(member, &format!("{path}/{name}"), members);
            }
        }
        _ => {}
    }
}

impl Seen {
    fn against(&self, newer: &Self) -> Vec<String> {
        let mut all = Vec::new();
        for (one, other, who) in [(self, newer, "older"), (newer, self, "newer")] {
            for (path, (times, _)) in &one.members {
                if *times == one.times
                    && !other.members.contains_key(path)
                    && one.is_outermost(path, other)
                {
                    all.push(format!("`{path}` is sent only by the {who}"));
                }
            }
        }
        for (path, (_, was)) in &self.members {
            let Some((_, is)) = newer.members.get(path) else { continue };
            let was: Vec<_> = was.iter().copied().filter(|name| *name != "null").collect();
            let is: Vec<_> = is.iter().copied().filter(|name| *name != "null").collect();
            if !was.is_empty() && !is.is_empty() && !was.iter().any(|name| is.contains(name)) {
                all.push(format!("`{path}` was {}, is {}", was.join(" or "), is.join(" or ")));
            }
        }
        all
    }

    /// Whether the other has what the member is in.
    fn is_outermost(&self, path: &str, other: &Self) -> bool {
        let parent = path.rsplit_once('/').map_or("", |(parent, _)| parent);
        let parent = parent.rsplit_once('(').map_or(parent, |(parent, _)| parent);
        other.members.contains_key(parent)
    }
}
