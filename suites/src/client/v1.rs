//! Dialect `v1`: conversations, listeners and `codex/event/*`.

use std::path::{Path, PathBuf};

use harness::V1_METHODS;
use harness::{Call, text_at};
use harness::{Context, Result};
use serde_json::{Value, json};

use super::observed::is_of;
use super::protocol::{Event, Protocol, TokenNames};
use super::turns::{End, Settings, Turn};
use super::{By, Decision, Thread};

pub(super) static PROTOCOL: Protocol = Protocol {
    harmless: &V1_METHODS,
    rejected,
    start: "newConversation",
    new_rollout: Some("/rolloutPath"),
    resume: "resumeConversation",
    resume_params,
    resumes_by_id: false,
    read_thread: None,
    fork: "forkConversation",
    archive: "archiveConversation",
    archive_params: |id, path| json!({ "conversationId": id, "rolloutPath": path }),
    opened,
    listen: Some("addConversationListener"),
    overrides: |settings| json!({ "overrides": settings }),
    resumed_messages,
    respelled: |_, _| None,
    thread_id: "conversationId",
    list: "listConversations",
    page_size: "pageSize",
    listed: "items",
    listed_id: "conversationId",
    created_at: "timestamp",
    read_time: |time| time.as_str()?.parse().ok(),
    write_time: |time| json!(time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()),
    repository_url: "origin_url",
    turn: "sendUserMessage",
    turn_with: "sendUserTurn",
    turn_with_params,
    input: "items",
    text: |text| json!({ "type": "text", "data": { "text": text } }),
    image: |url| json!({ "type": "image", "data": { "image_url": url } }),
    turn_id: None,
    interrupt: "interruptConversation",
    interrupt_result: || json!({ "abortReason": "interrupted" }),
    interrupted_turn: None,
    turn_started: "codex/event/task_started",
    turn_completed: "codex/event/task_complete",
    approvals: ["execCommandApproval", "applyPatchApproval"],
    decision,
    account: "getAuthStatus",
    account_method: "/authMethod",
    account_members: &["authMethod", "authToken"],
    token: Some("authToken"),
    account_changed: "authStatusChange",
    changed_method: "authMethod",
    log_in: "loginApiKey",
    log_in_params: |key| json!({ "apiKey": key }),
    login_result: |_| json!({}),
    log_in_chatgpt: "loginChatGpt",
    log_in_chatgpt_params: || Value::Null,
    cancel_login: "cancelLoginChatGpt",
    unknown_login: None,
    login_completed: "loginChatGptComplete",
    log_out: "logoutChatGpt",
    read_config: "getUserSavedConfig",
    read_config_params: || Value::Null,
    saved_effort: "modelReasoningEffort",
    set_default_model: "setDefaultModel",
    set_default_model_params: |model, effort| json!({ "model": model, "reasoningEffort": effort }),
    exec: "execOneOffCommand",
    delta: event("codex/event/agent_message_delta"),
    message: event("codex/event/agent_message"),
    reasoning: event("codex/event/agent_reasoning"),
    reasoning_text: "/text",
    command_started: event("codex/event/exec_command_begin"),
    command_ended: event("codex/event/exec_command_end"),
    call_id: "call_id",
    exit_code: "exit_code",
    outputs: &["stdout", "stderr"],
    actions: "parsed_cmd",
    turn_diff: event("codex/event/turn_diff"),
    diff: "unified_diff",
    error: event("codex/event/error"),
    retried_error: Some(event("codex/event/stream_error")),
    // Before the model has answered there is nothing to count: `info` is null.
    tokens: Event { method: "codex/event/token_count", item: None, content: "/msg/info" },
    token_names: TokenNames {
        last: "last_token_usage",
        total: "total_token_usage",
        counts: [
            "total_tokens",
            "input_tokens",
            "output_tokens",
            "cached_input_tokens",
            "reasoning_output_tokens",
        ],
    },
};

const fn event(method: &'static str) -> Event {
    Event { method, item: None, content: "/msg" }
}

/// The first releases answer nothing that they cannot read, so this is a request that they can.
fn rejected() -> (&'static str, Value) {
    let unknown = "00000000-0000-4000-8000-000000000000";
    (PROTOCOL.turn, PROTOCOL.turn_params(unknown, "hello"))
}

