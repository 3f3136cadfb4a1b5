//! `config.toml` before and after a write: what it says, and what a failure shows of it.

use std::fs;

use harness::{Context, Failure, OrInconclusive, Reply, Result, show};
use serde_json::{Map, Value};

use crate::default_model::config_toml::ensure_same;

/// A byte order mark, which a text in UTF-8 may begin with.
pub(super) const MARK: char = '\u{feff}';

/// Replaces `config.toml`, which a server reads again for every request.
pub(super) fn put(cx: &Context, text: &str) -> Result {
    fs::write(cx.home.join("config.toml"), text).or_inconclusive("writing config.toml")
}

/// The text of `config.toml`.
pub(super) fn text(cx: &Context) -> Result<String> {
    let bytes = fs::read(cx.home.join("config.toml")).map_err(|error| {
        Failure::mismatch("config.toml", "a file that can be read", error.to_string())
    })?;
    String::from_utf8(bytes).map_err(|error| {
        Failure::mismatch("config.toml", "a text in UTF-8", error.utf8_error().to_string())
    })
}

/// What a text in TOML says, its tables as objects.
pub(super) fn parsed(text: &str) -> Result<Value> {
    let table: toml::Table = toml::from_str(text.trim_start_matches(MARK)).map_err(|error| {
        Failure::mismatch("config.toml", "valid TOML", error.message().to_owned())
    })?;
    serde_json::to_value(table).or_inconclusive("reading config.toml as JSON")
}

/// Sets what `path` leads to, or removes it, as a write is to do it. An object is merged into an
/// object that is there, if `merge` says so.
pub(super) fn edit(root: &mut Value, path: &[&str], value: &Value, merge: bool) {
    let Some((key, folders)) = path.split_last() else { return };
    let mut table = root;
    for folder in folders {
        if table.get(*folder).is_none() && value.is_null() {
            return;
        }
        if !table.is_object() && !table.is_null() {
            return;
        }
        table = &mut table[*folder];
    }
    if table.is_null() {
        *table = Value::Object(Map::new());
    }
    let Some(members) = table.as_object_mut() else { return };
    match (members.get_mut(*key), value) {
        (_, Value::Null) => drop(members.shift_remove(*key)),
        (Some(Value::Object(old)), Value::Object(new)) if merge => old.extend(new.clone()),
        (_, value) => drop(members.insert((*key).to_owned(), value.clone())),
    }
}

/// Fails unless the write was accepted and the file is valid TOML that says this and nothing else.
pub(super) fn ensure_written(
    cx: &Context,
    reply: &Reply,
    before: &str,
    expected: &Value,
) -> Result {
    if let Ok(error) = reply.error() {
        let observed = format!("the error {:?}", error.message);
        return Err(with_files(
            Failure::mismatch("answer to the write", "a result", observed),
            before,
            before,
        ));
    }
    let after = text(cx)?;
    let compared =
        parsed(&after).and_then(|seen| ensure_same(&seen, expected, "keys of config.toml"));
    compared.map_err(|failure| with_files(failure, before, &after))
}

/// Fails unless the write was rejected with the file unchanged, or accepted and done.
pub(super) fn ensure_done_or_unchanged(
    cx: &Context,
    reply: &Reply,
    before: &str,
    expected: &Value,
) -> Result {
    if !reply.is_error() {
        return ensure_written(cx, reply, before, expected);
    }
    let after = text(cx)?;
    if after == before {
        return Ok(());
    }
    let failure = Failure::mismatch(
        "config.toml after a write that was rejected",
        "the file of before",
        "another text",
    );
    Err(with_files(failure, before, &after))
}

/// The failure with the file before and after the write.
pub(super) fn with_files(failure: Failure, before: &str, after: &str) -> Failure {
    let failure = failure.note(format!("before    {}", show(before)));
    if after == before { failure } else { failure.note(format!("after     {}", show(after))) }
}
