//! `thread/metadata/update`: what the client says of the repository of a thread.

use harness::{Context, Result, check, code, ensure_eq};
use serde_json::{Value, json};

use super::{answered, restart};
use crate::client::{ContextExt, Thread};
use crate::rows::Rows;
use crate::stored::UNKNOWN;
use crate::stored::files::written;

const UPDATE: &str = "thread/metadata/update";

/// Updates, and what is known of the repository after each: `sha`, `branch`, `originUrl`.
fn steps() -> [(&'static str, Value, [Option<&'static str>; 3]); 4] {
    let url = "https://example.com/repository.git";
    [
        ("a first member", json!({ "branch": "über/x" }), [None, Some("über/x"), None]),
        (
            "two other members",
            json!({ "sha": "abc", "originUrl": url }),
            [Some("abc"), Some("über/x"), Some(url)],
        ),
        ("null", json!({ "sha": null }), [None, Some("über/x"), Some(url)]),
        ("another value", json!({ "branch": "main" }), [None, Some("main"), Some(url)]),
    ]
}

/// The thread has this repository.
fn ensure_known(thread: &Value, expected: &[Option<&str>; 3], where_: &str) -> Result {
    let known = ["sha", "branch", "originUrl"].map(|name| thread["gitInfo"][name].as_str());
    ensure_eq!(known, *expected, "`sha`, `branch` and `originUrl` in {where_}");
    Ok(())
}

/// The thread as it is listed.
async fn listed(cx: &mut Context, thread: &Thread) -> Result<Value> {
    let list = cx.peer.call("thread/list", json!({})).await?;
    let mut entries = list["data"].as_array().into_iter().flatten();
    Ok(entries.find(|entry| entry["id"] == thread.id).cloned().unwrap_or_default())
}

/// A server MUST keep each member of a thread's `gitInfo` that an update leaves out, and clear each
/// member that is null.
#[check(
    v2(since = "0.120"),
    source = "app-server README, thread/metadata/update: patches gitInfo; every release does",
    faults(METADATA_IS_REPLACED, NULL_CLEARS_NOTHING, METADATA_NOT_LISTED),
    shared
)]
async fn an_update_changes_what_it_names(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let (thread, _) = answered(cx, &["hello"]).await?;
    written(cx, &thread, super::ANSWER).await?;
    let mut rows = Rows::of_waits();
    for (what, git, expected) in steps() {
        let params = json!({ "threadId": thread.id, "gitInfo": git });
        let result = cx.peer.call(UPDATE, params).await?;
        let read = cx.client().read_thread(&thread.id, false).await?;
        let entry = listed(cx, &thread).await?;
        let judged = ensure_known(&result["thread"], &expected, "the answer")
            .and_then(|()| ensure_known(&read, &expected, "`thread/read`"))
            .and_then(|()| ensure_known(&entry, &expected, "`thread/list`"));
        rows.judge(what, judged)?;
    }
    rows.end()
}

/// A server MUST keep the updated `gitInfo` of a thread over a restart, and update a thread that is
/// not loaded.
#[check(
    v2(since = "0.120"),
    source = "app-server README, thread/metadata/update: stored metadata; every release does",
    faults(METADATA_NOT_STORED, ONLY_LOADED_THREADS_UPDATED),
    shared
)]
async fn an_update_outlives_the_server(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let (thread, _) = answered(cx, &["hello"]).await?;
    written(cx, &thread, super::ANSWER).await?;
    for (_, git, _) in steps() {
        cx.peer.call(UPDATE, json!({ "threadId": thread.id, "gitInfo": git })).await?;
    }
    restart(cx).await?;
    let [.., (_, _, mut expected)] = steps();
    let mut rows = Rows::of_waits();
    rows.judge("after a restart", shown(cx, &thread, &expected).await)?;
    let update = json!({ "threadId": thread.id, "gitInfo": { "sha": "def" } });
    let updated = cx.peer.request(UPDATE, update).await?;
    rows.judge("an update of a stored thread", updated.granted("its answer").map(|_| ()))?;
    expected[0] = Some("def");
    rows.judge("after an update of a stored thread", shown(cx, &thread, &expected).await)?;
    let resumed = cx.client().resume_own(&thread).await?.result["thread"].clone();
    rows.judge("after a resume", ensure_known(&resumed, &expected, "the answer"))?;
    rows.end()
}

/// Read and list show this repository.
async fn shown(cx: &mut Context, thread: &Thread, expected: &[Option<&str>; 3]) -> Result {
    let read = cx.client().read_thread(&thread.id, false).await?;
    ensure_known(&read, expected, "`thread/read`")?;
    ensure_known(&listed(cx, thread).await?, expected, "`thread/list`")
}

/// A server MUST reject an update of a thread's metadata that names no member or an empty text, and
/// change nothing.
#[check(
    v2(since = "0.120"),
    source = "app-server tests, thread_metadata_update; every release does",
    faults(EMPTY_METADATA_TAKEN, NO_METADATA_TAKEN),
    shared
)]
async fn an_empty_update_is_rejected(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let (thread, _) = answered(cx, &["hello"]).await?;
    written(cx, &thread, super::ANSWER).await?;
    let known = json!({ "threadId": thread.id, "gitInfo": { "branch": "main", "sha": "abc" } });
    cx.peer.call(UPDATE, known).await?;
    let mut rows = Rows::of_waits();
    for (what, more) in [
        ("no member at all", json!({})),
        ("an empty object", json!({ "gitInfo": {} })),
        ("an empty text", json!({ "gitInfo": { "branch": "" } })),
        ("an empty text beside a good one", json!({ "gitInfo": { "sha": "def", "branch": "" } })),
    ] {
        let mut params = json!({ "threadId": thread.id });
        crate::client::add(&mut params, more);
        let reply = cx.peer.request(UPDATE, params).await?;
        let read = cx.client().read_thread(&thread.id, false).await?;
        let judged = reply
            .refused(code::INVALID_REQUEST, "answer to the update")
            .and_then(|_| ensure_known(&read, &[Some("abc"), Some("main"), None], "`thread/read`"));
        rows.judge(what, judged)?;
    }
    rows.end()
}

/// A server MUST reject an update of the metadata of an unknown thread with the error code -32600.
#[check(v2(since = "0.120"), source = "every release does", faults(METADATA_OF_NO_THREAD), shared)]
async fn an_unknown_thread_is_rejected(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let params = json!({ "threadId": UNKNOWN, "gitInfo": { "branch": "main" } });
    let reply = cx.peer.request(UPDATE, params).await?;
    reply.refused(code::INVALID_REQUEST, "answer to an update of an unknown thread").map(|_| ())
}
