//! Entries of lists: rules that each of them keeps, and those that hold between them.

use std::collections::BTreeSet;

use harness::show;
use harness::{Context, Failure, Kind, Result, ensure};
use serde_json::Value;

use crate::mcp::client::{List, McpExt};

/// Fails unless the list is answered with an array.
///
/// # Errors
///
/// Also if it is not declared, or the server could not make it: it may need a key or a network.
pub async fn listed(cx: &mut Context, list: List) -> Result {
    match cx.mcp().list(list).await {
        Err(failure) if failure.kind() == Kind::Inconclusive => {}
        listed => return listed.map(drop),
    }
    let reply = cx.mcp().request(list.method, Value::Null).await?;
    if let Ok(error) = reply.error()
        && error.code == Some(harness::code::INTERNAL_ERROR)
    {
        let why = format!("the server itself could not: {error}");
        return Err(Failure::inconclusive(format!("`{}`", list.method), why));
    }
    let result =
        reply.granted(format!("the answer to `{}`, which the server declares", list.method))?;
    ensure!(
        result[list.member].is_array(),
        format!("`{}` in the result of `{}`", list.member, list.method),
        "an array",
        show(&result[list.member])
    );
    Ok(())
}

/// Fails if an entry of the list has a flaw; `flaw` says what is there instead of what is `expected`.
///
/// # Errors
///
/// Also if the list is not offered.
pub async fn each(
    cx: &mut Context,
    list: List,
    expected: &str,
    flaw: impl Fn(&Value) -> Option<String>,
) -> Result {
    for (number, entry) in cx.mcp().list(list).await?.iter().enumerate() {
        if let Some(flaw) = flaw(entry) {
            return Err(Failure::mismatch(label(list, number, entry), expected, flaw));
        }
    }
    Ok(())
}

/// Fails if an entry has no text as its member of this name.
///
/// # Errors
///
/// Also if the list is not offered.
pub async fn each_has(cx: &mut Context, list: List, member: &str) -> Result {
    each(cx, list, &format!("a text as its `{member}`"), |entry| {
        (!entry[member].is_string()).then(|| format!("`{member}` is {}", show(&entry[member])))
    })
    .await
}

/// Fails if two entries have the same member of this name.
///
/// # Errors
///
/// Also if the list is not offered.
pub async fn unique(cx: &mut Context, list: List, member: &str) -> Result {
    let entries = cx.mcp().list(list).await?;
    let mut seen = BTreeSet::new();
    for text in entries.iter().filter_map(|entry| entry[member].as_str()) {
        ensure!(
            seen.insert(text.to_owned()),
            format!("`{member}` of the entries of `{}`", list.method),
            "each only once",
            format!("{text:?} twice")
        );
    }
    Ok(())
}

/// What an entry is called in a failure.
pub fn label(list: List, number: usize, entry: &Value) -> String {
    let name = ["name", "uri"].iter().find_map(|name| entry[*name].as_str());
    match name {
        Some(name) => format!("{name:?} in the list of `{}`", list.method),
        None => format!("entry {} in the list of `{}`", number + 1, list.method),
    }
}
