//! What every result has, and what a server never sends.

use harness::{Conversation, Message, Result, ensure_at, observer};
use serde_json::{Value, json};

use crate::mcp::client::INITIALIZE;

/// A result, its line, and the request that it answers.
pub(crate) struct Answer<'a> {
    pub(crate) line: usize,
    pub(crate) method: &'a str,
    pub(crate) params: &'a Value,
    pub(crate) result: &'a Value,
}

/// Whether a conversation opens a session, so that it has the rules of sessions.
fn is_session(conversation: &Conversation<'_>) -> bool {
    conversation.to_subject().any(|(_, entry)| entry.method() == Some(INITIALIZE))
}

/// Every result in a conversation whose request was sent in it, in order; none in a session.
pub(crate) fn answers<'a>(conversation: &'a Conversation<'_>) -> Vec<Answer<'a>> {
    if is_session(conversation) {
        return Vec::new();
    }
    let mut open = Vec::new();
    let mut answers = Vec::new();
    for (line, entry) in conversation.transcript.entries().iter().enumerate() {
        match (&entry.message, entry.is_from_subject()) {
            (Message::Request { id, method }, false) => open.push((id, method, entry.params())),
            (Message::Response { id }, true) => {
                let asked = open.iter().position(|(asked, ..)| *asked == id);
                let result = entry.value.as_ref().and_then(|value| value.get("result"));
                if let (Some(asked), Some(result)) = (asked, result) {
                    let (_, method, params) = open.remove(asked);
                    answers.push(Answer { line, method, params, result });
                }
            }
            _ => {}
        }
    }
    answers
}

/// A server MUST give every result a `resultType` that the client knows.
#[observer(
    mcp(since = "2026-07-28"),
    source = "Base Protocol, Responses",
    faults(MCP_NO_RESULT_TYPE, MCP_OWN_RESULT_TYPE)
)]
fn every_result_has_a_type(conversation: &Conversation<'_>) -> Result {
    for Answer { line, method, params, result } in answers(conversation) {
        // An extension that the client declares may have types of its own.
        let capabilities = &params["_meta"][super::CAPABILITIES];
        let is_extended = capabilities.get("extensions").is_some();
        let known = match result["resultType"].as_str() {
            Some("complete" | "input_required") => true,
            Some(_) => is_extended,
            None => false,
        };
        ensure_at!(
            line,
            known,
            format!("`resultType` in the result of `{method}`"),
            "\"complete\" or \"input_required\"",
            result["resultType"].to_string()
        );
    }
    Ok(())
}

/// A server MUST NOT send a request to its client.
#[observer(
    mcp(since = "2026-07-28"),
    source = "Patterns, Request and Response",
    faults(MCP_ASKS_WITHOUT_A_SESSION)
)]
fn no_request_is_sent(conversation: &Conversation<'_>) -> Result {
    if is_session(conversation) {
        return Ok(());
    }
    for (line, entry) in conversation.from_subject() {
        let Message::Request { method, .. } = &entry.message else { continue };
        ensure_at!(line, false, "a message of the server", "no request", format!("`{method}`"));
    }
    Ok(())
}

/// A server MUST NOT ask for input in the result of anything but `tools/call`, `prompts/get` and
/// `resources/read`.
#[observer(
    mcp(since = "2026-07-28"),
    source = "Multi Round-Trip Requests, Supported Requests",
    faults(MCP_LIST_ASKS_FOR_INPUT)
)]
fn only_some_results_ask_for_input(conversation: &Conversation<'_>) -> Result {
    for Answer { line, method, result, .. } in answers(conversation) {
        let may = ["tools/call", "prompts/get", "resources/read"].contains(&method);
        ensure_at!(
            line,
            may || result["resultType"] != json!("input_required"),
            format!("`resultType` in the result of `{method}`"),
            "\"complete\"",
            "\"input_required\""
        );
    }
    Ok(())
}
