//! What a server may send in a session: what its client declared, and what the revision has.

use harness::{Conversation, Failure, Message, Result, Revision, observer};
use serde_json::Value;

use crate::mcp::shape::sendable;

/// The capabilities of the client in all its `initialize` requests of the conversation.
fn declared<'c>(conversation: &'c Conversation<'_>) -> Vec<&'c Value> {
    conversation
        .to_subject()
        .filter(|(_, entry)| entry.method() == Some("initialize"))
        .map(|(_, entry)| &entry.params()["capabilities"])
        .collect()
}

/// The capability that a client needs for a request of the server with these parameters.
fn needed(method: &str, params: &Value) -> Option<&'static str> {
    match method {
        "roots/list" => Some("/roots"),
        "sampling/createMessage" if params["tools"].is_array() => Some("/sampling/tools"),
        "sampling/createMessage" => Some("/sampling"),
        "elicitation/create" if params["mode"] == "url" => Some("/elicitation/url"),
        "elicitation/create" => Some("/elicitation"),
        _ => None,
    }
}

/// What both checks below ask for.
fn only_declared(conversation: &Conversation<'_>) -> Result {
    let declared = declared(conversation);
    for (line, entry) in conversation.from_subject() {
        let Message::Request { method, .. } = &entry.message else { continue };
        let Some(needed) = needed(method, entry.params()) else { continue };
        let has = declared.iter().any(|capabilities| capabilities.pointer(needed).is_some());
        if !has {
            let name = needed.trim_start_matches('/').replace('/', ".");
            return Err(Failure::mismatch(
                format!("the server's request `{method}`"),
                format!("none, since the client does not declare `{name}`"),
                "it was sent",
            )
            .at_line(line));
        }
    }
    Ok(())
}

/// A server MUST NOT ask its client for what the client does not declare.
#[observer(
    mcp(since = "2025-06-18", until = "2025-11-25"),
    source = "Lifecycle, Operation",
    faults(MCP_ASKS_FOR_UNDECLARED_ROOTS)
)]
fn only_what_is_declared_is_asked_for(conversation: &Conversation<'_>) -> Result {
    only_declared(conversation)
}

/// A server SHOULD NOT ask its client for what the client does not declare.
#[observer(
    mcp(until = "2025-03-26"),
    source = "Lifecycle, Operation",
    faults(MCP_ASKS_FOR_UNDECLARED_ROOTS)
)]
fn what_is_not_declared_is_not_asked_for(conversation: &Conversation<'_>) -> Result {
    only_declared(conversation)
}

/// A server MUST NOT send requests and notifications that the revision does not have.
#[observer(
    mcp(until = "2025-11-25"),
    source = "Lifecycle, Operation: both sides keep to the version that they agreed on",
    faults(MCP_NOTIFIES_AS_IN_ANOTHER_REVISION)
)]
fn only_what_the_revision_has_is_sent(conversation: &Conversation<'_>) -> Result {
    let Some(revision) = conversation.dialect.revision() else { return Ok(()) };
    for (line, entry) in conversation.from_subject() {
        let Some(sendable) = entry.method().and_then(sendable) else { continue };
        let has: std::ops::RangeInclusive<Revision> = sendable.since..=sendable.until;
        if !has.contains(&revision) {
            return Err(Failure::mismatch(
                format!("`{}` from the server", sendable.method),
                format!("only what revision {revision} has"),
                format!("it is in the revisions from {} to {}", has.start(), has.end()),
            )
            .at_line(line));
        }
    }
    Ok(())
}
