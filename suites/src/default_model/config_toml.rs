//! `config.toml` as a check finds it: its text, what it says, and how it differs from what it
//! should be.

use std::collections::BTreeMap;
use std::fs;

use harness::{Context, Failure, OrInconclusive, Result, show};
use serde_json::Value;

use super::{EFFORT, MODEL};

/// The text of `config.toml`.
pub(super) fn text(cx: &Context) -> Result<String> {
    fs::read_to_string(cx.home.join("config.toml")).map_err(|error| {
        Failure::mismatch("config.toml", "a text that can be read", error.to_string())
    })
}

/// What `config.toml` says, its tables as objects.
pub(super) fn table(cx: &Context) -> Result<Value> {
    let text = text(cx)?;
    let table: toml::Table = toml::from_str(&text).map_err(|error| {
        Failure::mismatch("config.toml", "valid TOML", error.message().to_owned())
            .note(format!("whole     {}", show(&text)))
    })?;
    serde_json::to_value(table).or_inconclusive("reading config.toml as JSON")
}

/// The default model and its effort as they stand in `config.toml`; a key that is not there is
/// `null`.
pub(super) fn written(cx: &Context) -> Result<[Value; 2]> {
    let table = table(cx)?;
    Ok([table[MODEL].clone(), table[EFFORT].clone()])
}

/// Fails unless `config.toml` says this and nothing else; shows the keys in which it differs.
#[track_caller]
pub(super) fn says(cx: &Context, expected: &Value, when: &str) -> Result {
    ensure_same(&table(cx)?, expected, format!("config.toml {when}"))
}

/// Fails unless both hold the same values; shows the keys in which they differ.
#[track_caller]
pub(crate) fn ensure_same(seen: &Value, expected: &Value, what: impl Into<String>) -> Result {
    let (mut wanted, mut found) = (BTreeMap::new(), BTreeMap::new());
    leaves(expected, "", &mut wanted);
    leaves(seen, "", &mut found);
    if wanted == found {
        return Ok(());
    }
    let mut keys: Vec<_> = wanted.keys().chain(found.keys()).collect();
    keys.retain(|key| wanted.get(*key) != found.get(*key));
    keys.sort();
    keys.dedup();
    let shown = |leaves: &BTreeMap<String, Value>| {
        let line = |key: &&String| match leaves.get(*key) {
            Some(value) => format!("{key} = {}", show(value)),
            None => format!("no {key}"),
        };
        keys.iter().map(line).collect::<Vec<_>>().join(", ")
    };
    Err(Failure::mismatch(what, shown(&wanted), shown(&found)))
}

/// Every value by its dotted path; a table without keys counts as nothing.
fn leaves(value: &Value, path: &str, found: &mut BTreeMap<String, Value>) {
    let Value::Object(members) = value else {
        found.insert(path.to_owned(), value.clone());
        return;
    };
    for (key, member) in members {
        // Quoted as TOML would be: a dot would make one key look like two.
        let plain = key.chars().all(|letter| letter.is_alphanumeric() || "_-".contains(letter));
        let key = if plain { key.clone() } else { show(key) };
        let path = if path.is_empty() { key } else { format!("{path}.{key}") };
        leaves(member, &path, found);
    }
}

/// Fails unless `config.toml` is what it was, to the byte.
#[track_caller]
pub(super) fn untouched(cx: &Context, before: &str, after: &str) -> Result {
    same_lines(before, &text(cx)?, |_| true, &format!("after {after}"))
}

/// Fails at the first of the lines that count that is not what it was, to the byte.
#[track_caller]
pub(super) fn same_lines(
    before: &str,
    after: &str,
    counts: impl Fn(&str) -> bool,
    when: &str,
) -> Result {
    let mut before = before.split('\n').filter(|line| counts(line));
    let mut after = after.split('\n').filter(|line| counts(line));
    for number in 1.. {
        let (old, new) = (before.next(), after.next());
        if old.is_none() && new.is_none() {
            break;
        }
        if old != new {
            let shown = |line: Option<&str>| line.map_or("the end of the file".to_owned(), show);
            let what = format!("line {number} of config.toml {when}");
            return Err(Failure::mismatch(what, shown(old), shown(new)));
        }
    }
    Ok(())
}
