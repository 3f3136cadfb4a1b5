//! What the server writes: one message a line, whole, whichever thread writes it.

use std::io::{self, Write as _};
use std::sync::Mutex;
use std::sync::PoisonError;

use serde_json::{Value, json};

use super::envelope::Refusal;
use crate::fault::fault;

/// The server's end of the connection.
#[derive(Debug, Default)]
pub(super) struct Output {
    /// Held while a message is written, so that no other comes in between.
    writing: Mutex<()>,
}

impl Output {
    /// Sends a result.
    pub(super) fn result(&self, id: &Value, result: Value) {
        self.send(json!({ "jsonrpc": "2.0", "id": id, "result": result }));
    }

    /// Sends an error.
    pub(super) fn error(&self, id: &Value, refusal: &Refusal) {
        self.send(json!({ "jsonrpc": "2.0", "id": id, "error": refusal.to_json() }));
    }

    /// Sends an error about something that could not be read, so that nobody knows its id.
    pub(super) fn error_without_id(&self, refusal: &Refusal) {
        self.send(json!({ "jsonrpc": "2.0", "id": null, "error": refusal.to_json() }));
    }

    /// Sends a notification.
    pub(super) fn notify(&self, method: &str, params: Value) {
        self.send(json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    }

    /// Sends a request with this id.
    pub(super) fn request(&self, id: &Value, method: &str, params: Value) {
        let mut message = json!({ "jsonrpc": "2.0", "id": id, "method": method });
        if !params.is_null() {
            message["params"] = params;
        }
        self.send(message);
    }

    /// Sends one message.
    fn send(&self, message: Value) {
        let mut text = message.to_string();
        if fault!(MCP_PRETTY_PRINTED) {
            text = format!("{message:#}");
        }
        text.push('\n');
        self.write(text.as_bytes());
    }

    /// Writes bytes as they are.
    pub(super) fn write(&self, bytes: &[u8]) {
        let _writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let mut stdout = io::stdout().lock();
        // Nobody reads it any more: the end of the input will follow.
        let _ = stdout.write_all(bytes).and_then(|()| stdout.flush());
    }
}
