//! What is told besides, or not at all, where something happens in a thread.

use serde_json::{Value, json};

use crate::fault::fault;
use crate::server::Server;

/// What the second dialect's clients are told besides a notification.
pub(crate) fn besides(server: &Server, method: &str, mut params: Value) {
    if fault!(ITEM_WITHOUT_A_START) && method == "item/completed" {
        let mut late = params.clone();
        late["item"]["id"] = json!("never-started");
        server.out.notify_v2(method, &late);
    }
    if fault!(TURN_COMPLETES_TWICE) && method == "turn/completed" {
        server.out.notify_v2(method, &params);
    }
    if fault!(ITEM_COMPLETES_TWICE) && method == "item/completed" {
        server.out.notify_v2(method, &params);
    }
    if fault!(ITEM_AFTER_THE_END) && method == "turn/completed" {
        let item = json!({ "type": "agentMessage", "id": "late", "text": "" });
        let late =
            json!({ "threadId": params["threadId"], "turnId": params["turn"]["id"], "item": item });
        server.out.notify_v2("item/started", &late);
    }
    if fault!(EVENTS_UNDER_ANOTHER_ID) && method == "item/agentMessage/delta" {
        params["threadId"] = json!("00000000-0000-7000-8000-00000000dead");
        server.out.notify_v2(method, &params);
    }
}

/// A turn that is over, as it is told.
pub(crate) fn completed(mut turn: Value) -> Value {
    if fault!(TURN_CHANGES_ITS_ID) {
        turn["id"] = json!(format!("{}-end", turn["id"].as_str().unwrap_or_default()));
    }
    if fault!(END_SAYS_IN_PROGRESS) {
        turn["status"] = json!("inProgress");
    }
    turn
}

/// Whether an event of the first dialect is told twice to so many listeners.
pub(crate) fn is_told_twice(method: &str, listeners: usize) -> bool {
    (method == "codex/event/task_complete" && fault!(TASK_COMPLETES_TWICE))
        || (listeners > 1 && fault!(LISTENERS_DUPLICATE))
}
