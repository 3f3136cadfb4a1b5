//! The tools `codex` and `codex-reply`, as their schemas describe them.

use harness::{Context, Failure, Result, Ticket};
use mock_model::says;
use serde_json::{Value, json};

use crate::mcp::client::{List, McpExt};

/// The tool that begins a conversation.
pub(super) const CODEX: &str = "codex";
/// The tool that continues one.
pub(super) const REPLY: &str = "codex-reply";
/// The notification by which releases without a structured result tell the id of a conversation.
const EVENT: &str = "codex/event";

/// The arguments of a call with this prompt, and nothing else.
pub(super) fn prompt(text: &str) -> Value {
    json!({ "prompt": text })
}

/// Has the model answer this, when the gate of this name is opened.
pub(super) fn hold_back(cx: &Context, gate: &str, answer: &str) {
    cx.model.script([says(answer).hold(gate)]);
}

/// Sends a call of the tool that begins a conversation.
pub(super) async fn begin(cx: &mut Context, arguments: Value) -> Result<Ticket> {
    let params = json!({ "name": CODEX, "arguments": arguments });
    cx.mcp().send("tools/call", params).await
}

/// Calls a tool, and waits for its result.
pub(super) async fn call(cx: &mut Context, name: &str, arguments: Value) -> Result<Value> {
    let params = json!({ "name": name, "arguments": arguments });
    cx.mcp().call("tools/call", params).await
}

/// The first text of a result.
pub(super) fn text(result: &Value) -> &str {
    result["content"][0]["text"].as_str().unwrap_or_default()
}

/// Whether a result is that of a call that failed.
pub(super) fn is_error(result: &Value) -> bool {
    result["isError"] == json!(true)
}

/// The entry of a tool in the list.
pub(super) async fn named(cx: &mut Context, name: &str) -> Result<Value> {
    let tools = cx.mcp().list(List::TOOLS).await?;
    let tool = tools.into_iter().find(|tool| tool["name"] == json!(name));
    tool.ok_or_else(|| Failure::mismatch("the tools that the server lists", name, "no such tool"))
}

/// The id of the conversation that a call has begun: from its structured result, or from the events
/// of the server.
pub(super) fn conversation(cx: &Context, result: &Value) -> Result<String> {
    if let Some(id) = result["structuredContent"]["threadId"].as_str() {
        return Ok(id.to_owned());
    }
    let told = cx.peer.look(|entries| {
        let events = entries.iter().filter(|entry| entry.method() == Some(EVENT));
        let mut ids = events.filter_map(|entry| entry.params()["msg"]["session_id"].as_str());
        ids.next_back().map(str::to_owned)
    });
    told.flatten().ok_or_else(|| {
        Failure::mismatch(
            "the id of the conversation that the call began",
            "`threadId` in the structured result, or `session_id` in an event",
            result.to_string(),
        )
    })
}

/// The arguments of a reply in this conversation, with the name of the id that the tool's schema has.
pub(super) async fn reply(cx: &mut Context, id: &str, prompt: &str) -> Result<Value> {
    let takes = named(cx, REPLY).await?["inputSchema"]["properties"].take();
    let name = ["threadId", "conversationId"].into_iter().find(|name| takes[*name].is_object());
    let name = name.ok_or_else(|| {
        Failure::mismatch(
            format!("the parameters of `{REPLY}`"),
            "`threadId` or `conversationId`",
            takes.to_string(),
        )
    })?;
    Ok(json!({ name: id, "prompt": prompt }))
}
