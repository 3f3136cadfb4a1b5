//! What goes wrong with requests that cannot be decoded, or come too early.

use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Value, json};

use crate::fault::fault;
use crate::message::Refusal;
use crate::outbox::Reply;

/// Whether a request came before initialize.
static EARLY: AtomicBool = AtomicBool::new(false);

/// Parameters for a client that gives none.
pub(crate) fn anonymous(method: &str) -> Option<Value> {
    (method == "initialize" && fault!(NAMELESS_CLIENTS))
        .then(|| json!({ "clientInfo": { "name": "anonymous", "version": "0" } }))
}

/// Answers what cannot be decoded, or never answers it; gives it back if it is to be refused.
pub(crate) fn undecodable(reply: Reply) -> Option<Reply> {
    if fault!(SILENT_ON_UNKNOWN) {
        std::mem::forget(reply);
        return None;
    }
    if fault!(UNKNOWN_SUCCEEDS) {
        reply.ok(json!({}));
        return None;
    }
    if fault!(PANICS_QUIETLY) {
        let _ = std::thread::spawn(|| panic!("planted")).join();
        reply.refuse(Refusal::invalid("Invalid request"));
        return None;
    }
    Some(reply)
}

/// Whether requests are served before initialize.
pub(crate) fn are_let_in() -> bool {
    (fault!(HANDSHAKE_WANTED_ONCE) && EARLY.swap(true, Ordering::Relaxed)) || fault!(NO_HANDSHAKE)
}

/// Gives back what is to be answered: a defect may end or stay silent at parameters of a wrong type.
pub(crate) fn typed(reply: Reply, params: Option<&Value>) -> Option<Reply> {
    match params {
        Some(Value::String(_)) if fault!(SILENT_ON_WRONG_TYPES) => {
            std::mem::forget(reply);
            None
        }
        Some(Value::Array(_)) if fault!(ENDED_BY_WRONG_TYPES) => std::process::exit(1),
        _ => Some(reply),
    }
}
