//! Questions of the second dialect: `item/…/requestApproval`.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::render;
use crate::approvals::{Decision, Question, shown_cwd};
use crate::threads::Thread;
use crate::tools::shell;

/// The request that puts a question.
pub(crate) fn request(
    thread: &Thread,
    turn: &str,
    question: &Question<'_>,
) -> (&'static str, Value) {
    let now = Timestamp::now().as_millisecond();
    match question {
        Question::Exec { command, reason } => {
            let mut params = json!({
                "kind": "command",
                "threadId": thread.id,
                "turnId": turn,
                "itemId": command.id,
                "startedAtMs": now,
                "environmentId": "local",
                "command": shell::join(&command.argv),
                "cwd": shown_cwd(command),
                "commandActions": render::actions(&command.argv),
                "availableDecisions": ["accept", "acceptForSession", "decline", "cancel"],
            });
            if let Some(reason) = reason {
                params["reason"] = json!(reason);
            }
            ("item/commandExecution/requestApproval", params)
        }
        Question::Patch { patch } => (
            "item/fileChange/requestApproval",
            json!({
                "threadId": thread.id,
                "turnId": turn,
                "itemId": patch.id,
                "startedAtMs": now,
                "reason": null,
                "grantRoot": null,
            }),
        ),
    }
}

/// What a `decision` means.
pub(crate) fn decision(word: &Value) -> Decision {
    match word {
        Value::String(word) => match word.as_str() {
            "accept" => Decision::Approved,
            "acceptForSession" => Decision::ApprovedForSession,
            "cancel" => Decision::Abort,
            _ => Decision::Denied,
        },
        Value::Object(amended) if amended.contains_key("acceptWithExecpolicyAmendment") => {
            Decision::Approved
        }
        _ => Decision::Denied,
    }
}
