//! The timeline of a thread, and single items of it.

use harness::{Context, Result, check, ensure_eq};
use serde_json::{Value, json};

use super::answered;
use crate::client::{ContextExt, Thread, entries};
use crate::rows::Rows;
use crate::stored::UNKNOWN;

/// The whole timeline from pages of this size: a page leads to the one before it.
async fn timeline(cx: &mut Context, thread: &Thread, limit: usize) -> Result<Vec<Value>> {
    let mut all: Vec<Value> = Vec::new();
    let mut cursor = Value::Null;
    loop {
        let params = json!({ "threadId": thread.id, "limit": limit, "cursor": cursor });
        let page = cx.peer.call("thread/timeline/list", params).await?;
        let mut earlier = entries(&page);
        ensure_eq!(earlier.len() <= limit, true, "whether a page keeps to the limit {limit}");
        earlier.append(&mut all);
        all = earlier;
        if page["nextCursor"].is_null() || page["nextCursor"] == cursor {
            return Ok(all);
        }
        cursor = page["nextCursor"].clone();
    }
}

/// What the thread that is read has, in the form of a timeline: turns that begin and end, and items.
fn expected(read: &Value) -> Vec<String> {
    let turns = read["turns"].as_array().into_iter().flatten();
    turns
        .flat_map(|turn| {
            let items = turn["items"].as_array().into_iter().flatten();
            let items = items.map(|item| format!("item {}", item["id"]));
            let begins = std::iter::once(format!("turnStarted {}", turn["id"]));
            begins.chain(items).chain(std::iter::once(format!("turnCompleted {}", turn["id"])))
        })
        .collect()
}

fn line(entry: &Value) -> String {
    match entry["type"].as_str() {
        Some("item") => format!("item {}", entry["item"]["id"]),
        kind => format!("{} {}", kind.unwrap_or_default(), entry["turnId"]),
    }
}

/// A server MUST list the beginning, the items and the end of each turn in the order of time, each
/// once over all pages, and the last page first.
#[check(
    v2(since = "0.169"),
    source = "app-server protocol, thread/timeline/list; every release since does",
    faults(TIMELINE_WITHOUT_ENDS, TIMELINE_SKIPS_BETWEEN_PAGES),
    shared
)]
async fn the_timeline_has_all_that_happened(cx: &mut Context) -> Result {
    cx.client().initialize_experimental().await?;
    let (thread, _) = answered(cx, &["first question", "second question"]).await?;
    let expected = expected(&cx.client().read_thread(&thread.id, true).await?);
    let mut rows = Rows::of_waits();
    for limit in [100, 3, 1] {
        let listed: Vec<_> = timeline(cx, &thread, limit).await?.iter().map(line).collect();
        let judged = || -> Result {
            ensure_eq!(listed, expected, "the entries of the timeline");
            Ok(())
        };
        rows.judge(format!("pages of {limit}"), judged())?;
    }
    rows.end()
}

/// A server MUST return exactly the requested items of a turn.
#[check(
    v2(since = "0.169"),
    source = "app-server protocol, thread/items/read; every release since does",
    faults(ITEMS_READ_UNASKED),
    shared
)]
async fn the_requested_items_are_returned(cx: &mut Context) -> Result {
    cx.client().initialize_experimental().await?;
    let (thread, turns) = answered(cx, &["first question", "second question"]).await?;
    let read = cx.client().read_thread(&thread.id, true).await?;
    let items = read["turns"][0]["items"].as_array().cloned().unwrap_or_default();
    let last = items.len().saturating_sub(1);
    let id = |at: usize| items[at]["id"].clone();
    let mut rows = Rows::of_waits();
    for (what, turn, wanted, found) in [
        ("the first item", &turns[0], json!([id(0)]), vec![id(0)]),
        ("first and last", &turns[0], json!([id(0), id(last)]), vec![id(0), id(last)]),
        ("an unknown item beside one", &turns[0], json!([UNKNOWN, id(last)]), vec![id(last)]),
        ("an item of another turn", &turns[1], json!([id(0)]), vec![]),
    ] {
        let params = json!({ "threadId": thread.id, "turnId": turn, "itemIds": wanted });
        let result = cx.peer.call("thread/items/read", params).await?;
        let ids: Vec<_> =
            entries(&result).iter().map(|entry| entry["item"]["id"].clone()).collect();
        let judged = || -> Result {
            ensure_eq!(ids, found, "the ids of the items");
            Ok(())
        };
        rows.judge(what, judged())?;
    }
    rows.end()
}
