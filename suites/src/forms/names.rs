//! Names of threads in every alphabet and of every length: what was accepted is shown everywhere.

use std::collections::BTreeMap;

use harness::{Context, Failure, Result, check, show};
use serde_json::{Value, json};

use crate::client::{ContextExt, Query};
use crate::rows::Rows;
use crate::stored::{id, seed_all};

/// Names of every kind, and what they are.
fn names() -> Vec<(&'static str, String)> {
    vec![
        ("several words", "several plain words".to_owned()),
        ("blanks around", "  padded\t".to_owned()),
        ("a line break", "two\nlines\r\nand more".to_owned()),
        ("a tab", "a\tb".to_owned()),
        ("other alphabets", "ñ 日本 שלום مرحبا".to_owned()),
        ("marks of direction", "\u{202e}abc\u{202c}".to_owned()),
        ("emoji", "\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467} \u{1f600}".to_owned()),
        ("marks that combine", "e\u{301}".to_owned()),
        ("control characters", "a\0b\u{1b}[31mred".to_owned()),
        ("quotes", "\"q\" \\ 's' `x`".to_owned()),
        ("JSON", "{\"id\":1}".to_owned()),
        ("a path", "../../etc/passwd".to_owned()),
        ("null", "null".to_owned()),
        ("a number", "5".to_owned()),
        ("separators of lines", "a\u{2028}b\u{2029}c".to_owned()),
        ("a mark without width", "\u{200b}".to_owned()),
        ("1,000 letters", "n".repeat(1_000)),
        ("100,000 letters", "é".repeat(50_000)),
    ]
}

/// Fails unless the name is what was given, or that without the blanks around it.
fn ensure_name(observed: &Value, given: &str, place: &str) -> Result {
    if observed == given || observed == given.trim() {
        return Ok(());
    }
    let shown = |name: &Value| match name.as_str().map(str::len) {
        Some(length @ 200..) => format!("a name of {length} bytes"),
        _ => show(name),
    };
    Err(Failure::mismatch(
        format!("name of the thread {place}"),
        shown(&json!(given)),
        shown(observed),
    ))
}

/// The name of every listed thread, by its id.
async fn listed(cx: &mut Context) -> Result<BTreeMap<String, Value>> {
    let query = Query { limit: Some(100), ..Query::default() };
    let page = cx.client().page(&query).await?;
    Ok(page.items.into_iter().map(|item| (item.id, item.value["name"].clone())).collect())
}

/// Threads with every name; those whose name was accepted, with what the name is.
async fn named(cx: &mut Context) -> Result<Vec<(String, &'static str, String)>> {
    let names = names();
    let count = u32::try_from(names.len()).unwrap_or_default();
    seed_all(cx, 0..count)?;
    cx.client().initialize().await?;
    let mut accepted = Vec::new();
    for (number, (what, name)) in (0..).zip(names) {
        let id = id(number).to_string();
        // The first releases name loaded threads only.
        cx.peer.call("thread/resume", json!({ "threadId": id })).await?;
        let params = json!({ "threadId": id, "name": name });
        if !cx.peer.request("thread/name/set", params).await?.is_error() {
            accepted.push((id, what, name));
        }
    }
    Ok(accepted)
}

/// A server MUST return a name that it accepted, in lists and when the thread is read or resumed,
/// without a change, except for white space around it.
#[check(
    v2(since = "0.107"),
    source = "app-server README, thread/name/set; every release since does",
    faults(LINE_BREAKS_OF_NAMES_LOST, LONG_NAMES_CUT)
)]
async fn an_accepted_name_is_returned_everywhere(cx: &mut Context) -> Result {
    let accepted = named(cx).await?;
    let list = listed(cx).await?;
    let mut rows = Rows::default();
    for (id, what, name) in &accepted {
        let in_list = list.get(id).cloned().unwrap_or_default();
        rows.judge(format!("a name with {what}"), ensure_name(&in_list, name, "in the list"))?;
        for (method, place) in
            [("thread/read", "that is read"), ("thread/resume", "that is resumed")]
        {
            let result = cx.peer.call(method, json!({ "threadId": id })).await?;
            let outcome = ensure_name(&result["thread"]["name"], name, place);
            rows.judge(format!("a name with {what}"), outcome)?;
        }
    }
    rows.end()
}

/// A server MUST return the names of threads after a restart as they were given, except for white
/// space around them.
#[check(
    v2(since = "0.107"),
    source = "app-server README, thread/name/set; every release since does",
    faults(LINE_BREAKS_OF_NAMES_LOST, LONG_NAMES_CUT)
)]
async fn every_name_outlives_the_server(cx: &mut Context) -> Result {
    let accepted = named(cx).await?;
    cx.restart().await;
    cx.client().initialize().await?;
    let list = listed(cx).await?;
    let mut rows = Rows::default();
    for (id, what, name) in &accepted {
        let in_list = list.get(id).cloned().unwrap_or_default();
        let outcome = ensure_name(&in_list, name, "in the list");
        rows.judge(format!("a name with {what}, after a restart"), outcome)?;
    }
    rows.end()
}
