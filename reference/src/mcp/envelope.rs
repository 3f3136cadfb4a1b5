//! What travels on the wire: JSON-RPC 2.0, one object a line.

use serde_json::{Map, Value, json};

use crate::fault::fault;

/// Codes of errors, and what they mean.
pub(super) mod code {
    /// The line is not JSON.
    pub(in crate::mcp) const PARSE_ERROR: i64 = -32700;
    /// The line is JSON, and no message.
    pub(in crate::mcp) const INVALID_REQUEST: i64 = -32600;
    /// There is no such method.
    pub(in crate::mcp) const METHOD_NOT_FOUND: i64 = -32601;
    /// The parameters are not those of the method.
    pub(in crate::mcp) const INVALID_PARAMS: i64 = -32602;
    /// The server cannot do it.
    pub(in crate::mcp) const INTERNAL_ERROR: i64 = -32603;
    /// The client did not declare what the request needs; 2026-07-28.
    pub(in crate::mcp) const MISSING_CAPABILITY: i64 = -32021;
    /// The version is not supported; 2026-07-28.
    pub(in crate::mcp) const UNSUPPORTED_VERSION: i64 = -32022;
}

/// What an error says.
#[derive(Clone, Debug)]
pub(super) struct Refusal {
    pub(super) code: i64,
    pub(super) message: String,
    pub(super) data: Value,
}

impl Refusal {
    pub(super) fn new(code: i64, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), data: Value::Null }
    }

    pub(super) fn params(message: impl Into<String>) -> Self {
        Self::new(code::INVALID_PARAMS, message)
    }

    pub(super) fn method(name: &str) -> Self {
        Self::new(code::METHOD_NOT_FOUND, format!("Method not found: {name}"))
    }

    /// The same one with this `data`.
    pub(super) fn with(self, data: Value) -> Self {
        Self { data, ..self }
    }

    /// The member `error` of a message.
    pub(super) fn to_json(&self) -> Value {
        let mut error = json!({ "code": self.code, "message": self.message });
        if !self.data.is_null() {
            error["data"] = self.data.clone();
        }
        error
    }
}

/// The members of the parameters; none if there are no parameters.
pub(super) type Params = Map<String, Value>;

/// A request: what is answered.
#[derive(Clone, Debug)]
pub(super) struct Request {
    /// As it came: a number or a text.
    pub(super) id: Value,
    pub(super) method: String,
    pub(super) params: Params,
}

impl Request {
    /// A member of `_meta`.
    pub(super) fn meta(&self, name: &str) -> Option<&Value> {
        self.params.get("_meta")?.get(name)
    }
}

/// One line from the client.
#[derive(Clone, Debug)]
pub(super) enum Incoming {
    Request(Request),
    Notification { method: String, params: Params },
    Answer { id: Value, outcome: Result<Value, Value> },
}

/// Why a line is no message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unreadable {
    /// It holds nothing.
    Blank,
    NotJson,
    NoMessage,
}

/// Reads one line.
pub(super) fn parse(line: &[u8]) -> Result<Incoming, Unreadable> {
    if line.trim_ascii().is_empty() {
        return Err(Unreadable::Blank);
    }
    let text = std::str::from_utf8(line).map_err(|_| Unreadable::NotJson)?;
    let value: Value = serde_json::from_str(text).map_err(|_| Unreadable::NotJson)?;
    let Value::Object(mut message) = value else { return Err(Unreadable::NoMessage) };
    let is_message = message.get("jsonrpc").and_then(Value::as_str) == Some("2.0")
        && message.get("id").is_none_or(|id| id.is_string() || id.is_i64() || id.is_u64());
    if !is_message && !fault!(MCP_READS_ANY_ENVELOPE) {
        return Err(Unreadable::NoMessage);
    }
    let mut id = message.remove("id");
    if fault!(MCP_TREATS_FALSE_IDS_AS_NONE) {
        id = id.filter(|id| *id != json!(0) && *id != json!(""));
    }
    if fault!(MCP_TAKES_ONLY_NUMBERS_AS_IDS) {
        id = id.filter(Value::is_number);
    }
    if fault!(MCP_TAKES_ONLY_POSITIVE_IDS) {
        id = id.filter(|id| id.as_i64().is_none_or(|id| id >= 0));
    }
    match (id, message.remove("method")) {
        (id, Some(Value::String(method))) => {
            let params = match message.remove("params") {
                None | Some(Value::Null) => Params::new(),
                Some(Value::Object(params)) => params,
                Some(_) => return Err(Unreadable::NoMessage),
            };
            Ok(match id {
                Some(id) => Incoming::Request(Request { id, method, params }),
                None => Incoming::Notification { method, params },
            })
        }
        (Some(id), None) => match (message.remove("result"), message.remove("error")) {
            (Some(result), None) => Ok(Incoming::Answer { id, outcome: Ok(result) }),
            (None, Some(error)) => Ok(Incoming::Answer { id, outcome: Err(error) }),
            _ => Err(Unreadable::NoMessage),
        },
        _ => Err(Unreadable::NoMessage),
    }
}
