//! Envelopes: what every message has beside its contents.

pub mod answers;
pub mod exchange;
pub mod meta;

use harness::{Conversation, Entry, Failure, Id, Message, Result, ensure_at, observer, show};
use serde_json::Value;

use crate::mcp::envelope::exchange::exchanges;
use crate::mcp::shape;

/// Every object that the server sent, with its line.
fn messages<'c>(
    conversation: &'c Conversation<'_>,
) -> impl Iterator<Item = (usize, &'c Entry, &'c Value)> {
    conversation.from_subject().filter_map(|(line, entry)| {
        let value = entry.value.as_ref().filter(|value| value.is_object())?;
        Some((line, entry, value))
    })
}

/// A server MUST give every message the member `jsonrpc` with the value "2.0".
#[observer(mcp, source = "Base protocol, Messages", faults(MCP_NO_JSONRPC))]
fn every_message_has_the_version_of_json_rpc(conversation: &Conversation<'_>) -> Result {
    for (line, _, value) in messages(conversation) {
        ensure_at!(
            line,
            value["jsonrpc"] == "2.0",
            "`jsonrpc` of a message",
            "\"2.0\"",
            value
                .get("jsonrpc")
                .map_or_else(|| format!("no such member, in {}", show(value)), show)
        );
    }
    Ok(())
}

/// A server MUST give each answer either a result or an error.
#[observer(
    mcp,
    source = "Base protocol, Responses",
    faults(MCP_RESULT_AND_ERROR, MCP_NEITHER_RESULT_NOR_ERROR, MCP_METHOD_AND_RESULT)
)]
fn an_answer_has_a_result_or_an_error(conversation: &Conversation<'_>) -> Result {
    for (line, _, value) in messages(conversation) {
        let [method, result, error] =
            ["method", "result", "error"].map(|name| value.get(name).is_some());
        let observed = match (method, result, error) {
            (false, true, true) => "it has both a result and an error",
            (false, false, false) => "it has neither a result nor an error, nor a method",
            (true, true, _) => "it has a result beside its method",
            (true, _, true) => "it has an error beside its method",
            _ => continue,
        };
        let observed = format!("{observed}: {}", show(value));
        return Err(Failure::mismatch(
            "the kind of a message",
            "a request, a notification, or an answer with either a result or an error",
            observed,
        )
        .at_line(line));
    }
    Ok(())
}

/// A server MUST give an object as the result of an answer.
#[observer(mcp, source = "Base protocol, Responses; schema, Result", faults(MCP_RESULT_IS_A_LIST))]
fn a_result_is_an_object(conversation: &Conversation<'_>) -> Result {
    for (line, _, value) in messages(conversation) {
        let Some(result) = value.get("result") else { continue };
        ensure_at!(line, result.is_object(), "the result of an answer", "an object", show(result));
    }
    Ok(())
}

/// A server MUST give each error a code that is a whole number and a message that is a text.
#[observer(
    mcp,
    source = "Base protocol, Error Responses",
    faults(MCP_ERROR_CODE_IS_A_TEXT, MCP_ERROR_WITHOUT_MESSAGE)
)]
fn an_error_has_a_code_and_a_message(conversation: &Conversation<'_>) -> Result {
    for (line, _, value) in messages(conversation) {
        let Some(error) = value.get("error") else { continue };
        let right =
            (error["code"].is_i64() || error["code"].is_u64()) && error["message"].is_string();
        ensure_at!(
            line,
            right,
            "the error of an answer",
            "a whole number as `code` and a text as `message`",
            show(error)
        );
    }
    Ok(())
}

/// A server MUST NOT give a notification an id.
#[observer(mcp, source = "Base protocol, Notifications", faults(MCP_NOTIFICATION_WITH_ID))]
fn a_notification_has_no_id(conversation: &Conversation<'_>) -> Result {
    for (line, entry, value) in messages(conversation) {
        let is_notification =
            entry.method().is_some_and(|method| method.starts_with("notifications/"));
        ensure_at!(
            line,
            !is_notification || value.get("id").is_none(),
            format!("the notification `{}`", entry.method().unwrap_or_default()),
            "no member `id`",
            format!("`id` is {}", value["id"])
        );
    }
    Ok(())
}

