//! The actions of a client while a turn runs, as data: a name and a request.

use harness::{Context, Dialect};
use serde_json::{Value, json};

use super::kind::Staged;
use crate::client::{By, ContextExt};

/// What a client does at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Action {
    /// Interrupts the turn.
    Interrupt,
    /// Adds a message to the turn.
    Steer,
    /// Starts another turn.
    Start,
    /// Resumes the thread.
    Resume,
    /// Adds another listener.
    Join,
    /// Ends the subscription.
    Leave,
    /// Reads the thread with its turns.
    Read,
    /// Forks the thread.
    Fork,
    /// Archives the thread.
    Archive,
    /// Gives the thread a name.
    Rename,
    /// Compacts the thread.
    Compact,
    /// Adds an item to what the model knows.
    Inject,
    /// Gives the thread a goal that is not pursued yet.
    SetGoal,
    /// Changes what is stored about the repository of the thread.
    Describe,
}

impl Action {
    /// Its name.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Interrupt => "interrupt",
            Self::Steer => "steer",
            Self::Start => "start another turn",
            Self::Resume => "resume",
            Self::Join => "add a listener",
            Self::Leave => "unsubscribe",
            Self::Read => "read",
            Self::Fork => "fork",
            Self::Archive => "archive",
            Self::Rename => "rename",
            Self::Compact => "compact",
            Self::Inject => "inject an item",
            Self::SetGoal => "set a goal",
            Self::Describe => "update the metadata",
        }
    }

    /// Whether the request names the turn, so that it cannot be sent before the turn has an id.
    pub(super) fn names_the_turn(self, cx: &Context) -> bool {
        match self {
            Self::Interrupt => cx.protocol().interrupted_turn.is_some(),
            Self::Steer => true,
            _ => false,
        }
    }

    /// Whether the client hears nothing of the thread after it.
    pub(super) fn unsubscribes(self) -> bool {
        matches!(self, Self::Leave | Self::Archive)
    }

    /// The request: method and parameters.
    pub(super) fn request(self, cx: &Context, staged: &Staged) -> (&'static str, Value) {
        let (protocol, thread) = (cx.protocol(), &staged.thread);
        let named = || json!({ (protocol.thread_id): thread.id });
        match self {
            Self::Interrupt => {
                let mut params = named();
                if let Some(member) = protocol.interrupted_turn {
                    params[member] = json!(staged.begun.id());
                }
                (protocol.interrupt, params)
            }
            Self::Steer => {
                let mut params = protocol.turn_params(&thread.id, &staged.aside());
                params["expectedTurnId"] = json!(staged.begun.id());
                ("turn/steer", params)
            }
            Self::Start => (protocol.turn, protocol.turn_params(&thread.id, &staged.aside())),
            Self::Resume => {
                let by = if protocol.resumes_by_id {
                    By::Id(&thread.id)
                } else {
                    By::Path(&thread.path)
                };
                (protocol.resume, (protocol.resume_params)(by))
            }
            Self::Join => ("addConversationListener", named()),
            Self::Leave => ("thread/unsubscribe", named()),
            Self::Read if cx.dialect() == Dialect::V1 => ("getConversationSummary", named()),
            Self::Read => ("thread/read", json!({ "threadId": thread.id, "includeTurns": true })),
            Self::Fork => (protocol.fork, named()),
            Self::Archive => {
                (protocol.archive, (protocol.archive_params)(&thread.id, &thread.path))
            }
            Self::Rename => ("thread/name/set", json!({ "threadId": thread.id, "name": "a name" })),
            Self::Compact => ("thread/compact/start", named()),
            Self::Inject => {
                let content = json!([{ "type": "input_text", "text": "by the way" }]);
                let item = json!({ "type": "message", "role": "developer", "content": content });
                ("thread/inject_items", json!({ "threadId": thread.id, "items": [item] }))
            }
            Self::SetGoal => {
                let goal = json!({ "threadId": thread.id, "objective": "a goal",
                    "status": "paused" });
                ("thread/goal/set", goal)
            }
            Self::Describe => {
                let git = json!({ "branch": format!("branch-{}", staged.number) });
                ("thread/metadata/update", json!({ "threadId": thread.id, "gitInfo": git }))
            }
        }
    }
}
