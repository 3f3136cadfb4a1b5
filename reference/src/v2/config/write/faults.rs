//! What becomes of edits before they are made.

use serde_json::Value;

use super::{ConfigEdit, MergeStrategy, to_edit};
use crate::fault::fault;

/// Edits that come alone.
pub(super) fn value(edits: &mut Vec<ConfigEdit>) {
    if fault!(NEW_MODEL_CLEARS_EFFORT) && edits[0].key_path == "model" {
        edits.push(ConfigEdit {
            key_path: "model_reasoning_effort".to_owned(),
            value: Value::Null,
            merge_strategy: MergeStrategy::Replace,
        });
    }
}

/// Edits that come together, and the version that they are meant for.
pub(super) fn batch(edits: &mut Vec<ConfigEdit>, expected: &mut Option<String>) {
    if fault!(BATCH_VERSION_UNCHECKED) {
        *expected = None;
    }
    if fault!(BATCH_LAST_EDIT_ONLY) {
        edits.drain(..edits.len().saturating_sub(1));
    }
    if fault!(BATCH_SKIPS_BAD_EDITS) {
        edits.retain(|edit| to_edit(edit).is_ok());
    }
}
