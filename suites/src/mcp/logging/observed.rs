//! Log messages in any conversation: whether they are declared, and at or above the level.

use harness::{Conversation, Entry, Failure, Id, Message, Result, observer, show};
use serde_json::Value;

use super::{LEVELS, LOG_LEVEL, MESSAGE, SET_LEVEL, rank};
use crate::mcp::declared::capabilities_in;

/// A server MUST declare logging if it sends log messages.
#[observer(mcp, source = "Logging, Capabilities", faults(MCP_LOGGING_NOT_DECLARED))]
fn log_messages_are_declared(conversation: &Conversation<'_>) -> Result {
    let Some(capabilities) = capabilities_in(conversation) else { return Ok(()) };
    if capabilities.get("logging").is_some() {
        return Ok(());
    }
    match messages(conversation).next() {
        None => Ok(()),
        Some((line, entry)) => Err(Failure::mismatch(
            "`notifications/message` of a server that does not declare `logging`",
            "no log messages",
            show(entry.params()),
        )
        .at_line(line)),
    }
}

/// A server SHOULD NOT send log messages below the level that the client has set.
#[observer(
    mcp(until = "2025-11-25"),
    source = "Logging, Setting Log Level",
    faults(MCP_LEVEL_IGNORED)
)]
fn the_level_is_kept(conversation: &Conversation<'_>) -> Result {
    // The request that is not answered yet, and the level that holds.
    let (mut asked, mut least): (Option<(Id, usize)>, usize) = (None, 0);
    for (line, entry) in conversation.transcript.entries().iter().enumerate() {
        match (&entry.message, entry.is_from_subject()) {
            (Message::Request { id, method }, false) if method == SET_LEVEL => {
                asked = rank(&entry.params()["level"]).map(|rank| (id.clone(), rank));
                least = 0;
            }
            (Message::Response { id }, true) => {
                if let Some((_, rank)) = asked.take_if(|(asked, _)| asked == id) {
                    least = rank;
                }
            }
            (Message::Notification { method }, true) if method == MESSAGE => {
                let level = &entry.params()["level"];
                if rank(level).is_some_and(|rank| rank < least) {
                    return Err(below(level, LEVELS[least]).at_line(line));
                }
            }
            _ => {}
        }
    }
    Ok(())
}

/// A server MUST send log messages only for a request that asks for them, at its level or above.
#[observer(
    mcp(since = "2026-07-28"),
    source = "Logging: the level is that of the request",
    faults(MCP_LOGS_UNASKED)
)]
fn log_messages_are_asked_for(conversation: &Conversation<'_>) -> Result {
    // The requests that are not answered yet, each with its level.
    let mut open: Vec<(Id, usize)> = Vec::new();
    for (line, entry) in conversation.transcript.entries().iter().enumerate() {
        match (&entry.message, entry.is_from_subject()) {
            (Message::Request { id, .. }, false) => {
                let asked = rank(&entry.params()["_meta"][LOG_LEVEL]);
                open.extend(asked.map(|rank| (id.clone(), rank)));
            }
            (Message::Response { id } | Message::Error { id }, true) => {
                open.retain(|(open, _)| open != id);
            }
            (Message::Notification { method }, true) if method == MESSAGE => {
                let level = &entry.params()["level"];
                let Some(least) = open.iter().map(|(_, rank)| *rank).min() else {
                    return Err(Failure::mismatch(
                        "`notifications/message`",
                        "none, since no request that is under way asks for log messages",
                        show(entry.params()),
                    )
                    .at_line(line));
                };
                if rank(level).is_some_and(|rank| rank < least) {
                    return Err(below(level, LEVELS[least]).at_line(line));
                }
            }
            _ => {}
        }
    }
    Ok(())
}

fn below(level: &Value, least: &str) -> Failure {
    Failure::mismatch(
        "the level of `notifications/message`",
        format!("`{least}` or above, as the client has asked for"),
        show(level),
    )
}

/// The log messages of a conversation, with their lines.
fn messages<'a>(
    conversation: &'a Conversation<'_>,
) -> impl Iterator<Item = (usize, &'a Entry)> + 'a {
    conversation.from_subject().filter(|(_, entry)| entry.method() == Some(MESSAGE))
}
