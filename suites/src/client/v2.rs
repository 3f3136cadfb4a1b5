//! Dialect `v2`: threads, turns and items.

use std::cell::Cell;
use std::path::{Path, PathBuf};

use harness::V2_METHODS;
use harness::{Call, RpcError, text_at};
use harness::{Context, Failure, Result};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::observed::{completed_items, is_of};
use super::protocol::{Event, Protocol, TokenNames};
use super::turns::{End, Settings, Turn};
use super::{By, Decision, Thread, v1};
use crate::stored::UNKNOWN;

pub(super) static PROTOCOL: Protocol = Protocol {
    harmless: &V2_METHODS,
    rejected: || ("proctor/unknown", json!({ "threadId": "0" })),
    start: "thread/start",
    new_rollout: None,
    resume: "thread/resume",
    resume_params,
    resumes_by_id: true,
    read_thread: Some("thread/read"),
    fork: "thread/fork",
    archive: "thread/archive",
    archive_params: |id, _| json!({ "threadId": id }),
    opened,
    listen: None,
    overrides: |settings| settings,
    resumed_messages: |result| messages(&result["thread"]["turns"]),
    respelled,
    thread_id: "threadId",
    list: "thread/list",
    page_size: "limit",
    listed: "data",
    listed_id: "id",
    created_at: "createdAt",
    read_time: |time| Timestamp::from_second(time.as_i64()?).ok(),
    write_time: |time| json!(time.as_second()),
    repository_url: "originUrl",
    turn: "turn/start",
    turn_with: "turn/start",
    turn_with_params,
    input: "input",
    text: |text| json!({ "type": "text", "text": text }),
    image: |url| json!({ "type": "image", "url": url }),
    turn_id: Some("/turn/id"),
    interrupt: "turn/interrupt",
    interrupt_result: || json!({}),
    interrupted_turn: Some("turnId"),
    turn_started: "turn/started",
    turn_completed: "turn/completed",
    approvals: ["item/commandExecution/requestApproval", "item/fileChange/requestApproval"],
    decision,
    account: "account/read",
    account_method: "/account/type",
    account_members: &["account"],
    token: None,
    account_changed: "account/updated",
    changed_method: "authMode",
    log_in: "account/login/start",
    log_in_params: |key| json!({ "type": "apiKey", "apiKey": key }),
    login_result: |kind| json!({ "type": kind }),
    log_in_chatgpt: "account/login/start",
    log_in_chatgpt_params: || json!({ "type": "chatgpt" }),
    cancel_login: "account/login/cancel",
    unknown_login: Some("notFound"),
    login_completed: "account/login/completed",
    log_out: "account/logout",
    read_config: "config/read",
    read_config_params: || json!({}),
    saved_effort: "model_reasoning_effort",
    set_default_model: "config/batchWrite",
    set_default_model_params,
    exec: "command/exec",
    delta: Event { method: "item/agentMessage/delta", item: None, content: "" },
    message: item("item/completed", "agentMessage"),
    reasoning: item("item/completed", "reasoning"),
    reasoning_text: "/summary/0",
    command_started: item("item/started", "commandExecution"),
    command_ended: item("item/completed", "commandExecution"),
    call_id: "id",
    exit_code: "exitCode",
    outputs: &["aggregatedOutput"],
    actions: "commandActions",
    turn_diff: Event { method: "turn/diff/updated", item: None, content: "" },
    diff: "diff",
    error: Event { method: "error", item: None, content: "/error" },
    retried_error: None,
    tokens: Event { method: "thread/tokenUsage/updated", item: None, content: "/tokenUsage" },
    token_names: TokenNames {
        last: "last",
        total: "total",
        counts: [
            "totalTokens",
            "inputTokens",
            "outputTokens",
            "cachedInputTokens",
            "reasoningOutputTokens",
        ],
    },
};

const fn item(method: &'static str, kind: &'static str) -> Event {
    Event { method, item: Some(kind), content: "/item" }
}

/// The id has to be there in each form of this dialect; where there is something better, it does
/// not count.
fn resume_params(by: By<'_>) -> Value {
    match by {
        By::Path(path) => json!({ "threadId": UNKNOWN, "path": path }),
        By::Id(id) => json!({ "threadId": id }),
        By::History(items) => json!({ "threadId": UNKNOWN, "history": items }),
    }
}

