//! Members of messages: what the protocol requires of a message is in it, with a value of its kind.

pub mod shape;
pub mod v1;
pub mod v2;

use std::collections::HashMap;

use harness::profile::Handshake;
use harness::{
    Conversation, Dialect, Entry, Failure, INITIALIZE, Id, Message, Release, Result, observer,
};

use serde_json::Value;
use shape::{Flaw, Row};

/// The tables of results, of both dialects: a server may serve both on one connection.
pub const ANSWERS: [&[&[Row]]; 2] = [v1::ANSWERS, v2::ANSWERS];

/// The tables of notifications.
pub const NOTIFICATIONS: [&[&[Row]]; 2] = [v2::NOTIFICATIONS, v1::NOTIFICATIONS];

/// The tables of requests of the server.
pub const REQUESTS: [&[&[Row]]; 2] = [v2::REQUESTS, v1::REQUESTS];

/// The row of this name.
fn find(tables: [&[&'static [Row]]; 2], name: &str) -> Option<&'static Row> {
    tables.into_iter().find_map(|tables| shape::find(tables, name))
}

/// A server MUST send every result with the members that the protocol requires, each with a value
/// of its type.
#[observer(
    v1,
    v2,
    source = "app-server protocol: the schemas that each release generates",
    faults(
        ROLLOUT_PATH_MISSING,
        CONVERSATION_MODEL_NULL,
        SUBSCRIPTION_AS_NUMBER,
        LISTED_DIRECTORY_MISSING,
        SAVED_PROFILES_MISSING,
        EXIT_CODE_QUOTED,
        PREVIEW_NULL,
        CREATION_TIME_QUOTED,
        READ_ITEM_ID_MISSING,
        LOGIN_NEED_MISSING,
        MODEL_NAME_MISSING,
        OUTPUT_AS_LIST
    )
)]
fn answers_are_complete(conversation: &Conversation<'_>) -> Result {
    for (number, method, value) in answers(conversation) {
        let flaws = find(ANSWERS, method)
            .map(|row| row.flaws(&value["result"], claimed(conversation)))
            .unwrap_or_default();
        none(&flaws, &format!("the result of `{method}`"), number)?;
    }
    Ok(())
}

/// Every answer of the server: its line, the method of its request, and the message.
///
/// The handshake of an MCP server is not this protocol's, and some servers greet like one; their
/// greeting is left out.
pub fn answers<'c>(conversation: &'c Conversation<'_>) -> Vec<(usize, &'c str, &'c Value)> {
    let mut open: HashMap<Id, Option<&str>> = HashMap::new();
    let mut answers = Vec::new();
    for (number, entry) in conversation.transcript.entries().iter().enumerate() {
        let Some(value) = &entry.value else { continue };
        if !entry.is_from_subject() {
            if let Message::Request { id, method } = &entry.message {
                // Of two requests with one id, nothing says which one an answer belongs to.
                let method = (!open.contains_key(id)).then_some(method.as_str());
                open.insert(id.clone(), method);
            }
            continue;
        }
        let Message::Response { id } = &entry.message else { continue };
        let Some(Some(method)) = open.remove(id) else { continue };
        let greets_otherwise = conversation.handshake != Handshake::AppServer
            || value["result"].get("serverInfo").is_some();
        if method != INITIALIZE || !greets_otherwise {
            answers.push((number, method, value));
        }
    }
    answers
}

/// A server MUST send every notification with the members that the protocol requires, each with a
/// value of its type.
#[observer(
    v1,
    v2,
    source = "app-server protocol: the schemas that each release generates",
    faults(
        EVENT_ID_MISSING,
        EVENT_DIRECTORY_MISSING,
        EVENT_TOKENS_QUOTED,
        TURN_STATUS_NULL,
        ITEM_COMMAND_MISSING,
        COMMAND_ACTIONS_AS_TEXT,
        STATUS_TYPE_MISSING,
        DELTA_TURN_AS_NUMBER,
        INPUT_TOKENS_QUOTED
    )
)]
fn notifications_are_complete(conversation: &Conversation<'_>) -> Result {
    for (number, entry) in conversation.from_subject() {
        let Message::Notification { method } = &entry.message else { continue };
        let flaws = notified(method, entry, claimed(conversation));
        none(&flaws, &format!("the parameters of `{method}`"), number)?;
    }
    Ok(())
}

/// A server MUST send each of its requests with the members that the protocol requires, each with a
/// value of its type.
#[observer(
    v1,
    v2,
    source = "app-server protocol: the schemas that each release generates",
    faults(
        PARSED_COMMAND_MISSING,
        PARSED_TYPE_MISSING,
        APPROVAL_CALL_NULL,
        APPROVAL_COMMAND_AS_TEXT,
        APPROVAL_ITEM_NULL,
        APPROVAL_TURN_MISSING
    )
)]
fn requests_are_complete(conversation: &Conversation<'_>) -> Result {
    for (number, entry) in conversation.from_subject() {
        let Message::Request { method, .. } = &entry.message else { continue };
        let flaws = find(REQUESTS, method)
            .map(|row| row.flaws(entry.params(), claimed(conversation)))
            .unwrap_or_default();
        none(&flaws, &format!("the parameters of the server's request `{method}`"), number)?;
    }
    Ok(())
}

/// What is wrong with the parameters of a notification; those of an event are in its `msg`.
fn notified(method: &str, entry: &Entry, claimed: Option<Release>) -> Vec<Flaw> {
    let params = entry.params();
    let Some(kind) = method.strip_prefix(v1::EVENT) else {
        return find(NOTIFICATIONS, method)
            .map(|row| row.flaws(params, claimed))
            .unwrap_or_default();
    };
    let mut flaws = v1::ENVELOPE.flaws(params, claimed);
    if flaws.is_empty()
        && let Some(row) = shape::find(v1::EVENTS, kind)
    {
        flaws = row.flaws(&params["msg"], claimed);
        flaws.iter_mut().for_each(|flaw| flaw.path.insert_str(0, "msg."));
    }
    flaws
}

/// The release to which the subject is held. As in the attribute of a check, one that claims none is
/// held to the newest: the newest that speaks the dialect.
fn claimed(conversation: &Conversation<'_>) -> Option<Release> {
    let newest = (conversation.dialect == Dialect::V1).then_some(v1::NEWEST);
    conversation.release.or(newest)
}

/// Fails with the first flaw, and the number of the others.
fn none(flaws: &[Flaw], message: &str, line: usize) -> Result {
    let Some((first, others)) = flaws.split_first() else { return Ok(()) };
    let what = match first.path.as_str() {
        "" => format!("{message} in line {} of the conversation", line + 1),
        path => format!("`{path}` in {message}, line {} of the conversation", line + 1),
    };
    let mut failure =
        Failure::mismatch(what, first.expected.clone(), first.observed.clone()).at_line(line);
    if !others.is_empty() {
        let paths: Vec<_> = others.iter().map(|flaw| format!("`{}`", flaw.path)).collect();
        failure = failure.note(format!("and so in the same message: {}", paths.join(", ")));
    }
    Err(failure)
}
