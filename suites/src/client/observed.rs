//! What came from a subject, by what it is about.

use harness::Call;
use serde_json::Value;

use super::Thread;

/// Whether the call is this notification of this thread.
///
/// An event of `v1` always names its conversation; the first release of `v2` names no thread in
/// some notifications.
pub fn is_of(call: &Call, thread: &Thread, method: &str) -> bool {
    if call.method != method {
        return false;
    }
    if method.starts_with("codex/event/") {
        return call.params["conversationId"].as_str() == Some(&thread.id);
    }
    call.params.get("threadId").is_none_or(|id| id.as_str() == Some(&thread.id))
}

/// Whether the call is this notification about an item of this type.
pub fn is_item(call: &Call, thread: &Thread, method: &str, kind: &str) -> bool {
    is_of(call, thread, method) && call.params["item"]["type"] == kind
}

/// The items of one type that were completed.
pub fn completed_items<'a>(
    calls: &'a [Call],
    thread: &'a Thread,
    kind: &'a str,
) -> impl Iterator<Item = &'a Value> {
    calls
        .iter()
        .filter(move |call| is_item(call, thread, "item/completed", kind))
        .map(|call| &call.params["item"])
}
