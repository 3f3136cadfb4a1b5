//! Comparisons of the answers and notifications about logins.

use harness::{Call, Result, ensure, ensure_eq, show, text_at};
use serde_json::Value;

/// Fails unless the login ended without success, with a reason.
pub(super) fn ensure_failed(completed: &Call) -> Result {
    ensure_eq!(completed.params["success"], false, "`success` in `{}`", completed.method);
    let why = text_at(&completed.params, "/error", &completed.method)?;
    ensure!(!why.is_empty(), "`error` of the login that ended", "a reason", "an empty text");
    Ok(())
}

/// Fails unless the member is there and `null`.
pub(super) fn ensure_null(value: &Value, member: &str, when: &str) -> Result {
    let found = value.get(member);
    let observed = found.map_or("no such member".to_owned(), show);
    ensure!(found == Some(&Value::Null), format!("`{member}` {when}"), "null", observed);
    Ok(())
}

/// Fails if there are any of these notifications.
pub(super) fn ensure_none(calls: &[Call], what: &str) -> Result {
    let shown: Vec<_> =
        calls.iter().map(|call| format!("{} {}", call.method, call.params)).collect();
    ensure!(calls.is_empty(), what, "none", shown.join(", "));
    Ok(())
}
