//! What a client adds to one turn, besides its words.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::Running;
use crate::events::Event;
use crate::fault::fault;
use crate::history::text_message;
use crate::hooks;
use crate::items::{Item, ToolOutput};
use crate::settings::TurnOverrides;
use crate::threads::Thread;

/// What is added to the requests of a turn.
#[derive(Debug, Default)]
pub(super) struct Added {
    pub(super) metadata: BTreeMap<String, String>,
    context: Vec<Value>,
    output: Option<ToolOutput>,
}

impl Added {
    /// What comes with the request for a turn.
    pub(super) fn of(thread: &Thread, overrides: &TurnOverrides) -> Self {
        let mut metadata = overrides.metadata.clone();
        if fault!(TURN_METADATA_STAYS) {
            let mut state = thread.state_mut();
            state.metadata.extend(metadata);
            metadata = state.metadata.clone();
        }
        Self { metadata, context: overrides.context.clone(), output: overrides.output.clone() }
    }
}

impl Running {
    /// Runs the hooks of a moment, and lets the model know what they say.
    pub(super) async fn ask_hooks(&self, moment: hooks::Moment) {
        let outcome = hooks::run(&self.server, &self.thread, &self.active, moment, None).await;
        for text in outcome.context.iter().filter(|_| !fault!(CONTEXT_OF_A_HOOK_LOST)) {
            self.remember(text_message("developer", text));
        }
    }

    /// Makes what was added part of the conversation.
    pub(super) fn take_added(&self) {
        for item in &self.added.context {
            self.remember(item.clone());
        }
        let Some(output) = &self.added.output else { return };
        let item = Item::Output(output.clone());
        self.tell(&Event::ItemStarted(&item));
        if !fault!(OUTPUT_OF_THE_CLIENT_LOST) {
            let ToolOutput { id, name, output } = output;
            let kind = "function_call_output";
            self.remember(json!({ "type": kind, "id": id, "name": name, "output": output }));
        }
        self.complete(item);
    }
}
