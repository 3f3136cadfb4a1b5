//! Pages of turns and items: directions, views, cursors that lead back, and what has no pages.

use harness::{Context, Failure, Result, check, code, ensure, ensure_eq};
use serde_json::{Value, json};

use super::{answered, ask};
use crate::client::{ContextExt, Thread, entries, messages};
use crate::rows::Rows;
use crate::stored::UNKNOWN;
use crate::stored::files::written;

const TURNS: &str = "thread/turns/list";
const ITEMS: &str = "thread/items/list";
const QUESTIONS: [&str; 3] = ["first question", "second question", "third question"];

/// A list in pages of one entry, to its end.
async fn walked(cx: &mut Context, thread: &Thread, method: &str, way: &str) -> Result<Vec<Value>> {
    let more = json!({ "limit": 1, "sortDirection": way });
    cx.client().history_pages(method, thread, more).await
}

/// The texts at this place of each entry.
fn texts(all: &[Value], at: &str) -> Vec<String> {
    let text = |entry: &Value| entry.pointer(at).and_then(Value::as_str).map(str::to_owned);
    all.iter().filter_map(text).collect()
}

fn reversed(ids: &[String]) -> Vec<String> {
    ids.iter().rev().cloned().collect()
}

/// The ids of the items in a thread that is read.
fn items_read(thread: &Value) -> Vec<String> {
    let turns = thread["turns"].as_array().into_iter().flatten();
    turns
        .flat_map(|turn| texts(turn["items"].as_array().map_or(&[], Vec::as_slice), "/id"))
        .collect()
}

/// A server MUST list the turns of a thread in the requested direction, each of them once.
#[check(
    v2(since = "0.147"),
    source = "app-server README, thread/turns/list: sortDirection, nextCursor; every release does",
    faults(DIRECTION_IGNORED),
    shared
)]
async fn turns_come_in_the_requested_direction(cx: &mut Context) -> Result {
    cx.client().initialize_experimental().await?;
    let (thread, ids) = answered(cx, &QUESTIONS).await?;
    let mut rows = Rows::of_waits();
    for (way, expected) in [("asc", ids.clone()), ("desc", reversed(&ids))] {
        let listed = texts(&walked(cx, &thread, TURNS, way).await?, "/id");
        let judged = || -> Result {
            ensure_eq!(listed, expected, "the ids of the turns, one on a page");
            Ok(())
        };
        rows.judge(format!("`sortDirection` {way}"), judged())?;
    }
    rows.end()
}

/// A server MUST list the items of a thread in the requested direction, each of them once.
#[check(
    v2(since = "0.160"),
    source = "app-server README, thread/items/list: sortDirection, nextCursor; every release since does",
    faults(DIRECTION_IGNORED),
    shared
)]
async fn items_come_in_the_requested_direction(cx: &mut Context) -> Result {
    cx.client().initialize_experimental().await?;
    let (thread, _) = answered(cx, &QUESTIONS[..2]).await?;
    let read = items_read(&cx.client().read_thread(&thread.id, true).await?);
    let mut rows = Rows::of_waits();
    for (way, expected) in [("asc", read.clone()), ("desc", reversed(&read))] {
        let listed = texts(&walked(cx, &thread, ITEMS, way).await?, "/item/id");
        let judged = || -> Result {
            ensure_eq!(listed, expected, "the ids of the items, one on a page");
            Ok(())
        };
        rows.judge(format!("`sortDirection` {way}"), judged())?;
    }
    rows.end()
}