fn resume_params(by: By<'_>) -> Value {
    match by {
        By::Path(path) => json!({ "path": path }),
        By::Id(id) => json!({ "conversationId": id }),
        By::History(items) => json!({ "history": items }),
    }
}

fn opened(result: Value) -> Result<Thread> {
    let id = text_at(&result, "/conversationId", "result")?.to_owned();
    // Releases before 0.58 name no rollout when a conversation is resumed; those of a new one are
    // named by every release, see [`Protocol::new_rollout`].
    let path = match result.get("rolloutPath") {
        None => PathBuf::new(),
        Some(_) => PathBuf::from(text_at(&result, "/rolloutPath", "result")?),
    };
    Ok(Thread { id, path, result })
}

fn resumed_messages(result: &Value) -> Vec<String> {
    let events = result["initialMessages"].as_array().into_iter().flatten();
    let line = |event: &Value| {
        let role = match event["type"].as_str()? {
            "user_message" => "user",
            "agent_message" => "assistant",
            _ => return None,
        };
        Some(format!("{role}: {}", event["message"].as_str()?))
    };
    events.filter_map(line).collect()
}

/// `sendUserTurn` requires every setting.
fn turn_with_params(work: &Path, thread: &str, text: &str, settings: Settings) -> Value {
    let mut params = PROTOCOL.turn_params(thread, text);
    params["cwd"] = json!(settings.cwd.as_deref().unwrap_or(work));
    params["approvalPolicy"] = json!(settings.approval.unwrap_or("never"));
    params["sandboxPolicy"] = sandbox_policy("danger-full-access");
    params["model"] = json!(settings.model.unwrap_or(fixtures::Config::MODEL));
    params["effort"] = Value::Null;
    params["summary"] = json!("auto");
    if let Some(schema) = settings.schema {
        params["outputSchema"] = schema;
    }
    params
}

/// A policy for a sandbox: of this kind, which the first releases read under another name.
fn sandbox_policy(kind: &str) -> Value {
    // Servers ignore members that they do not know.
    json!({ "type": kind, "mode": kind })
}

fn decision(decision: Decision) -> &'static str {
    match decision {
        Decision::Accept => "approved",
        Decision::AcceptForSession => "approved_for_session",
        Decision::Deny => "denied",
        Decision::Abort => "abort",
    }
}

/// Whether the call announces the end of a turn of this conversation.
pub(super) fn is_end(call: &Call, thread: &Thread) -> bool {
    is_of(call, thread, PROTOCOL.turn_completed) || is_of(call, thread, "codex/event/turn_aborted")
}

/// Waits for the end of a turn.
pub(super) async fn end_turn(cx: &mut Context, thread: &Thread, mark: usize) -> Result<Turn> {
    let is_last = |call: &Call| call.seq >= mark && is_end(call, thread);
    let last = cx.peer.next_matching("the end of the turn", is_last).await?;
    turn(cx, thread, mark, &last)
}

/// The turn that was begun at `mark` and has ended with this event.
pub(super) fn turn(cx: &Context, thread: &Thread, mark: usize, last: &Call) -> Result<Turn> {
    let mut calls = cx.peer.calls_since(mark);
    // Other conversations may go on at the same time.
    let is_about =
        |call: &Call| call.params.get("conversationId").is_none_or(|id| *id == thread.id);
    calls.retain(|call| call.seq <= last.seq && is_about(call));
    let text = |call: &Call| call.text("/msg/message").map(str::to_owned);
    let said = calls.iter().filter(|call| PROTOCOL.message.is(call, thread)).map(text);
    let said = said.collect::<Result<_>>()?;
    let error = calls.iter().rfind(|call| PROTOCOL.error.is(call, thread)).map(text).transpose()?;
    let end = match (last.method.ends_with("turn_aborted"), &error) {
        (true, _) => End::Interrupted,
        (false, Some(_)) => End::Failed,
        (false, None) => End::Completed,
    };
    Ok(Turn { calls, end, said, error })
}

/// Sends a request that changes nothing for the conversation: a listener is added and removed.
pub(super) async fn barrier(cx: &mut Context, thread: &Thread) -> Result {
    let params = json!({ "conversationId": thread.id });
    let result = cx.peer.call("addConversationListener", params).await?;
    let subscription = text_at(&result, "/subscriptionId", "result of `addConversationListener`")?;
    let params = json!({ "subscriptionId": subscription });
    cx.peer.call("removeConversationListener", params).await.map(|_| ())
}
