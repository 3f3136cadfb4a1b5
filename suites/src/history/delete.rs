//! `thread/delete`: nothing is left of the thread, and everything of the others.

use harness::{Context, Result, check, code, ensure, ensure_eq};
use mock_model::says;
use serde_json::json;

use super::{answered, restart};
use crate::client::{ContextExt, End, Start, Thread, messages};
use crate::rows::Rows;
use crate::stored::UNKNOWN;
use crate::stored::files::{ensure_absent, ensure_unchanged, rollouts, written};

/// The thread is in no list, no request finds it, and its file is gone.
async fn ensure_gone(cx: &mut Context, thread: &Thread) -> Result {
    let input = json!([{ "type": "text", "text": "are you there?" }]);
    for (method, params) in [
        ("thread/read", json!({ "threadId": thread.id })),
        ("thread/resume", json!({ "threadId": thread.id })),
        ("thread/fork", json!({ "threadId": thread.id })),
        ("turn/start", json!({ "threadId": thread.id, "input": input })),
    ] {
        let reply = cx.peer.request(method, params).await?;
        reply.refusal(format!("answer to `{method}` of the deleted thread"))?;
    }
    for archived in [false, true] {
        let list = cx.peer.call("thread/list", json!({ "archived": archived })).await?;
        let listed = list["data"].as_array().into_iter().flatten();
        let count = listed.filter(|entry| entry["id"] == thread.id).count();
        ensure_eq!(count, 0, "entries of the deleted thread, `archived` being {archived}");
    }
    ensure_absent(&thread.path, "the rollout of the deleted thread")?;
    let id = thread.id.as_str();
    let left = rollouts(cx)?.into_keys().find(|path| path.to_string_lossy().contains(id));
    let left = left.map(|path| path.display().to_string());
    ensure!(left.is_none(), "rollouts of the deleted thread", "none", left.unwrap_or_default());
    Ok(())
}

/// A thread that is stored.
async fn stored(cx: &mut Context) -> Result<Thread> {
    let (thread, _) = answered(cx, &["hello"]).await?;
    written(cx, &thread, super::ANSWER).await?;
    Ok(thread)
}

/// A server MUST delete a thread so that no request and no list finds it, and remove its rollout.
#[check(
    v2(since = "0.147"),
    source = "app-server README, thread/delete: hard-deletes an active or archived thread; every release does",
    faults(DELETED_THREAD_STAYS_LOADED, DELETE_LEAVES_THE_FILE, ARCHIVED_THREAD_NOT_DELETED),
    shared
)]
async fn nothing_is_left(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let (old, archived) = (stored(cx).await?, stored(cx).await?);
    cx.client().archive(&archived.id, &archived.path).await?;
    restart(cx).await?;
    let (new, loaded) = (cx.client().start_thread().await?, stored(cx).await?);
    let bystander = stored(cx).await?;
    let mut rows = Rows::of_waits();
    let all = [
        ("a loaded thread", loaded),
        ("a stored thread that is not loaded", old),
        ("an archived thread", archived),
        ("a thread in which nothing was said", new),
    ];
    for (what, thread) in &all {
        let mut before = rollouts(cx)?;
        before.retain(|path, _| !path.to_string_lossy().contains(thread.id.as_str()));
        let judged = match cx.client().delete(thread).await {
            Ok(()) => ensure_gone(cx, thread).await,
            Err(failure) => Err(failure),
        };
        rows.judge(what, judged)?;
        let others = ensure_unchanged(&before, &rollouts(cx)?, "the rollouts of other threads");
        rows.judge(format!("{what}: the others"), others)?;
    }
    restart(cx).await?;
    for (what, thread) in &all {
        rows.judge(format!("{what}, after a restart"), ensure_gone(cx, thread).await)?;
    }
    let read = cx.client().read_thread(&bystander.id, true).await?;
    rows.judge("a thread that was not deleted", said(&read))?;
    rows.end()
}

/// The first message of a thread is there.
fn said(thread: &serde_json::Value) -> Result {
    let first = messages(&thread["turns"]).into_iter().next();
    ensure_eq!(first.as_deref(), Some("user: hello"), "the first message in the thread");
    Ok(())
}

/// A server MUST announce the deletion of a thread by `thread/deleted`.
#[check(
    v2(since = "0.147"),
    source = "app-server README, thread/delete: emits thread/deleted; every release does",
    faults(DELETION_UNANNOUNCED),
    shared
)]
async fn is_announced(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let thread = stored(cx).await?;
    cx.client().delete(&thread).await?;
    cx.client().notification(&thread, "thread/deleted").await.map(|_| ())
}

/// A server MUST interrupt the running turn of a thread that it deletes.
#[check(v2(since = "0.147"), source = "every release does", faults(DELETE_LEAVES_THE_TURN), shared)]
async fn a_running_turn_is_interrupted(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let thread = stored(cx).await?;
    cx.model.script([says("I begin ").hold("deleted").continues("it")]);
    let begun = cx.client().begin_turn(&thread, "go on").await?;
    cx.reached("deleted").await?;
    cx.client().delete(&thread).await?;
    let turn = cx.client().end_turn(&thread, &begun).await;
    cx.model.open("deleted");
    turn?.ended(End::Interrupted, "how the turn of the deleted thread ended")?;
    ensure_gone(cx, &thread).await
}

/// A server MUST either reject the deletion of a thread that was forked or keep its forks complete.
#[check(
    v2(since = "0.147"),
    source = "releases since 0.169 reject it: forked history still references it; 0.147 keeps the fork",
    faults(DELETE_TAKES_THE_FORKS),
    shared
)]
async fn a_fork_outlives_its_original(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let original = stored(cx).await?;
    let fork = cx.client().fork(&original.id).await?;
    let reply = cx.client().request_deletion(&original.id).await?;
    let mut kept = vec![("the fork", fork)];
    if reply.is_error() {
        kept.push(("the original that was not deleted", original));
    }
    restart(cx).await?;
    let mut rows = Rows::of_waits();
    for (what, thread) in kept {
        let judged = match cx.client().resume_own(&thread).await {
            Ok(resumed) => said(&resumed.result["thread"]),
            Err(failure) => Err(failure),
        };
        rows.judge(what, judged)?;
    }
    rows.end()
}

/// A server MUST reject the deletion of a thread that is ephemeral or unknown with the error code
/// -32600.
#[check(
    v2(since = "0.147"),
    source = "every release does",
    faults(EPHEMERAL_THREAD_DELETED, UNKNOWN_THREAD_DELETED),
    shared
)]
async fn what_is_not_stored_is_rejected(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let start = Start { more: json!({ "ephemeral": true }), ..Start::default() };
    let ephemeral = cx.client().start_with(start).await?;
    let mut rows = Rows::of_waits();
    for (what, id) in [("an ephemeral thread", &*ephemeral.id), ("an unknown thread", UNKNOWN)] {
        let reply = cx.client().request_deletion(id).await?;
        let judged = reply.refused(code::INVALID_REQUEST, "answer to the deletion");
        rows.judge(what, judged.map(|_| ()))?;
    }
    rows.end()
}
