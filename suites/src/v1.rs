//! The words of dialect `v1`: conversations, listeners and `codex/event/*`.

use std::path::PathBuf;

use harness::Context;
use harness::failure::Result;
use harness::message::{Call, text_at};
use harness::policy::Policy;
use serde_json::{Value, json};

use crate::words::{Decision, End, Start, Thread, Turn};

/// The requests for approval.
pub const APPROVALS: [&str; 2] = ["execCommandApproval", "applyPatchApproval"];

/// Starts a conversation and listens to it.
pub async fn start(cx: &mut Context, start: Start) -> Result<Thread> {
    let cwd = start.cwd.clone().unwrap_or_else(|| cx.home.work().to_owned());
    let mut params = json!({ "cwd": cwd });
    for (name, value) in [
        ("approvalPolicy", start.approval.map(str::to_owned)),
        ("sandbox", start.sandbox.map(str::to_owned)),
        ("model", start.model),
    ] {
        if let Some(value) = value {
            params[name] = json!(value);
        }
    }
    crate::v2::add(&mut params, start.more);
    let result = cx.peer.call("newConversation", params).await?;
    let thread = thread(result)?;
    listen(cx, &thread.id).await?;
    Ok(thread)
}

/// The conversation that a result of `newConversation` or `resumeConversation` names.
pub fn thread(result: Value) -> Result<Thread> {
    let id = text_at(&result, "/conversationId", "result")?.to_owned();
    // Early releases name no rollout when a conversation is resumed.
    let path = result["rolloutPath"].as_str().map(PathBuf::from).unwrap_or_default();
    Ok(Thread { id, path, result })
}

/// Listens to a conversation; the id of the subscription.
pub async fn listen(cx: &mut Context, id: &str) -> Result<String> {
    let result = cx.peer.call("addConversationListener", json!({ "conversationId": id })).await?;
    text_at(&result, "/subscriptionId", "result of `addConversationListener`").map(str::to_owned)
}

/// One text, as the items of a user message.
pub fn items(text: &str) -> Value {
    json!([{ "type": "text", "data": { "text": text } }])
}

/// Sends a user message.
pub async fn begin_turn(cx: &mut Context, thread: &Thread, text: &str) -> Result {
    let params = json!({ "conversationId": thread.id, "items": items(text) });
    cx.peer.call("sendUserMessage", params).await.map(|_| ())
}

/// Whether the call is this event of this conversation.
pub fn is_event(call: &Call, thread: &Thread, kind: &str) -> bool {
    call.method.strip_prefix("codex/event/") == Some(kind)
        && call.params["conversationId"].as_str() == Some(&thread.id)
}

/// Waits for an event of this conversation and takes it.
pub async fn event(cx: &mut Context, thread: &Thread, kind: &str) -> Result<Call> {
    cx.peer
        .next_matching(&format!("`codex/event/{kind}` of the conversation"), |call| {
            is_event(call, thread, kind)
        })
        .await
}

/// Waits for the end of a turn.
pub async fn end_turn(cx: &mut Context, thread: &Thread, mark: usize) -> Result<Turn> {
    let last = cx
        .peer
        .next_matching("the end of the turn", |call| call.seq >= mark && is_end(call, thread))
        .await?;
    Ok(turn(cx, thread, mark, &last))
}

/// Whether the call tells the end of a turn of this conversation.
pub fn is_end(call: &Call, thread: &Thread) -> bool {
    is_event(call, thread, "task_complete") || is_event(call, thread, "turn_aborted")
}

/// The turn that was begun at `mark` and has ended with this event.
pub fn turn(cx: &Context, thread: &Thread, mark: usize, last: &Call) -> Turn {
    let mut calls = cx.peer.calls_since(mark);
    // Other conversations may go on at the same time.
    let is_about =
        |call: &Call| call.params.get("conversationId").is_none_or(|id| *id == thread.id);
    calls.retain(|call| call.seq <= last.seq && is_about(call));
    let events = |kind: &'static str| calls.iter().filter(move |call| is_event(call, thread, kind));
    let said = events("agent_message")
        .filter_map(|call| call.params["msg"]["message"].as_str().map(str::to_owned))
        .collect();
    let error = events("error")
        .next_back()
        .and_then(|call| call.params["msg"]["message"].as_str().map(str::to_owned));
    let end = match (last.method.ends_with("turn_aborted"), &error) {
        (true, _) => End::Interrupted,
        (false, Some(_)) => End::Failed,
        (false, None) => End::Completed,
    };
    Turn { calls, end, said, error }
}

/// The word for a decision.
pub fn decision(decision: Decision) -> &'static str {
    match decision {
        Decision::Accept => "approved",
        Decision::AcceptForSession => "approved_for_session",
        Decision::Deny => "denied",
        Decision::Abort => "abort",
    }
}

/// Answers every request for approval with this decision.
pub fn decide(cx: &mut Context, to: Decision) {
    for method in APPROVALS {
        cx.peer.set_policy(method, Policy::Result(json!({ "decision": decision(to) })));
    }
}

/// A request that changes nothing for the conversation: a listener that is added and removed.
pub async fn barrier(cx: &mut Context, thread: &Thread) -> Result {
    let subscription = listen(cx, &thread.id).await?;
    let params = json!({ "subscriptionId": subscription });
    cx.peer.call("removeConversationListener", params).await.map(|_| ())
}

/// A policy for a sandbox: of this kind, which the first releases read under another name.
pub fn sandbox_policy(kind: &str) -> Value {
    // Servers leave alone what they do not know.
    json!({ "type": kind, "mode": kind })
}
