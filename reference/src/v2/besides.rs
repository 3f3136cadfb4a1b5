//! What a client adds to one turn: to the requests to the model, and before the words of the user.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::fault::fault;
use crate::history::text_message;
use crate::items::ToolOutput;
use crate::message::Refusal;

/// Members of `turn/start` that are about this turn alone.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Besides {
    responsesapi_client_metadata: Option<BTreeMap<String, String>>,
    responsesapi_client_metadata_patch: Option<BTreeMap<String, String>>,
    parent_turn_id: Option<String>,
    root_turn_id: Option<String>,
    turn_trigger: Option<String>,
    additional_context: Option<BTreeMap<String, Entry>>,
    tool_output: Option<Output>,
}

#[derive(Debug, Deserialize)]
struct Entry {
    value: String,
}

#[derive(Debug, Deserialize)]
struct Output {
    name: String,
    output: Value,
}

impl Besides {
    /// The part of it that only clients with the `experimentalApi` capability may use.
    pub(super) fn experimental(&self) -> Option<&'static str> {
        let context = self.additional_context.as_ref().map(|_| "turn/start.additionalContext");
        let metadata = self.responsesapi_client_metadata.as_ref();
        let metadata = metadata.map(|_| "turn/start.responsesapiClientMetadata");
        let patch = self.responsesapi_client_metadata_patch.as_ref();
        let patch = patch.map(|_| "turn/start.responsesapiClientMetadataPatch");
        context.or(metadata).or(patch)
    }

    /// What is added to the requests to the model, by name.
    pub(super) fn metadata(&self) -> BTreeMap<String, String> {
        if fault!(TURN_METADATA_LOST) {
            return BTreeMap::new();
        }
        let mut all = self.responsesapi_client_metadata.clone().unwrap_or_default();
        all.extend(self.responsesapi_client_metadata_patch.clone().unwrap_or_default());
        let members = [
            ("parent_turn_id", &self.parent_turn_id),
            ("root_turn_id", &self.root_turn_id),
            ("turn_trigger", &self.turn_trigger),
        ];
        for (name, value) in members {
            all.extend(value.clone().map(|value| (name.to_owned(), value)));
        }
        all
    }

    /// What the model is told before the words of the user.
    pub(super) fn context(&self) -> Vec<Value> {
        let entries = self.additional_context.iter().flatten();
        let shown = entries.map(|(name, entry)| {
            text_message("user", &format!("<external_{name}>{}</external_{name}>", entry.value))
        });
        shown.filter(|_| !fault!(ADDITIONAL_CONTEXT_LOST)).collect()
    }

    /// The output of a tool that the client has called by itself.
    pub(super) fn output(&self, speaks: bool) -> Result<Option<ToolOutput>, Refusal> {
        match &self.tool_output {
            Some(_) if speaks => {
                Err(Refusal::invalid("`toolOutput` cannot be combined with nonempty `input`"))
            }
            Some(Output { name, output }) => {
                Ok(Some(ToolOutput::new(name.clone(), output.clone())))
            }
            None => Ok(None),
        }
    }
}

/// The members as the model gets them.
pub(crate) fn sent(metadata: &BTreeMap<String, String>) -> Option<Value> {
    let text = serde_json::to_string(metadata).ok().filter(|_| !metadata.is_empty())?;
    Some(json!({ "x-codex-turn-metadata": text }))
}
