//! Questions of the first dialect: `execCommandApproval` and `applyPatchApproval`.

use serde_json::{Value, json};

use super::events::{self, changes_json, parsed_command};
use crate::approvals::{Decision, Question, shown_cwd};
use crate::server::Server;
use crate::threads::Thread;
use crate::tools::asked_blindly;

/// The request that puts a question.
pub(crate) fn request(thread: &Thread, question: &Question<'_>) -> (&'static str, Value) {
    match question {
        Question::Exec { command, reason } => (
            "execCommandApproval",
            json!({
                "conversationId": thread.id,
                "callId": command.id,
                "approvalId": null,
                "command": command.argv,
                "cwd": shown_cwd(command),
                "reason": reason,
                "parsedCmd": parsed_command(&command.argv),
            }),
        ),
        Question::Patch { patch } => (
            "applyPatchApproval",
            json!({
                "conversationId": thread.id,
                "callId": patch.id,
                "fileChanges": changes_json(if asked_blindly() { &[] } else { &patch.changes }),
                "reason": null,
                "grantRoot": null,
            }),
        ),
    }
}

/// The event that goes before the request.
pub(crate) fn announce(server: &Server, thread: &Thread, turn: &str, question: &Question<'_>) {
    if thread.state().listeners.is_empty() {
        return;
    }
    let event = match question {
        Question::Exec { command, reason } => {
            let mut event = json!({
                "type": "exec_approval_request",
                "call_id": command.id,
                "turn_id": turn,
                "command": command.argv,
                "cwd": command.cwd,
                "parsed_cmd": parsed_command(&command.argv),
            });
            if let Some(reason) = reason {
                event["reason"] = json!(reason);
            }
            event
        }
        Question::Patch { patch } => json!({
            "type": "apply_patch_approval_request",
            "call_id": patch.id,
            "turn_id": turn,
            "changes": changes_json(&patch.changes),
        }),
    };
    events::send(server, thread, turn, event);
}

/// What a `decision` means.
pub(crate) fn decision(word: &Value) -> Decision {
    match word {
        Value::String(word) => match word.as_str() {
            "approved" => Decision::Approved,
            "approved_for_session" => Decision::ApprovedForSession,
            "abort" => Decision::Abort,
            _ => Decision::Denied,
        },
        Value::Object(amended) if amended.contains_key("approved_execpolicy_amendment") => {
            Decision::Approved
        }
        _ => Decision::Denied,
    }
}
