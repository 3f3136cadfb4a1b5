//! `thread/inject_items`: what a client adds to the model's view of a thread, without a turn.

use harness::{Context, Result, check, code, ensure_eq};
use mock_model::says;
use serde_json::{Value, json};

use super::{answered, restart};
use crate::client::{ContextExt, Thread, is_of};
use crate::rows::Rows;
use crate::stored::files::written;
use crate::stored::{UNKNOWN, last_request, model_input};

/// What is injected, as role and text.
const INJECTED: [(&str, &str); 3] = [
    ("user", "injected: a note of the user"),
    ("assistant", "injected: an answer"),
    ("developer", "injected: a rule"),
];

/// A message as the model knows it.
fn item((role, text): (&str, &str)) -> Value {
    let kind = if role == "assistant" { "output_text" } else { "input_text" };
    json!({ "type": "message", "role": role, "content": [{ "type": kind, "text": text }] })
}

/// The injected messages in the next request to the model, as role and text.
async fn heard(cx: &mut Context, thread: &Thread) -> Result<Vec<(String, String)>> {
    cx.model.script([says("done")]);
    cx.client().turn(thread, "go on").await?;
    let request = last_request(cx)?;
    let injected = model_input(&request).into_iter();
    let injected = injected.filter(|(_, text)| text.starts_with("injected: "));
    Ok(injected.map(|(role, text)| (role.to_owned(), text.to_owned())).collect())
}

/// The model receives exactly what was injected.
async fn ensure_heard(cx: &mut Context, thread: &Thread) -> Result {
    let expected = INJECTED.map(|(role, text)| (role.to_owned(), text.to_owned()));
    ensure_eq!(heard(cx, thread).await?, expected, "the injected messages in the next request");
    Ok(())
}

/// A server MUST send the model the injected items in their order with the next turn, also after a
/// restart.
#[check(
    v2(since = "0.147"),
    source = "app-server README, thread/inject_items: appended to the history that the model sees; every release does",
    faults(INJECTED_ITEMS_LOST, INJECTED_ITEMS_NOT_STORED, INJECTED_IN_REVERSE),
    shared
)]
async fn the_model_receives_them(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let (used, _) = answered(cx, &["hello"]).await?;
    let new = cx.client().start_thread().await?;
    let mut rows = Rows::of_waits();
    let all = [("a thread with a turn", used), ("a thread without a turn", new)];
    for (what, thread) in &all {
        let params = json!({ "threadId": thread.id, "items": INJECTED.map(item) });
        cx.peer.call("thread/inject_items", params).await?;
        rows.judge(what, ensure_heard(cx, thread).await)?;
        written(cx, thread, "done").await?;
    }
    restart(cx).await?;
    for (what, thread) in &all {
        let resumed = cx.client().resume_own(thread).await?;
        rows.judge(format!("{what}, after a restart"), ensure_heard(cx, &resumed).await)?;
    }
    rows.end()
}

/// A server MUST NOT start a turn or show a message for items that a client injects.
#[check(
    v2(since = "0.147"),
    source = "app-server README, thread/inject_items: without starting a turn; every release does",
    faults(INJECTION_STARTS_A_TURN),
    shared
)]
async fn no_turn_is_started(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let (thread, ids) = answered(cx, &["hello"]).await?;
    let (mark, asked) = (cx.peer.mark(), cx.model.requests().len());
    let params = json!({ "threadId": thread.id, "items": INJECTED.map(item) });
    cx.peer.call("thread/inject_items", params).await?;
    cx.client().barrier(&thread).await?;
    let read = cx.client().read_thread(&thread.id, true).await?;
    let turns = read["turns"].as_array().into_iter().flatten();
    let shown: Vec<_> = turns.filter_map(|turn| turn["id"].as_str()).collect();
    ensure_eq!(shown, ids, "the turns of the thread");
    let calls = cx.peer.calls_since(mark);
    let told = calls.iter().filter(|call| {
        let of_turns = call.method.starts_with("turn/") || call.method.starts_with("item/");
        of_turns && is_of(call, &thread, &call.method)
    });
    ensure_eq!(told.count(), 0, "notifications of turns and items");
    ensure_eq!(cx.model.requests().len(), asked, "requests to the model");
    Ok(())
}

/// A server MUST reject an injection of no item or of an invalid item with the error code -32600,
/// and add none of its items.
#[check(
    v2(since = "0.147"),
    source = "app-server tests, thread_inject_items; every release does",
    faults(EMPTY_INJECTION_TAKEN, INJECTED_BY_HALF, UNKNOWN_THREAD_INJECTED),
    shared
)]
async fn an_invalid_injection_is_rejected(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let (thread, _) = answered(cx, &["hello"]).await?;
    let mut rows = Rows::of_waits();
    for (what, id, items) in [
        ("no item", &*thread.id, json!([])),
        ("a text as the second item", &*thread.id, json!([item(INJECTED[0]), "x"])),
        ("an unknown thread", UNKNOWN, json!([item(INJECTED[0])])),
    ] {
        let params = json!({ "threadId": id, "items": items });
        let reply = cx.peer.request("thread/inject_items", params).await?;
        rows.judge(what, reply.refused(code::INVALID_REQUEST, "its answer").map(|_| ()))?;
    }
    let judged = heard(cx, &thread).await.and_then(|heard| {
        ensure_eq!(heard, [], "the injected messages in the next request");
        Ok(())
    });
    rows.judge("what was added", judged)?;
    rows.end()
}
