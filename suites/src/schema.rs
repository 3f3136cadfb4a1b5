//! Every message against the schema of the protocol: its members, their types and the listed values.
//!
//! The shapes are those of the releases that the server could be, or of a directory that was named.
//! What no shape names is mentioned in the report, and is no failure. A server that sends messages which
//! no shape names is newer than all of them, or an extension: what it sends may have new values too.

use harness::{Conversation, Failure, Message, Result, observer};
use schema::{Flaw, Found, Judge, Kind, Rule};
use serde_json::Value;

use crate::members::answers;
use crate::members::v1::EVENT;
use crate::unwanted;

/// The members that select an alternative.
const TYPE: &str = "type";

/// A server MUST send every notification as the schema of the protocol describes it.
#[observer(
    v1(since = "0.58"),
    v2,
    source = "app-server protocol: the schemas that each release generates",
    faults(STARTED_TURN_WITHOUT_ITEMS, COMMAND_STATUS_UNKNOWN)
)]
fn notifications_match_their_schema(conversation: &Conversation<'_>) -> Result {
    let Some(shapes) = conversation.shapes else { return Ok(()) };
    for (line, entry) in conversation.from_subject() {
        let (Message::Notification { method }, Some(value)) = (&entry.message, &entry.value) else {
            continue;
        };
        if method.starts_with(EVENT) {
            continue;
        }
        let found = shapes.message(Kind::Notification, method, value);
        judge(conversation, found, &format!("the notification `{method}`"), line)?;
    }
    Ok(())
}

/// A server MUST send each of its requests as the schema of the protocol describes it.
#[observer(
    v1(since = "0.58"),
    v2,
    source = "app-server protocol: the schemas that each release generates",
    faults(APPROVAL_DIRECTORY_AS_NUMBER)
)]
fn requests_match_their_schema(conversation: &Conversation<'_>) -> Result {
    let Some(shapes) = conversation.shapes else { return Ok(()) };
    for (line, entry) in conversation.from_subject() {
        let (Message::Request { method, .. }, Some(value)) = (&entry.message, &entry.value) else {
            continue;
        };
        let found = shapes.message(Kind::ServerRequest, method, value);
        judge(conversation, found, &format!("the server's request `{method}`"), line)?;
    }
    Ok(())
}

/// A server MUST send every result as the schema of the protocol describes it.
#[observer(
    v1(since = "0.58"),
    v2,
    source = "app-server protocol: the schemas that each release generates",
    faults(STARTED_SANDBOX_MISSING)
)]
fn results_match_their_schema(conversation: &Conversation<'_>) -> Result {
    let Some(shapes) = conversation.shapes else { return Ok(()) };
    for (line, method, value) in answers(conversation) {
        let Some(result) = value.get("result") else { continue };
        let found = shapes.value(Kind::Result, method, result, "/result");
        judge(conversation, found, &format!("the result of `{method}`"), line)?;
    }
    Ok(())
}

/// A server MUST send every error as the schema of the protocol describes it.
#[observer(
    v1(since = "0.58"),
    v2,
    source = "app-server protocol: JSONRPCError, a code and a message; the schemas that each release generates",
    faults(ERROR_CODE_AS_TEXT, ERROR_MESSAGE_MISSING)
)]
fn errors_match_their_schema(conversation: &Conversation<'_>) -> Result {
    let Some(shapes) = conversation.shapes else { return Ok(()) };
    for (line, entry) in conversation.from_subject() {
        let (Message::Error { .. }, Some(value)) = (&entry.message, &entry.value) else { continue };
        let found = shapes.value(Kind::Error, "", &value["error"], "/error");
        judge(conversation, found, "the error", line)?;
    }
    Ok(())
}

/// A server MUST send every `codex/event/TYPE` as the schema of the protocol describes it.
#[observer(
    v1(since = "0.58"),
    source = "app-server protocol: EventMsg, in the schemas that each release generates",
    faults(EVENT_PARSED_AS_TEXT)
)]
fn events_match_their_schema(conversation: &Conversation<'_>) -> Result {
    let Some(shapes) = conversation.shapes.filter(|shapes| shapes.knows(Kind::Event)) else {
        return Ok(());
    };
    for (line, entry) in conversation.from_subject() {
        let Message::Notification { method } = &entry.message else { continue };
        let Some(event) = method.strip_prefix(EVENT) else { continue };
        let body = &entry.params()["msg"];
        let found = found_in_event(shapes, body);
        judge(conversation, found, &format!("the event `{event}`"), line)?;
    }
    Ok(())
}

/// What is found in the member `msg` of an event; nothing if its type is not known.
fn found_in_event(shapes: &Judge, body: &Value) -> Option<Found> {
    let is_new = |kind: &str| !shapes.has_alternative(Kind::Event, "", TYPE, kind);
    if body[TYPE].as_str().is_some_and(is_new) {
        return None;
    }
    shapes.value(Kind::Event, "", body, "/params/msg")
}

/// Whether the server sends messages that no schema names, or would, if the client had not opted out of them.
fn is_extended(conversation: &Conversation<'_>) -> bool {
    let Some(shapes) = conversation.shapes else { return true };
    let mut unwanted = conversation.to_subject().flat_map(|(_, entry)| unwanted::methods(entry));
    let is_unnamed =
        |method: &str| !method.starts_with(EVENT) && !shapes.has(Kind::Notification, method);
    unwanted.any(is_unnamed)
        || conversation.from_subject().any(|(_, entry)| {
            let (kind, method) = match &entry.message {
                Message::Notification { method } => (Kind::Notification, method),
                Message::Request { method, .. } => (Kind::ServerRequest, method),
                _ => return false,
            };
            !method.starts_with(EVENT) && !shapes.has(kind, method)
        })
}

/// Mentions what the schema does not name, and fails with the first violation.
fn judge(
    conversation: &Conversation<'_>,
    found: Option<Found>,
    message: &str,
    line: usize,
) -> Result {
    let Some(found) = found else {
        conversation.mention(message.to_owned());
        return Ok(());
    };
    for path in &found.unnamed {
        conversation.mention(format!("{path} in {message}"));
    }
    let is_new = |flaw: &Flaw| matches!(flaw.rule, Rule::UnknownValue | Rule::NoAlternative);
    let may_be_new = found.flaws.iter().any(is_new) && is_extended(conversation);
    let (new, flaws): (Vec<Flaw>, Vec<Flaw>) =
        found.flaws.into_iter().partition(|flaw| may_be_new && is_new(flaw));
    for flaw in new {
        conversation.mention(format!("{} at {} in {message}", flaw.observed, flaw.pointer));
    }
    let Some((first, others)) = flaws.split_first() else { return Ok(()) };
    let what = match first.pointer.as_str() {
        "" => format!("{message} in line {} of the conversation", line + 1),
        pointer => format!("`{pointer}` in {message}, line {} of the conversation", line + 1),
    };
    let observed = format!("{} ({})", first.observed, first.rule);
    let mut failure = Failure::mismatch(what, first.expected.clone(), observed).at_line(line);
    if !others.is_empty() {
        let others = others.iter().map(|flaw| format!("`{}` ({})", flaw.pointer, flaw.rule));
        let others = others.collect::<Vec<_>>().join(", ");
        failure = failure.note(format!("and so in the same message: {others}"));
    }
    if let Some(shapes) = conversation.shapes {
        let names = shapes.names().collect::<Vec<_>>().join(", ");
        failure = failure.note(format!("the schemas that it was held to: {names}"));
    }
    Err(failure)
}
