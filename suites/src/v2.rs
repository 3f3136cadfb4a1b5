//! The words of dialect `v2`: threads, turns and items.

use std::cell::Cell;
use std::path::PathBuf;

use harness::Context;
use harness::failure::{Failure, Result};
use harness::message::{Call, RpcError, text_at};
use harness::policy::Policy;
use serde_json::{Value, json};

use crate::words::{Decision, End, Start, Thread, Turn};

/// The requests for approval.
pub const APPROVALS: [&str; 2] =
    ["item/commandExecution/requestApproval", "item/fileChange/requestApproval"];

/// Starts a thread; it is listened to from the start.
pub async fn start(cx: &mut Context, start: Start) -> Result<Thread> {
    let cwd = start.cwd.clone().unwrap_or_else(|| cx.home.work().to_owned());
    let mut params = json!({ "cwd": cwd });
    if let Some(approval) = start.approval {
        params["approvalPolicy"] = json!(approval);
    }
    if let Some(sandbox) = start.sandbox {
        params["sandbox"] = json!(sandbox);
    }
    if let Some(model) = start.model {
        params["model"] = json!(model);
    }
    add(&mut params, start.more);
    thread(call(cx, "thread/start", params).await?)
}

/// Sends a request that may name a policy or a sandbox, and waits for its result.
///
/// They are written in kebab case, which the first releases of the dialect had in camel case: a subject that says that it
/// does not know the one is asked again with the other.
pub async fn call(cx: &mut Context, method: &str, params: Value) -> Result<Value> {
    cx.needs(method)?;
    let reply = cx.peer.request(method, params.clone()).await?;
    let refusal = reply.error().map(|error| error.message).unwrap_or_default();
    match respelled(params, &refusal) {
        Some(params) => cx.peer.call(method, params).await,
        None => reply.into_result(),
    }
}

/// The parameters in camel case, if the refusal is about a word in them.
fn respelled(mut params: Value, refusal: &str) -> Option<Value> {
    let mut unknown = false;
    for member in ["approvalPolicy", "sandbox"] {
        let Some(word) = params[member].as_str() else { continue };
        unknown |= refusal.contains(&format!("unknown variant `{word}`"));
        let camel = match word {
            "untrusted" => "unlessTrusted",
            "danger-full-access" => "dangerFullAccess",
            "workspace-write" => "workspaceWrite",
            "read-only" => "readOnly",
            "on-request" => "onRequest",
            "on-failure" => "onFailure",
            other => other,
        };
        params[member] = json!(camel);
    }
    unknown.then_some(params)
}

/// Adds the members of `more`, if it is an object.
pub fn add(params: &mut Value, more: Value) {
    if let (Some(params), Value::Object(more)) = (params.as_object_mut(), more) {
        params.extend(more);
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

/// Whether the call tells the start of a turn, and not of which thread.
fn names_no_thread(call: &Call) -> bool {
    call.method == "turn/started" && call.params.get("threadId").is_none()
}

/// Waits for the end of a turn.
pub async fn end_turn(cx: &mut Context, thread: &Thread, mark: usize) -> Result<Turn> {
    // The first release of the dialect tells the end by an event of the other one, which it sends too, and has no
    // `turn/completed`: it is known by naming no thread when it tells the start.
    let first = Cell::new(cx.peer.calls_since(mark).iter().any(names_no_thread));
    let last = cx
        .peer
        .next_matching("`turn/completed` of the thread", |call| {
            first.set(first.get() || (call.seq >= mark && names_no_thread(call)));
            call.seq >= mark
                && (is_of(call, thread, "turn/completed")
                    || (first.get() && crate::v1::is_end(call, thread)))
        })
        .await?;
    if last.method != "turn/completed" {
        return Ok(crate::v1::turn(cx, thread, mark, &last));
    }
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

/// A request that changes nothing in the scope of the thread: it is read without being loaded. The refusal, if it is refused.
pub async fn barrier(cx: &mut Context, thread: &Thread) -> Result<Option<RpcError>> {
    // Early releases do not have the first, and a server may be unable to read a thread without a turn. A list of threads has
    // to look at each of them, too, and its answer stands behind all that was sent before.
    let barriers = [
        ("thread/read", json!({ "threadId": thread.id, "includeTurns": false })),
        ("thread/list", json!({ "limit": 1 })),
    ];
    let mut refusal = Err(Failure::not_offered("thread/read"));
    for (method, params) in barriers {
        // What the subject does not have proves nothing of it.
        if cx.peer.gate().offers(method).is_err() {
            continue;
        }
        match cx.peer.request(method, params).await?.error() {
            Ok(error) => refusal = Ok(Some(error)),
            Err(_) => return Ok(None),
        }
    }
    refusal
}