fn opened(result: Value) -> Result<Thread> {
    let id = text_at(&result, "/thread/id", "result")?.to_owned();
    // A thread that is in no file, such as an ephemeral one, has no path, or null as its path.
    let path = match &result["thread"]["path"] {
        Value::Null => PathBuf::new(),
        _ => PathBuf::from(text_at(&result, "/thread/path", "result")?),
    };
    Ok(Thread { id, path, result })
}

/// The messages of user and agent in the items of these turns, as `user: …` and `assistant: …`.
pub(crate) fn messages(turns: &Value) -> Vec<String> {
    let turns = turns.as_array().into_iter().flatten();
    let items = turns.flat_map(|turn| turn["items"].as_array().into_iter().flatten());
    let line = |item: &Value| match item["type"].as_str()? {
        "userMessage" => Some(format!("user: {}", item["content"][0]["text"].as_str()?)),
        "agentMessage" => Some(format!("assistant: {}", item["text"].as_str()?)),
        _ => None,
    };
    items.filter_map(line).collect()
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

fn turn_with_params(_: &Path, thread: &str, text: &str, settings: Settings) -> Value {
    let mut params = PROTOCOL.turn_params(thread, text);
    let settings = [
        ("cwd", settings.cwd.map(|cwd| json!(cwd))),
        ("approvalPolicy", settings.approval.map(|policy| json!(policy))),
        ("model", settings.model.map(|model| json!(model))),
        ("outputSchema", settings.schema),
    ];
    for (name, value) in settings {
        if let Some(value) = value {
            params[name] = value;
        }
    }
    params
}

fn set_default_model_params(model: Value, effort: Value) -> Value {
    let edit = |key: &str, value: Value| json!({ "keyPath": key, "value": value, "mergeStrategy": "replace" });
    json!({ "edits": [edit("model", model), edit("model_reasoning_effort", effort)] })
}

fn decision(decision: Decision) -> &'static str {
    match decision {
        Decision::Accept => "accept",
        Decision::AcceptForSession => "acceptForSession",
        Decision::Deny => "decline",
        Decision::Abort => "cancel",
    }
}

/// Whether the call is about this thread, or about none: others may be worked in at the same time.
fn is_about(call: &Call, thread: &Thread) -> bool {
    let named = call.params.get("threadId").or_else(|| call.params.pointer("/thread/id"));
    named.is_none_or(|id| id.as_str() == Some(&thread.id))
}

/// Whether the call announces the start of a turn without naming its thread.
fn names_no_thread(call: &Call) -> bool {
    call.method == "turn/started" && call.params.get("threadId").is_none()
}

/// Waits for the end of a turn.
pub(super) async fn end_turn(cx: &mut Context, thread: &Thread, mark: usize) -> Result<Turn> {
    // The first release of the dialect announces the end by an event of the other one, which it
    // sends too, and has no `turn/completed`: it is known by naming no thread when it announces the
    // start.
    let first = Cell::new(cx.peer.calls_since(mark).iter().any(names_no_thread));
    let last = cx
        .peer
        .next_matching("`turn/completed` of the thread", |call| {
            first.set(first.get() || (call.seq >= mark && names_no_thread(call)));
            call.seq >= mark
                && (is_of(call, thread, "turn/completed")
                    || (first.get() && v1::is_end(call, thread)))
        })
        .await?;
    if last.method != "turn/completed" {
        return v1::turn(cx, thread, mark, &last);
    }
    let mut calls = cx.peer.calls_since(mark);
    calls.retain(|call| call.seq <= last.seq && is_about(call, thread));
    let said = completed_items(&calls, thread, "agentMessage")
        .map(|item| text_at(item, "/text", "a completed message of the agent").map(str::to_owned))
        .collect::<Result<_>>()?;
    let end = match last.text("/turn/status")? {
        "completed" => End::Completed,
        "interrupted" => End::Interrupted,
        "failed" => End::Failed,
        other => {
            let what = "`turn.status` in `turn/completed`";
            return Err(Failure::mismatch(what, "`completed`, `interrupted` or `failed`", other));
        }
    };
    let error = match &last.params["turn"]["error"] {
        Value::Null => None,
        error => Some(text_at(error, "/message", "the error of the turn")?.to_owned()),
    };
    Ok(Turn { calls, end, said, error })
}

/// Sends a request that changes nothing in the scope of the thread: the thread is read without
/// being loaded. The refusal, if it is rejected.
pub(super) async fn barrier(cx: &mut Context, thread: &Thread) -> Result<Option<RpcError>> {
    // Early releases do not have the first, and a server may be unable to read a thread without a
    // turn. A list of threads has to look at each of them, too, and its answer stands behind all
    // that was sent before.
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