/// A server MUST give each request of its own an id that is a text or a whole number.
#[observer(
    mcp(until = "2025-11-25"),
    source = "Base protocol, Requests",
    faults(MCP_REQUEST_ID_IS_NULL)
)]
fn a_request_has_a_legal_id(conversation: &Conversation<'_>) -> Result {
    for (line, entry, _) in messages(conversation) {
        if let Message::Request { id: id @ Id::Illegal(_), method } = &entry.message
            && !method.starts_with("notifications/")
        {
            return Err(Failure::mismatch(
                format!("the id of the server's request `{method}`"),
                "a text or a whole number",
                id.to_string(),
            )
            .at_line(line));
        }
        if let Some(Value::Number(id)) =
            entry.value.as_ref().and_then(|value| value.get("method").and(value.get("id")))
        {
            ensure_at!(
                line,
                id.is_i64() || id.is_u64(),
                "the id of a request of the server",
                "a whole number",
                id.to_string()
            );
        }
    }
    Ok(())
}

/// A server MUST NOT use an id for two of its requests.
#[observer(
    mcp(until = "2025-11-25"),
    source = "Base protocol, Requests",
    faults(MCP_REQUEST_ID_IS_REUSED)
)]
fn ids_of_requests_are_not_reused(conversation: &Conversation<'_>) -> Result {
    let mut used: Vec<(&Id, &str)> = Vec::new();
    for (line, entry, _) in messages(conversation) {
        let Message::Request { id, method } = &entry.message else { continue };
        let before = used.iter().find(|(other, _)| *other == id);
        if let Some((_, other)) = before.filter(|_| !matches!(id, Id::Illegal(_))) {
            return Err(Failure::mismatch(
                format!("the id of the server's request `{method}`"),
                "an id that no earlier request of the server has",
                format!("{id}, which its `{other}` had before"),
            )
            .at_line(line));
        }
        used.push((id, method));
    }
    Ok(())
}

/// A server MUST NOT use codes of errors that the protocol keeps for itself and does not define.
#[observer(
    mcp(since = "2026-07-28"),
    source = "Base protocol, Error Codes",
    faults(MCP_UNDEFINED_ERROR_CODE)
)]
fn reserved_codes_of_errors_are_defined(conversation: &Conversation<'_>) -> Result {
    for (line, _, value) in messages(conversation) {
        let Some(code) = value["error"]["code"].as_i64() else { continue };
        let is_wrong = match code {
            -32022..=-32020 => false,
            -32099..=-32023 => true,
            // They meant something in earlier revisions.
            -32002 => true,
            _ => false,
        };
        ensure_at!(
            line,
            !is_wrong,
            "the code of an error",
            "a code that the protocol defines, or one outside of its range -32020 to -32099",
            code.to_string()
        );
    }
    Ok(())
}

/// A server MUST send messages whose members are those of the revision.
#[observer(
    mcp,
    source = "schema of the revision: required members, types and enumerations",
    faults(MCP_LIST_WITHOUT_ITS_MEMBER, MCP_TOOL_WITHOUT_SCHEMA)
)]
fn schema(conversation: &Conversation<'_>) -> Result {
    let Some(revision) = conversation.dialect.revision() else { return Ok(()) };
    for (asked, answer) in exchanges(conversation) {
        let Some(answer) = answer else { continue };
        // An answer of no kind is the matter of a check above.
        let result = answer.value.get("result").filter(|result| result.is_object());
        let Some(result) = result.filter(|_| answer.value.get("error").is_none()) else {
            continue;
        };
        if let Some(wrong) = shape::wrong_result(revision, asked.method, asked.params, result) {
            let what = format!("the result of `{}`", asked.method);
            return Err(wrong.failure(&what, revision).at_line(answer.line));
        }
    }
    for (line, entry, value) in messages(conversation) {
        let Some(method) = entry.method() else { continue };
        let params = value.get("params");
        if let Some(wrong) = shape::wrong_params(revision, method, params) {
            let what = format!("the parameters of `{method}`");
            return Err(wrong.failure(&what, revision).at_line(line));
        }
    }
    Ok(())
}
