//! How each process of a run took the end of its input.

use std::collections::BTreeSet;
use std::time::Duration;

use harness::{Conversation, Failure, Message, Result, observer};

use crate::mcp::client::CANCELLED;

/// A server MUST end within 5 s of the end of its input, when nothing is in progress.
#[observer(
    mcp,
    source = "Lifecycle, Shutdown; every measured server does",
    faults(MCP_NEVER_EXITS, STDIN_NEVER_CLOSED)
)]
fn ends_with_its_input(conversation: &Conversation<'_>) -> Result {
    let Some(waited) = conversation.outlived_its_input() else { return Ok(()) };
    // A check that has waited for the end itself has said so.
    if waited < Duration::from_secs(1) || in_progress(conversation) {
        return Ok(());
    }
    Err(Failure::mismatch(
        "the process after the end of its input, when nothing was in progress",
        "its end within 5s",
        format!("it still ran {waited:.1?} later; {} ended it", conversation.report.ended_by),
    ))
}

/// A server MUST NOT leave a process behind when it ends.
#[observer(
    mcp,
    source = "Lifecycle, Shutdown; every measured server does",
    faults(MCP_LEAVES_A_PROCESS, CHILD_LEFT_BEHIND)
)]
fn leaves_nothing_behind(conversation: &Conversation<'_>) -> Result {
    let left = &conversation.report.survivors;
    let Some(first) = left.first() else { return Ok(()) };
    let mut failure = Failure::mismatch(
        "what is left when the server has ended",
        "no process",
        format!("{} (pid {})", first.command, first.pid),
    );
    for leak in left {
        failure = failure.note(format!("left      {leak}"));
    }
    Err(failure)
}

/// Whether a request of either side was unanswered when the conversation ended, a subscription was
/// open, or a task had been begun.
fn in_progress(conversation: &Conversation<'_>) -> bool {
    let (mut ours, mut its) = (BTreeSet::new(), BTreeSet::new());
    let (mut subscribed, mut calls) = (BTreeSet::new(), BTreeSet::new());
    for entry in conversation.transcript.entries() {
        let (asker, asked) =
            if entry.is_from_subject() { (&mut its, &mut ours) } else { (&mut ours, &mut its) };
        let params = entry.params();
        match &entry.message {
            Message::Request { id, method } => {
                asker.insert(id.to_json().to_string());
                let uri = params["uri"].to_string();
                match method.as_str() {
                    "resources/subscribe" => drop(subscribed.insert(uri)),
                    "resources/unsubscribe" => drop(subscribed.remove(&uri)),
                    "tools/call" if params["task"].is_object() => return true,
                    "tools/call" => drop(calls.insert(id.to_json().to_string())),
                    _ => {}
                }
            }
            Message::Notification { method } if method == CANCELLED => {
                let id = params["requestId"].to_string();
                asker.remove(&id);
                // A call that was cancelled may go on for a while.
                if calls.contains(&id) {
                    return true;
                }
            }
            Message::Response { id } | Message::Error { id } => {
                asked.remove(&id.to_json().to_string());
            }
            _ => {}
        }
    }
    !(ours.is_empty() && its.is_empty() && subscribed.is_empty())
}