/// A server MUST list the first turn of a page and every later turn when the client sends the
/// `backwardsCursor` of the page with the opposite direction.
#[check(
    v2(since = "0.147"),
    source = "app-server protocol, thread/turns/list: backwardsCursor, for the reverse direction; every release does",
    faults(BACKWARDS_CURSOR_SKIPS_ITS_TURN, NO_BACKWARDS_CURSOR),
    shared
)]
async fn the_backwards_cursor_leads_back(cx: &mut Context) -> Result {
    cx.client().initialize_experimental().await?;
    let (thread, mut ids) = answered(cx, &QUESTIONS).await?;
    let first = cx.client().history_page(TURNS, &thread, json!({ "limit": 1 })).await?;
    let more = json!({ "limit": 1, "cursor": first["nextCursor"] });
    let second = cx.client().history_page(TURNS, &thread, more).await?;
    ids.push(ask(cx, &thread, "fourth question").await?);
    let mut rows = Rows::of_waits();
    for (what, page, from) in [("the first page", first, 2), ("the second page", second, 1)] {
        let cursor = page["backwardsCursor"].as_str();
        let judged = match cursor {
            None => Err(Failure::mismatch("`backwardsCursor`", "a cursor", "none")),
            Some(cursor) => {
                let more = json!({ "cursor": cursor, "sortDirection": "asc" });
                let back = cx.client().history_page(TURNS, &thread, more).await?;
                let listed = texts(&entries(&back), "/id");
                let judged = || -> Result {
                    ensure_eq!(listed, ids[from..], "the turns from the one of the cursor on");
                    Ok(())
                };
                judged()
            }
        };
        rows.judge(what, judged)?;
    }
    rows.end()
}

/// A server MUST return the items of each listed turn in the requested view: none, the question with
/// the last answer, or all.
#[check(
    v2(since = "0.147"),
    source = "app-server protocol, thread/turns/list: itemsView; every release does",
    faults(VIEW_IGNORED, SUMMARY_HAS_EVERYTHING, SUMMARY_HAS_THE_FIRST_ANSWER),
    shared
)]
async fn a_view_has_its_items(cx: &mut Context) -> Result {
    cx.client().initialize_experimental().await?;
    let (thread, _) = answered(cx, &QUESTIONS[..2]).await?;
    let read = cx.client().read_thread(&thread.id, true).await?;
    let mut rows = Rows::of_waits();
    for view in ["notLoaded", "summary", "full"] {
        let more = json!({ "sortDirection": "asc", "itemsView": view });
        let page = cx.client().history_page(TURNS, &thread, more).await?;
        rows.judge(format!("the view `{view}`"), viewed(view, &entries(&page), &read))?;
    }
    // Without a view it is the summary, and the newest turn comes first.
    let mut page = entries(&cx.client().history_page(TURNS, &thread, Value::Null).await?);
    page.reverse();
    rows.judge("no view and no direction", viewed("summary", &page, &read))?;
    rows.end()
}

/// The turns have the items of this view.
fn viewed(view: &str, turns: &[Value], read: &Value) -> Result {
    let named: Vec<_> = turns.iter().map(|turn| &turn["itemsView"]).collect();
    ensure_eq!(named, vec![&json!(view); 2], "`itemsView` of the turns");
    let counts = || turns.iter().map(|turn| turn["items"].as_array().map_or(0, Vec::len));
    let shown = json!({ "turns": turns });
    match view {
        "notLoaded" => ensure_eq!(counts().sum::<usize>(), 0, "items of the turns"),
        "full" => ensure_eq!(items_read(&shown), items_read(read), "the ids of the items"),
        _ => {
            let said = |number: &str| [format!("user: {number} question"), answer()];
            let expected = [said("first"), said("second")].concat();
            ensure_eq!(messages(&shown["turns"]), expected, "the messages of the turns");
            ensure_eq!(counts().sum::<usize>(), 4, "items of the turns");
        }
    }
    Ok(())
}

fn answer() -> String {
    format!("assistant: {}", super::ANSWER)
}

