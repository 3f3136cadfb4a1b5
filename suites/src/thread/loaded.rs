//! Which threads are in memory.

use std::collections::BTreeSet;

use harness::{Context, Failure, Result, check, ensure, ensure_eq, show, text_at};
use serde_json::{Value, json};

use crate::client::ContextExt;
use crate::stored::{seed, two_turns};

fn ids(page: &Value) -> Result<Vec<String>> {
    let Some(data) = page["data"].as_array() else {
        let what = "`data` in the result of `thread/loaded/list`";
        return Err(Failure::mismatch(what, "a list", show(page)));
    };
    data.iter().map(|id| text_at(id, "", "`thread/loaded/list`").map(str::to_owned)).collect()
}

/// A server MUST list every loaded thread once and no other thread in `thread/loaded/list`, on one
/// page or on several.
#[check(
    v2(since = "0.80"),
    source = "app-server README, thread/loaded/list; every release since does",
    faults(LOADED_PAGES_OVERLAP)
)]
async fn each_is_listed_once(cx: &mut Context) -> Result {
    seed(cx, &two_turns(1))?;
    let resumed = two_turns(2);
    seed(cx, &resumed)?;
    cx.client().initialize().await?;
    let mut wanted = BTreeSet::from([cx.client().resume_seeded(&resumed).await?.id]);
    for _ in 0..4 {
        wanted.insert(cx.client().start_thread().await?.id);
    }
    let whole = cx.peer.call("thread/loaded/list", json!({})).await?;
    ensure_eq!(BTreeSet::from_iter(ids(&whole)?), wanted, "the threads that are loaded");
    ensure_eq!(ids(&whole)?.len(), 5, "how many are named");
    let (mut paged, mut cursor) = (Vec::new(), Value::Null);
    for _ in 0..5 {
        let mut params = json!({ "limit": 2 });
        if !cursor.is_null() {
            params["cursor"] = cursor;
        }
        let page = cx.peer.call("thread/loaded/list", params).await?;
        let page_ids = ids(&page)?;
        ensure!(
            page_ids.len() <= 2,
            "a page with the limit 2",
            "two at most",
            page_ids.len().to_string()
        );
        paged.extend(page_ids);
        cursor = page["nextCursor"].clone();
        if cursor.is_null() {
            break;
        }
    }
    ensure_eq!(paged, ids(&whole)?, "the threads over pages of two");
    Ok(())
}
