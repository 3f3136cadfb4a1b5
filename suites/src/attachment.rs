//! Attachments: what clients note about a thread, each under a type and a key.

use harness::{Context, Result, check, code, ensure_eq};
use mock_model::says;
use serde_json::{Value, json};

use crate::client::{ContextExt, Thread, entries, is_of};
use crate::stored::UNKNOWN;
use crate::stored::files::written;

const ADD: &str = "thread/attachment/add";
const REMOVE: &str = "thread/attachment/remove";
const CHANGED: &str = "thread/attachment/updated";
/// The type of the attachments.
const ISSUE: &str = "issue";

/// A stored thread over an initialized connection.
async fn stored(cx: &mut Context) -> Result<Thread> {
    let thread = cx.client().start_thread().await?;
    cx.model.script([says("it is stored")]);
    cx.client().turn(&thread, "hello").await?;
    written(cx, &thread, "it is stored").await?;
    Ok(thread)
}

/// Names an attachment of the thread.
fn of_key(thread: &Thread, key: &str) -> Value {
    json!({ "threadId": thread.id, "attachmentType": ISSUE, "identityKey": key })
}

/// Adds an attachment; the result.
async fn add(cx: &mut Context, thread: &Thread, key: &str, payload: Value) -> Result<Value> {
    let mut params = of_key(thread, key);
    params["payload"] = payload;
    cx.peer.call(ADD, params).await
}

/// Key and payload of each attachment of the thread, from pages of one entry.
async fn listed(cx: &mut Context, thread: &Thread) -> Result<Vec<[Value; 2]>> {
    let more = json!({ "limit": 1 });
    let all = cx.client().history_pages("thread/attachment/list", thread, more).await?;
    Ok(all.iter().map(|one| [one["identityKey"].clone(), one["payload"].clone()]).collect())
}

/// A server MUST list an attachment with its payload until the client removes it.
#[check(
    v2(since = "0.169"),
    source = "app-server protocol, thread/attachment/add, list, remove; every release since does",
    faults(ATTACHMENT_WITHOUT_ITS_PAYLOAD, ATTACHMENT_STAYS),
    shared
)]
async fn an_attachment_is_listed_until_it_is_removed(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let thread = stored(cx).await?;
    // A text, since a server may add members to an object.
    let payload = json!(["größer \"x\"", true, [1, null], 2.5]);
    add(cx, &thread, "one", payload.clone()).await?;
    add(cx, &thread, "two", json!("text")).await?;
    let expected = [[json!("one"), payload], [json!("two"), json!("text")]];
    ensure_eq!(listed(cx, &thread).await?, expected, "key and payload of the attachments");
    for _ in 0..2 {
        cx.peer.call(REMOVE, of_key(&thread, "one")).await?;
        let left = listed(cx, &thread).await?;
        ensure_eq!(left, &expected[1..], "the attachments after one was removed");
    }
    Ok(())
}

/// A server MUST keep the first attachment when another is added under the same type and key, and
/// return it.
#[check(
    v2(since = "0.169"),
    source = "app-server protocol, thread/attachment/add: outcome; every release since does",
    faults(ATTACHMENT_ADDED_TWICE),
    shared
)]
async fn a_key_has_one_attachment(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let thread = stored(cx).await?;
    let first = add(cx, &thread, "same", json!(1)).await?;
    ensure_eq!(first["outcome"], "created", "`outcome` of the first addition");
    let second = add(cx, &thread, "same", json!(2)).await?;
    let seen = [&second["outcome"], &second["attachment"]["payload"], &second["attachment"]["id"]];
    let expected = [&json!("existing"), &json!(1), &first["attachment"]["id"]];
    ensure_eq!(seen, expected, "outcome, payload and id of the second addition");
    ensure_eq!(listed(cx, &thread).await?.len(), 1, "attachments in the list");
    Ok(())
}

/// A server MUST list exactly the threads that have an attachment of the requested type and key.
#[check(
    v2(since = "0.169"),
    source = "app-server protocol, thread/attachmentOwner/list; every release since does",
    faults(OWNERS_OF_ANY_KEY),
    shared
)]
async fn the_owners_of_a_key_are_listed(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let threads = [stored(cx).await?, stored(cx).await?, stored(cx).await?];
    for (thread, key) in threads.iter().zip(["owned", "not owned", "owned"]) {
        add(cx, thread, key, Value::Null).await?;
    }
    let params = json!({ "attachmentType": ISSUE, "identityKey": "owned" });
    let list = cx.peer.call("thread/attachmentOwner/list", params).await?;
    let mut owners: Vec<_> = entries(&list).iter().map(|one| one["threadId"].clone()).collect();
    owners.sort_by_key(Value::to_string);
    let mut expected = vec![json!(threads[0].id), json!(threads[2].id)];
    expected.sort_by_key(Value::to_string);
    ensure_eq!(owners, expected, "the threads with an attachment of the key");
    Ok(())
}

/// A server MUST announce each attachment that is created or deleted by `thread/attachment/updated`,
/// and no other.
#[check(
    v2(since = "0.169"),
    source = "app-server protocol, thread/attachment/updated; every release since does",
    faults(ATTACHMENTS_UNTOLD),
    shared
)]
async fn changes_are_announced(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let thread = stored(cx).await?;
    let mark = cx.peer.mark();
    let id = add(cx, &thread, "told", json!(1)).await?["attachment"]["id"].take();
    add(cx, &thread, "told", json!(2)).await?;
    for _ in 0..2 {
        cx.peer.call(REMOVE, of_key(&thread, "told")).await?;
    }
    for operation in ["created", "deleted"] {
        let call = cx.client().notification(&thread, CHANGED).await?;
        let seen = [&call.params["operation"], &call.params["attachmentId"]];
        ensure_eq!(seen, [&json!(operation), &id], "operation and attachment that are announced");
    }
    cx.client().barrier(&thread).await?;
    let calls = cx.peer.calls_since(mark);
    let count = calls.iter().filter(|call| is_of(call, &thread, CHANGED)).count();
    ensure_eq!(count, 2, "`{CHANGED}` notifications");
    Ok(())
}

/// A server MUST reject an attachment of an unknown thread or without a type.
#[check(
    v2(since = "0.169"),
    source = "every release since does: thread not found, attachmentType must not be empty",
    faults(ATTACHED_TO_NO_THREAD),
    shared
)]
async fn an_unknown_thread_is_rejected(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let thread = stored(cx).await?;
    let codes = [code::INVALID_REQUEST, code::INVALID_PARAMS];
    let mut unknown = of_key(&thread, "x");
    unknown["threadId"] = json!(UNKNOWN);
    let mut untyped = of_key(&thread, "x");
    untyped["attachmentType"] = json!("");
    for (mut params, what) in [(unknown, "of an unknown thread"), (untyped, "without a type")] {
        params["payload"] = json!(1);
        let reply = cx.peer.request(ADD, params).await?;
        reply.refused_with(&codes, format!("the answer to an attachment {what}"))?;
    }
    Ok(())
}
