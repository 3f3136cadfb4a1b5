//! What goes wrong with the user's word on an action.

use serde_json::Value;

use crate::fault::fault;

/// What is noted of a denial.
pub(crate) fn denial(key: &str) -> String {
    format!("not {key}")
}

/// Whether an action is taken for allowed without a question: something was `allowed` before, or `asked` about in this turn.
pub(crate) fn allows_at_large(allowed: bool, asked: bool) -> bool {
    (allowed && fault!(SESSION_APPROVAL_COVERS_ALL)) || (asked && fault!(ASKS_ONCE_A_TURN))
}

/// Whether what was not accepted runs.
pub(crate) fn denied_runs(answer: &Option<Result<Value, Value>>, word: &Value) -> bool {
    match (answer, word.as_str()) {
        (Some(Ok(_)), Some("denied" | "decline")) => fault!(DENIED_RUNS),
        (Some(Ok(_)), _) => fault!(RUBBISH_IS_AN_APPROVAL),
        (Some(Err(_)), _) => fault!(ERROR_IS_AN_APPROVAL),
        (None, _) => false,
    }
}
