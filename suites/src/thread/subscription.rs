//! Subscriptions to a thread: from its start until `thread/unsubscribe`.

use harness::{Context, Result, check, ensure, ensure_eq, text_at};
use mock_model::{runs_command, says};
use serde_json::json;

use crate::client::{ContextExt, Decision, Start};
use crate::stored::UNKNOWN;

/// A server MUST answer `thread/unsubscribe` with the status `unsubscribed`, or with `notLoaded`
/// for an unknown thread.
#[check(
    v2(since = "0.107"),
    source = "app-server README, thread/unsubscribe; every release since does",
    faults(UNSUBSCRIBE_REFUSED),
    shared
)]
async fn unsubscribe_returns_its_status(cx: &mut Context) -> Result {
    let thread = cx.client().start().await?;
    let first = cx.peer.call("thread/unsubscribe", json!({ "threadId": thread.id })).await?;
    ensure_eq!(first["status"], "unsubscribed", "the status of the first answer");
    let unknown = cx.peer.call("thread/unsubscribe", json!({ "threadId": UNKNOWN })).await?;
    ensure_eq!(unknown["status"], "notLoaded", "the status of the answer for an unknown thread");
    Ok(())
}

/// A server MUST answer a second `thread/unsubscribe` of a thread with the status `notSubscribed`
/// or `notLoaded`.
#[check(
    v2(since = "0.107"),
    source = "app-server README, thread/unsubscribe: notSubscribed, or notLoaded where that unloads it",
    faults(UNSUBSCRIBE_NOT_HEEDED),
    shared
)]
async fn a_second_unsubscribe_reports_no_subscription(cx: &mut Context) -> Result {
    let thread = cx.client().start().await?;
    cx.peer.call("thread/unsubscribe", json!({ "threadId": thread.id })).await?;
    let second = cx.peer.call("thread/unsubscribe", json!({ "threadId": thread.id })).await?;
    let status = text_at(&second, "/status", "result of `thread/unsubscribe`")?;
    ensure!(
        ["notSubscribed", "notLoaded"].contains(&status),
        "the status of the second answer",
        "notSubscribed or notLoaded",
        status
    );
    Ok(())
}

/// A server MUST send a pending request for approval again, with the same id, to a client that
/// resumes the thread.
#[check(
    v2(fixed_in("0.107", "a thread that is resumed while it asks does not ask again")),
    source = "app-server README, thread/resume: pending requests are replayed; app-server tests, thread_resume",
    faults(QUESTION_NOT_REPEATED),
    shared
)]
async fn a_pending_approval_is_sent_again_on_resume(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    cx.client().hold_approvals();
    let thread =
        cx.client().start_with(Start { approval: Some("untrusted"), ..Start::default() }).await?;
    cx.model.script([says("ready"), runs_command("touch made"), says("done")]);
    cx.client().turn(&thread, "are you there?").await?;
    let begun = cx.client().begin_turn(&thread, "run it").await?;
    let first = cx.client().approval().await?;
    cx.client().resume_own(&thread).await?;
    let second = cx.client().approval().await?;
    ensure_eq!(second.id, first.id, "the id of the repeated request");
    cx.client().answer(&second, Decision::Accept).await?;
    let turn = cx.client().end_turn(&thread, &begun).await?;
    ensure_eq!(turn.said, ["done"], "the agent's messages after the answer");
    ensure_eq!(cx.home.work().join("made").exists(), true, "whether the command ran");
    Ok(())
}
