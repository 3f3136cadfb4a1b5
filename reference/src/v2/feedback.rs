//! Feedback: saved to a file, and sent nowhere.

use std::fs;
use std::path::PathBuf;

use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::fault::fault;
use crate::message::Refusal;

/// Parameters of `feedback/save`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Save {
    save_path: PathBuf,
    classification: String,
    reason: Option<String>,
    thread_id: Option<String>,
}

/// `feedback/save`: writes down what the user says.
pub(super) fn save(params: &Save) -> Result<Value, Refusal> {
    let path = &params.save_path;
    if !path.is_absolute() && !fault!(FEEDBACK_SAVED_ANYWHERE) {
        return Err(Refusal::invalid("feedback savePath must be an absolute host path"));
    }
    let thread = params.thread_id.clone();
    let thread = thread.unwrap_or_else(|| format!("no-active-thread-{}", Uuid::now_v7()));
    let said = json!({
        "threadId": thread, "classification": params.classification, "reason": params.reason,
    });
    if !fault!(FEEDBACK_UNSAVED) {
        fs::write(path, said.to_string())
            .map_err(|error| Refusal::internal(format!("failed to save feedback: {error}")))?;
    }
    Ok(json!({ "savedPath": path, "threadId": thread, "promptHash": null }))
}
