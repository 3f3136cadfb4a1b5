//! What the server writes: one message a line, whole, whichever thread writes it.

use std::io::{self, Write as _};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use serde_json::{Value, json};

use super::envelope::Refusal;
use crate::fault::fault;
use crate::variant::variant;

/// The server's end of the connection.
#[derive(Debug, Default)]
pub(super) struct Output {
    /// Held while a message is written, so that no other comes in between.
    writing: Mutex<()>,
    /// Whether a write has failed: nobody reads any more.
    unread: AtomicBool,
}

impl Output {
    /// Sends a result.
    pub(super) fn result(&self, id: &Value, mut result: Value) {
        if fault!(MCP_LIST_WITHOUT_ITS_MEMBER) {
            result["tools"] = Value::Null;
        }
        if fault!(MCP_TOOL_WITHOUT_SCHEMA) {
            each_tool(&mut result, |tool| tool["inputSchema"] = Value::Null);
        }
        if fault!(MCP_META_NAME_IS_ILL_FORMED) {
            result["_meta"][" x"] = json!(1);
        }
        if fault!(MCP_META_PREFIX_IS_RESERVED) {
            result["_meta"]["com.mcp.x/foo"] = json!(1);
        }
        if fault!(MCP_RESULT_IS_A_LIST) {
            result = json!([result]);
        }
        self.answer(id, "result", result);
    }

    /// Sends an error.
    pub(super) fn error(&self, id: &Value, refusal: &Refusal) {
        let mut error = refusal.to_json();
        if fault!(MCP_ERROR_CODE_IS_A_TEXT) {
            error["code"] = json!(refusal.code.to_string());
        }
        if fault!(MCP_ERROR_WITHOUT_MESSAGE) {
            error["message"] = Value::Null;
        }
        if fault!(MCP_UNDEFINED_ERROR_CODE) {
            error["code"] = json!(-32050);
        }
        let nobody = Value::Null;
        self.answer(if fault!(MCP_ANSWERS_WITHOUT_ID) { &nobody } else { id }, "error", error);
    }

    /// Sends an answer, which holds this under the name `kind`.
    fn answer(&self, id: &Value, kind: &str, content: Value) {
        if fault!(MCP_LOG_LINE_ON_STDOUT) {
            self.write(b"[info] answering\n");
        }
        let mut answer = json!({ "jsonrpc": "2.0", "id": id, kind: content });
        if variant!(MCP_MEMBERS_REVERSED) {
            answer = json!({ kind: answer[kind], "id": id, "jsonrpc": "2.0" });
        }
        if fault!(MCP_RESULT_AND_ERROR) {
            answer["result"] = json!({});
            answer["error"] = json!({ "code": 0, "message": "no error" });
        }
        if fault!(MCP_NEITHER_RESULT_NOR_ERROR) {
            answer = json!({ "jsonrpc": "2.0", "id": id });
        }
        if fault!(MCP_METHOD_AND_RESULT) {
            answer["method"] = json!("answer");
        }
        if fault!(MCP_ANSWERS_WITH_ANOTHER_ID) {
            answer["id"] = json!(id.as_i64().unwrap_or_default() + 1_000);
        }
        if fault!(MCP_ANSWERS_WITH_A_TEXT_AS_ID) {
            answer["id"] = json!(id.to_string());
        }
        if fault!(MCP_NOTIFICATION_WITH_ID) {
            self.request(&json!(0), "notifications/tools/list_changed", json!({}));
        }
        self.send(answer.clone());
        if fault!(MCP_ANSWERS_TWICE) {
            self.send(answer);
        }
        if fault!(MCP_ANSWER_TO_NOTHING) {
            self.send(json!({ "jsonrpc": "2.0", "id": 987_654, "result": {} }));
        }
    }

    /// Sends an error about something that could not be read, so that nobody knows its id.
    pub(super) fn error_without_id(&self, refusal: &Refusal) {
        if variant!(MCP_ERROR_WITHOUT_ID) {
            return self.send(json!({ "jsonrpc": "2.0", "error": refusal.to_json() }));
        }
        self.send(json!({ "jsonrpc": "2.0", "id": null, "error": refusal.to_json() }));
    }

    /// Sends a notification.
    pub(super) fn notify(&self, method: &str, params: Value) {
        let mut message = json!({ "jsonrpc": "2.0", "method": method });
        if !params.is_null() {
            message["params"] = params;
        }
        self.send(message);
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
    fn send(&self, mut message: Value) {
        if fault!(MCP_NO_JSONRPC)
            && let Some(members) = message.as_object_mut()
        {
            members.remove("jsonrpc");
        }
        if variant!(MCP_UNKNOWN_MEMBERS) {
            more(&mut message);
        }
        if fault!(MCP_ANSWERS_IN_AN_ARRAY) {
            message = json!([message]);
        }
        let mut text = message.to_string();
        if fault!(MCP_PRETTY_PRINTED) {
            text = format!("{message:#}");
        }
        if variant!(MCP_BLANKS_BETWEEN_TOKENS) {
            text = format!("{message:#}").replace('\n', " ");
        }
        let mut line = text.into_bytes();
        if fault!(MCP_INVALID_UTF8) {
            latin1(&mut line);
        }
        if variant!(MCP_LINES_END_WITH_CR_LF) {
            line.push(b'\r');
        }
        line.push(b'\n');
        self.write(&line);
    }

    /// Writes bytes as they are.
    pub(super) fn write(&self, bytes: &[u8]) {
        let _writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let mut stdout = io::stdout().lock();
        // Nobody reads it any more: the end of the input will follow.
        while stdout.write_all(bytes).and_then(|()| stdout.flush()).is_err() {
            self.unread.store(true, Ordering::Relaxed);
            if !fault!(MCP_SPINS_WITHOUT_A_READER) {
                break;
            }
        }
    }

    /// Whether nobody reads what the server writes.
    pub(super) fn is_unread(&self) -> bool {
        self.unread.load(Ordering::Relaxed)
    }
}

/// Changes each tool of a list.
fn each_tool(result: &mut Value, change: impl FnMut(&mut Value)) {
    let tools = result.get_mut("tools").and_then(Value::as_array_mut);
    tools.into_iter().flatten().for_each(change);
}

/// Adds members that no revision has to every object that may have some.
fn more(message: &mut Value) {
    for name in ["result", "params"] {
        let there = message.get_mut(name).and_then(Value::as_object_mut);
        // The answer to a ping is empty.
        if let Some(members) = there.filter(|members| !members.is_empty()) {
            members.insert("x-more".to_owned(), json!({ "of": [1, null, "this"] }));
        }
    }
}

/// Puts a byte that is no UTF-8 into the first text.
fn latin1(line: &mut [u8]) {
    if let Some(quote) = line.iter().position(|byte| *byte == b'"')
        && let Some(byte) = line.get_mut(quote + 1)
    {
        *byte = 0xE9;
    }
}
