//! The turns and items of a thread in pages.

use harness::{Context, Result, check, ensure_eq};
use serde_json::{Value, json};

use super::{NUMBERS, said, shown, three_turns};
use crate::client::{ContextExt, Thread};

/// All pages of a list, of at most `limit` each, oldest first.
async fn paged(
    cx: &mut Context,
    thread: &Thread,
    (method, view): (&str, Option<&str>),
    limit: usize,
) -> Result<Vec<Value>> {
    let mut more = json!({ "limit": limit, "sortDirection": "asc" });
    if let Some(view) = view {
        more["itemsView"] = json!(view);
    }
    cx.client().history_pages(method, thread, more).await
}

/// A server MUST list the turns and the items of a thread in pages that together hold each of them
/// once, as `thread/read` shows them.
#[check(
    v2(since = "0.160"),
    source = "app-server README, thread/turns/list and thread/items/list; every release since does",
    faults(HISTORY_PAGES_OVERLAP, ROLLED_BACK_TURNS_SHOWN)
)]
async fn pages_hold_what_is_read(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let thread = three_turns(cx).await?;
    cx.client().roll_back(&thread, 1).await?;
    let read = cx.client().read_thread(&thread.id, true).await?;
    for limit in [1, 2, 50] {
        let turns = paged(cx, &thread, ("thread/turns/list", Some("full")), limit).await?;
        let expected = said(&NUMBERS[..2]);
        let what = format!("the messages in `thread/turns/list`, {limit} a page");
        ensure_eq!(shown(&json!(turns)), expected, "{what}");
        let ids = |turns: &Value| -> Vec<Value> {
            let turns = turns.as_array().into_iter().flatten();
            turns.map(|turn| turn["id"].clone()).collect()
        };
        ensure_eq!(ids(&json!(turns)), ids(&read["turns"]), "the ids of these turns");
        let items = paged(cx, &thread, ("thread/items/list", None), limit).await?;
        let listed: Vec<Value> = items.iter().map(|entry| entry["item"]["id"].clone()).collect();
        let turns = read["turns"].as_array().into_iter().flatten();
        let read: Vec<Value> = turns
            .flat_map(|turn| turn["items"].as_array().into_iter().flatten())
            .map(|item| item["id"].clone())
            .collect();
        ensure_eq!(listed, read, "the ids of the items in `thread/items/list`, {limit} a page");
    }
    Ok(())
}