/// A server MUST NOT answer `thread/turns/list` with the `limit` 0 with an empty page that has a
/// `nextCursor`.
#[check(
    v2(since = "0.147"),
    source = "every release returns a page of one; an empty page that goes on has no end",
    faults(EMPTY_PAGES_GO_ON),
    shared
)]
async fn pages_of_nothing_have_an_end(cx: &mut Context) -> Result {
    cx.client().initialize_experimental().await?;
    let (thread, _) = answered(cx, &QUESTIONS[..2]).await?;
    let params = json!({ "threadId": thread.id, "limit": 0 });
    let reply = cx.peer.request(TURNS, params).await?;
    if reply.is_error() {
        reply
            .refused_with(&[code::INVALID_REQUEST, code::INVALID_PARAMS], "answer to `limit` 0")?;
        return Ok(());
    }
    let page = reply.result()?;
    let goes_on = page["nextCursor"].is_string() && entries(page).is_empty();
    ensure!(!goes_on, "the page of `limit` 0", "a turn, or no next page", page.to_string());
    Ok(())
}

/// A server MUST list no items of other turns when the client names a turn.
#[check(
    v2(since = "0.160"),
    source = "app-server README, thread/items/list: turnId; every release since does",
    faults(ITEMS_OF_EVERY_TURN),
    shared
)]
async fn items_of_one_turn_are_listed_alone(cx: &mut Context) -> Result {
    cx.client().initialize_experimental().await?;
    let (thread, ids) = answered(cx, &QUESTIONS).await?;
    let page = cx.client().history_page(ITEMS, &thread, json!({ "turnId": ids[1] })).await?;
    let mut of = texts(&entries(&page), "/turnId");
    of.dedup();
    ensure_eq!(of, ids[1..2], "the turns of the listed items");
    Ok(())
}

/// A server MUST reject `thread/turns/list` of an unknown thread with the error code -32600.
#[check(
    v2(since = "0.147"),
    source = "every release does",
    faults(UNKNOWN_THREAD_HAS_NO_TURNS),
    shared
)]
async fn an_unknown_thread_is_rejected(cx: &mut Context) -> Result {
    cx.client().initialize_experimental().await?;
    let reply = cx.peer.request(TURNS, json!({ "threadId": UNKNOWN })).await?;
    reply.refused(code::INVALID_REQUEST, "answer to `thread/turns/list` of an unknown thread")?;
    Ok(())
}

/// A server MUST answer `thread/turns/list` of a thread without a turn with an empty list or with
/// the error code -32600.
#[check(
    v2(since = "0.147"),
    source = "every release rejects it: unavailable before the first user message",
    faults(NEW_THREAD_BREAKS_THE_LIST),
    shared
)]
async fn a_thread_without_a_turn_has_none(cx: &mut Context) -> Result {
    cx.client().initialize_experimental().await?;
    let thread = cx.client().start_thread().await?;
    let reply = cx.peer.request(TURNS, json!({ "threadId": thread.id })).await?;
    if reply.is_error() {
        reply.refused(code::INVALID_REQUEST, "answer about a thread without a turn")?;
        return Ok(());
    }
    ensure_eq!(entries(reply.result()?).len(), 0, "turns of a thread without a turn");
    Ok(())
}

/// A server MUST list the turns of a stored thread without loading it.
#[check(
    v2(since = "0.147"),
    source = "app-server README, thread/turns/list: without resuming it; every release does",
    faults(PAGES_LOAD_THE_THREAD, STORED_TURNS_NOT_LISTED),
    shared
)]
async fn a_stored_thread_is_listed_and_not_loaded(cx: &mut Context) -> Result {
    cx.client().initialize_experimental().await?;
    let (thread, ids) = answered(cx, &QUESTIONS[..2]).await?;
    written(cx, &thread, super::ANSWER).await?;
    cx.restart().await;
    cx.client().initialize_experimental().await?;
    let more = json!({ "itemsView": "full", "sortDirection": "asc" });
    let page = cx.client().history_page(TURNS, &thread, more).await?;
    ensure_eq!(texts(&entries(&page), "/id"), ids, "the ids of the turns after a restart");
    let loaded = cx.peer.call("thread/loaded/list", json!({})).await?;
    let loaded = entries(&loaded).contains(&json!(thread.id));
    ensure!(!loaded, "the loaded threads after the list of turns", "without the thread", "with it");
    Ok(())
}
