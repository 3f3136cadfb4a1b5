//! What goes wrong with what the model is told.

use serde_json::Value;

use crate::fault::fault;

/// The history as it is sent.
pub(crate) fn sent(history: &[Value]) -> Vec<Value> {
    let mut input = history.to_vec();
    if fault!(HISTORY_WINDOW) {
        input.drain(..input.len().saturating_sub(5));
    }
    if fault!(AGENT_FORGOTTEN) {
        input.retain(|item| item["role"] != "assistant");
    }
    if fault!(OUTPUTS_OF_FAILURES_LOST) {
        input.retain(|item| {
            let output = item["output"].as_str().unwrap_or_default();
            !output.contains("exited with code 3") && !output.contains("exit code: 3")
        });
    }
    if fault!(WORDS_DOUBLED)
        && let Some(at) = input.iter().rposition(|item| item["role"] == "user")
    {
        input.insert(at, input[at].clone());
    }
    if fault!(CALLS_CUT_SHORT_LEFT_OPEN) {
        input.retain(|item| !item["type"].as_str().is_some_and(|kind| kind.ends_with("_output")));
    }
    input
}

/// What is left of a history when a request begins.
pub(crate) fn remembered(history: &[Value]) -> &[Value] {
    if fault!(HISTORY_FORGOTTEN) {
        return &history[history.iter().rposition(|item| item["role"] == "user").unwrap_or(0)..];
    }
    history
}
