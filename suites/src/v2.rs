//! The words of dialect `v2`: threads, turns and items.

use std::path::PathBuf;

use harness::Context;
use harness::failure::Result;
use harness::message::{Call, text_at};
use harness::policy::Policy;
use serde_json::{Value, json};

use crate::words::{Decision, End, Start, Thread, Turn, before};

/// The requests for approval.
pub const APPROVALS: [&str; 2] =
    ["item/commandExecution/requestApproval", "item/fileChange/requestApproval"];

/// Starts a thread; it is listened to from the start.
pub async fn start(cx: &mut Context, start: Start) -> Result<Thread> {
    let cwd = start.cwd.clone().unwrap_or_else(|| cx.home.work().to_owned());
    let mut params = json!({ "cwd": cwd });
    if let Some(approval) = start.approval {
        params["approvalPolicy"] = json!(spelled(cx, approval));
    }
    if let Some(sandbox) = start.sandbox {
        params["sandbox"] = json!(spelled(cx, sandbox));
    }
    if let Some(model) = start.model {
        params["model"] = json!(model);
    }
    add(&mut params, start.more);
    let result = cx.peer.call("thread/start", params).await?;
    thread(result)
}

/// Adds the members of `more`, if it is an object.
pub fn add(params: &mut Value, more: Value) {
    if let (Some(params), Value::Object(more)) = (params.as_object_mut(), more) {
        params.extend(more);
    }
}

/// The spelling of a policy or sandbox: kebab case, which the first releases of the dialect had in camel case.
pub fn spelled(cx: &Context, word: &str) -> String {
    if !before(cx, 0, 80) {
        return word.to_owned();
    }
    match word {
        "untrusted" => "unlessTrusted".to_owned(),
        "danger-full-access" => "dangerFullAccess".to_owned(),
        "workspace-write" => "workspaceWrite".to_owned(),
        "read-only" => "readOnly".to_owned(),
        "on-request" => "onRequest".to_owned(),
        "on-failure" => "onFailure".to_owned(),
        other => other.to_owned(),
    }
}

/// The thread that a result of `thread/start`, `thread/resume` or `thread/fork` names.
pub fn thread(result: Value) -> Result<Thread> {
    let id = text_at(&result, "/thread/id", "result")?.to_owned();
    let path = result["thread"]["path"].as_str().map(PathBuf::from).unwrap_or_default();
    Ok(Thread { id, path, result })
}

/// One text, as the input of a turn.
pub fn input(text: &str) -> Value {
    json!([{ "type": "text", "text": text }])
}

/// Starts a turn; its id.
pub async fn begin_turn(cx: &mut Context, thread: &Thread, text: &str) -> Result<String> {
    let params = json!({ "threadId": thread.id, "input": input(text) });
    let result = cx.peer.call("turn/start", params).await?;
    text_at(&result, "/turn/id", "result of `turn/start`").map(str::to_owned)
}

/// Whether the call is this notification of this thread. The first release of the dialect names no thread in it.
pub fn is_of(call: &Call, thread: &Thread, method: &str) -> bool {
    call.method == method
        && call.params.get("threadId").is_none_or(|id| id.as_str() == Some(&thread.id))
}

/// Whether the call is about this thread, or about none: others may be worked in at the same time.
fn is_about(call: &Call, thread: &Thread) -> bool {
    let named = call.params.get("threadId").or_else(|| call.params.pointer("/thread/id"));
    named.is_none_or(|id| id.as_str() == Some(&thread.id))
}

/// Waits for a notification of this thread and takes it.
pub async fn notification(cx: &mut Context, thread: &Thread, method: &str) -> Result<Call> {
    cx.peer
        .next_matching(&format!("`{method}` of the thread"), |call| is_of(call, thread, method))
        .await
}

/// Waits for the end of a turn.
pub async fn end_turn(cx: &mut Context, thread: &Thread, mark: usize) -> Result<Turn> {
    // 0.58 has no `turn/completed`; the events of the other dialect, which it sends too, tell the end.
    if before(cx, 0, 66) {
        return crate::v1::end_turn(cx, thread, mark).await;
    }
    let last = cx
        .peer
        .next_matching("`turn/completed` of the thread", |call| {
            call.seq >= mark && is_of(call, thread, "turn/completed")
        })
        .await?;
    let mut calls = cx.peer.calls_since(mark);
    calls.retain(|call| call.seq <= last.seq && is_about(call, thread));
    let said = completed_items(&calls, thread, "agentMessage")
        .filter_map(|item| item["text"].as_str().map(str::to_owned))
        .collect();
    let turn = &last.params["turn"];
    let end = match turn["status"].as_str() {
        Some("interrupted") => End::Interrupted,
        Some("failed") => End::Failed,
        _ => End::Completed,
    };
    let error = turn["error"]["message"].as_str().map(str::to_owned);
    Ok(Turn { calls, end, said, error })
}

/// The items of one type that were completed.
pub fn completed_items<'a>(
    calls: &'a [Call],
    thread: &'a Thread,
    kind: &'a str,
) -> impl Iterator<Item = &'a Value> {
    calls
        .iter()
        .filter(|call| is_of(call, thread, "item/completed"))
        .map(|call| &call.params["item"])
        .filter(move |item| item["type"].as_str() == Some(kind))
}

/// The word for a decision.
pub fn decision(decision: Decision) -> &'static str {
    match decision {
        Decision::Accept => "accept",
        Decision::AcceptForSession => "acceptForSession",
        Decision::Deny => "decline",
        Decision::Abort => "cancel",
    }
}

/// Answers every request for approval with this decision.
pub fn decide(cx: &mut Context, to: Decision) {
    for method in APPROVALS {
        cx.peer.set_policy(method, Policy::Result(json!({ "decision": decision(to) })));
    }
}

/// A request that changes nothing in the scope of the thread: it is read without being loaded.
pub async fn barrier(cx: &mut Context, thread: &Thread) -> Result {
    // Refused by releases that do not have the method or cannot read the thread yet: an answer is all that is wanted.
    let params = json!({ "threadId": thread.id, "includeTurns": false });
    cx.peer.request("thread/read", params).await.map(|_| ())
}
