//! Cursors of a list with one filter or order, in requests with another.

use std::collections::BTreeSet;

use harness::{Context, Dialect, OrInconclusive, Result, check, ensure};
use serde_json::json;

use super::cursors::{List, begin, ensure_once, offered, spoken};
use crate::client::add;
use crate::rows::Rows;
use crate::stored::{conversation, seed};

/// Conversations that differ in each thing that a list may be filtered by; some are archived.
fn seed_differing(cx: &Context) -> Result {
    for number in 1..=12 {
        let either = |bit: u32, ones, others| if number >> bit & 1 == 0 { ones } else { others };
        let conversation = conversation(number)
            .provider(either(0, "left", "right"))
            .source(either(1, "cli", "exec"))
            .cwd(either(2, "/one", "/two"));
        if number % 3 == 0 {
            conversation
                .write_archived(cx.home.path())
                .or_inconclusive("seeding an archived conversation")?;
        } else {
            seed(cx, &conversation)?;
        }
    }
    Ok(())
}

/// The same list by different filters and in different orders. What a subject does not know about,
/// it ignores or rejects.
async fn filtered(cx: &mut Context) -> Result<Vec<Vec<List>>> {
    if cx.dialect() == Dialect::V1 {
        let filters = [("every provider", json!([])), ("provider left", json!(["left"]))];
        let lists = filters.map(|(what, providers)| {
            List::of_conversations(what, json!({ "modelProviders": providers }))
        });
        return Ok(vec![offered(cx, lists).await?]);
    }
    let filters = [
        ("all", json!({})),
        ("provider left", json!({ "modelProviders": ["left"] })),
        ("provider right", json!({ "modelProviders": ["right"] })),
        ("source exec", json!({ "sourceKinds": ["exec"] })),
        ("directory /one", json!({ "cwd": "/one" })),
        ("archived", json!({ "archived": true })),
        ("last used", json!({ "sortKey": "updated_at" })),
        ("oldest first", json!({ "sortDirection": "asc" })),
    ];
    let threads = filters.map(|(what, filter)| {
        let mut params = json!({ "modelProviders": [], "sourceKinds": ["cli", "exec"] });
        add(&mut params, filter);
        List::of(what, "thread/list", params, "/id")
    });
    let thread = spoken(cx, &["one", "two", "three"]).await?;
    let directions = |method, id| {
        [("oldest first", "asc"), ("newest first", "desc")].map(|(what, direction)| {
            let params = json!({ "threadId": thread.id, "sortDirection": direction });
            List::of(what, method, params, id)
        })
    };
    let (turns, items) =
        (directions("thread/turns/list", "/id"), directions("thread/items/list", "/item/id"));
    Ok(vec![offered(cx, threads).await?, offered(cx, turns).await?, offered(cx, items).await?])
}

/// A server MUST apply the filter of a request to the page that it returns, even if the cursor comes
/// from a list with another filter or order; it may reject such a cursor.
#[check(
    v1(since = "0.53"),
    v2(since = "0.66"),
    source = "app-server README, thread/list: each filter restricts the results; every release does",
    faults(CURSOR_KEEPS_ITS_FILTER, LATER_PAGES_OF_EVERY_SOURCE)
)]
async fn a_cursor_does_not_change_the_filter(cx: &mut Context) -> Result {
    seed_differing(cx)?;
    begin(cx).await?;
    let mut rows = Rows::default();
    for lists in filtered(cx).await? {
        let mut cursors = Vec::new();
        for list in &lists {
            cursors.extend(list.get(cx, 2, None).await?.next.map(|cursor| (list.what, cursor)));
        }
        for list in &lists {
            let whole: BTreeSet<String> = list.rest(cx, &[100], None).await?.into_iter().collect();
            for (of, cursor) in &cursors {
                let outcome = continued(cx, list, cursor, &whole).await;
                let (method, to) = (list.method, list.what);
                rows.judge(format!("{method} of {to}, with a cursor of {of}"), outcome)?;
            }
        }
    }
    rows.end()
}

/// Follows a cursor to the end of the list, of which these are all entries.
async fn continued(
    cx: &mut Context,
    list: &List,
    cursor: &str,
    whole: &BTreeSet<String>,
) -> Result {
    let reply = cx.peer.request(list.method, list.params(5, Some(cursor))).await?;
    let Ok(result) = reply.result() else { return reply.refusal("answer").map(|_| ()) };
    let page = list.page(result)?;
    let mut ids = page.ids;
    if page.next.is_some() {
        ids.extend(list.rest(cx, &[5], page.next).await?);
    }
    let others: Vec<_> = ids.iter().filter(|id| !whole.contains(*id)).cloned().collect();
    let observed = format!("others: {}", others.join(", "));
    ensure!(others.is_empty(), "pages behind the cursor", "only what the filter selects", observed);
    ensure_once(ids.into_iter())
}
