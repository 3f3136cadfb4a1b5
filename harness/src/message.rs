//! JSON-RPC messages: the kind of a line, and its members. No I/O.

use std::fmt;

use serde::Serialize;
use serde_json::{Value, json};
use shown::ticked;

use crate::coverage::Tally;
use crate::ensure::show;
use crate::failure::{Failure, Result};

/// The codes of JSON-RPC 2.0 §5.1, and one that app-servers add.
pub mod code {
    /// The JSON is not a valid request.
    pub const INVALID_REQUEST: i64 = -32600;
    /// The method does not exist.
    pub const METHOD_NOT_FOUND: i64 = -32601;
    /// The parameters are wrong.
    pub const INVALID_PARAMS: i64 = -32602;
    /// An error inside the server.
    pub const INTERNAL_ERROR: i64 = -32603;
    /// The line is not JSON.
    pub const PARSE_ERROR: i64 = -32700;
    /// The server has too many requests waiting (app-server README, Transport).
    pub const OVERLOADED: i64 = -32001;
}

/// A request id: type and value are both significant, `1` is not `"1"`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(untagged)]
pub enum Id {
    /// A whole number.
    Number(i64),
    /// A text.
    Text(String),
    /// Anything else, as JSON: not a legal id, but a subject may send it.
    Illegal(String),
}

impl Id {
    /// The id in `value`.
    pub fn of(value: &Value) -> Self {
        match value {
            Value::Number(number) => {
                number.as_i64().map_or_else(|| Self::Illegal(number.to_string()), Self::Number)
            }
            Value::String(text) => Self::Text(text.clone()),
            other => Self::Illegal(other.to_string()),
        }
    }

    /// The id as a program knows it that keeps numbers as doubles: for rules that are about other
    /// things than large numbers.
    #[must_use]
    pub fn rounded(self) -> Self {
        match self {
            Self::Number(number) => Self::Number(number as f64 as i64),
            other => other,
        }
    }

    /// The id as JSON.
    pub fn to_json(&self) -> Value {
        match self {
            Self::Number(number) => json!(number),
            Self::Text(text) => json!(text),
            Self::Illegal(text) => serde_json::from_str(text).unwrap_or(Value::Null),
        }
    }
}

impl From<i64> for Id {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl From<&str> for Id {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => write!(f, "{number}"),
            Self::Text(text) => write!(f, "{text:?}"),
            Self::Illegal(text) => f.write_str(text),
        }
    }
}

/// The `error` member of an answer.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RpcError {
    /// The code; `None` if it is missing or not a whole number.
    pub code: Option<i64>,
    /// The message; empty if it is missing.
    pub message: String,
    /// The data, if there is any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<Value>,
}

impl RpcError {
    pub(crate) fn of(value: &Value) -> Self {
        Self {
            code: value.get("code").and_then(Value::as_i64),
            message: value.get("message").and_then(Value::as_str).unwrap_or_default().to_owned(),
            data: value.get("data").cloned(),
        }
    }
}

impl fmt::Display for RpcError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.code {
            Some(code) => write!(f, "error {code} {:?}", self.message),
            None => write!(f, "an error without a code, {:?}", self.message),
        }
    }
}

/// The kind of a line.
#[derive(Clone, Debug, PartialEq)]
pub enum Message {
    /// `{id, method}`.
    Request {
        /// The id.
        id: Id,
        /// The method.
        method: String,
    },
    /// `{method}` without an id.
    Notification {
        /// The method.
        method: String,
    },
    /// `{id, result}`.
    Response {
        /// The id of the request.
        id: Id,
    },
    /// `{id, error}`.
    Error {
        /// The id of the request.
        id: Id,
    },
    /// JSON, but none of these; the text says why.
    Malformed(&'static str),
    /// Not JSON, or not text; the text says why.
    Pollution(String),
}

impl Message {
    /// The kind of an object, decided by its members alone.
    pub fn classify(value: &Value) -> Self {
        let Some(object) = value.as_object() else {
            return Self::Malformed("not an object");
        };
        let id = object.get("id").map(Id::of);
        let method = object.get("method");
        let (result, error) = (object.contains_key("result"), object.contains_key("error"));
        match (method, id, result, error) {
            (Some(_), _, true, _) | (Some(_), _, _, true) => {
                Self::Malformed("a method together with a result or an error")
            }
            (Some(Value::String(method)), Some(id), ..) => {
                Self::Request { id, method: method.clone() }
            }
            (Some(Value::String(method)), None, ..) => {
                Self::Notification { method: method.clone() }
            }
            (Some(_), ..) => Self::Malformed("a method that is not text"),
            (None, _, true, true) => Self::Malformed("both a result and an error"),
            (None, Some(id), true, false) => Self::Response { id },
            (None, Some(id), false, true) => Self::Error { id },
            (None, None, ..) => Self::Malformed("neither an id nor a method"),
            (None, Some(_), false, false) => {
                Self::Malformed("an id without method, result or error")
            }
        }
    }

    /// The id in an answer, even if the answer is malformed because it has both members.
    pub fn answers(&self, value: &Value) -> Option<Id> {
        match self {
            Self::Response { id } | Self::Error { id } => Some(id.clone()),
            Self::Malformed(_) if value.get("method").is_none() => value.get("id").map(Id::of),
            _ => None,
        }
    }
}

/// The answer to a request.
#[derive(Clone, Debug)]
pub struct Reply {
    /// The method of the request, for failures.
    pub method: String,
    /// The parameters of the request, for failures; empty if unknown.
    pub asked: String,
    /// The whole object.
    pub value: Value,
    tally: Tally,
}

impl Reply {
    pub(crate) fn new(method: String, asked: String, value: Value, tally: Tally) -> Self {
        Self { method, asked, value, tally }
    }

    /// The result, or a failure if the request was answered with an error.
    #[track_caller]
    pub fn result(&self) -> Result<&Value> {
        match self.value.get("result") {
            Some(result) if self.value.get("error").is_none() => {
                self.tally.read(&self.method);
                Ok(result)
            }
            _ => Err(self.unlike(self.name(), "a result")),
        }
    }

    /// The result by value.
    #[track_caller]
    pub fn into_result(mut self) -> Result<Value> {
        self.result()?;
        Ok(self.value.get_mut("result").map(Value::take).unwrap_or_default())
    }

    /// The error, or a failure if the request was answered with a result.
    #[track_caller]
    pub fn error(&self) -> Result<RpcError> {
        match self.value.get("error") {
            Some(error) if self.value.get("result").is_none() => Ok(RpcError::of(error)),
            _ => Err(self.unlike(self.name(), "an error")),
        }
    }

    /// The code of the error, or a failure if there is none.
    #[track_caller]
    pub fn error_code(&self) -> Result<i64> {
        match self.error()?.code {
            Some(code) => Ok(code),
            None => Err(Failure::mismatch(
                format!("error of the {}", self.name()),
                "a whole number as `code`",
                self.describe(),
            )),
        }
    }

    /// The result, or a failure about `what`.
    #[track_caller]
    pub fn granted(&self, what: impl fmt::Display) -> Result<&Value> {
        match self.result() {
            Ok(result) => Ok(result),
            // Not `map_err`: inside a closure the place of the caller would be lost.
            Err(_) => Err(self.unlike(what, "a result")),
        }
    }

    /// The error, or a failure about `what`.
    #[track_caller]
    pub fn refusal(&self, what: impl fmt::Display) -> Result<RpcError> {
        match self.error() {
            Ok(error) => Ok(error),
            // Not `map_err`: inside a closure the place of the caller would be lost.
            Err(_) => Err(self.unlike(what, "an error")),
        }
    }

    /// The error, or a failure about `what` if there is none or it has another code.
    #[track_caller]
    pub fn refused(&self, code: i64, what: impl fmt::Display) -> Result<RpcError> {
        self.refused_with(&[code], what)
    }

    /// The error, or a failure about `what` if there is none or it has none of these codes.
    #[track_caller]
    pub fn refused_with(&self, codes: &[i64], what: impl fmt::Display) -> Result<RpcError> {
        match self.error() {
            Ok(error) if error.code.is_some_and(|code| codes.contains(&code)) => Ok(error),
            _ => {
                let codes: Vec<_> = codes.iter().map(ToString::to_string).collect();
                Err(self.unlike(what, &format!("error {}", codes.join(" or "))))
            }
        }
    }

    /// Whether the answer is an error.
    pub fn is_error(&self) -> bool {
        self.value.get("error").is_some()
    }

    /// The failure of an answer that is not of the `expected` kind.
    #[track_caller]
    fn unlike(&self, what: impl fmt::Display, expected: &str) -> Failure {
        let failure = Failure::mismatch(what.to_string(), expected, self.describe());
        match self.asked.as_str() {
            "" => failure,
            asked => failure.note(format!("asked     {} {asked}", self.method)),
        }
    }

    /// The name of the answer in a failure.
    pub fn name(&self) -> String {
        format!("reply to {}", ticked(&self.method))
    }

    fn describe(&self) -> String {
        match (self.value.get("result"), self.value.get("error")) {
            (Some(result), None) => format!("the result {}", show(result)),
            (None, Some(error)) => RpcError::of(error).to_string(),
            _ => show(&self.value),
        }
    }
}

/// A message of the subject that is not an answer: a notification or a request.
#[derive(Clone, Debug)]
pub struct Call {
    /// The method.
    pub method: String,
    /// The id, if the message is a request.
    pub id: Option<Id>,
    /// The parameters; `null` if there are none.
    pub params: Value,
    /// Its number in the conversation: later messages have higher numbers.
    pub seq: usize,
}

impl Call {
    /// The text at a JSON pointer below `params`, or a failure with the value that is there
    /// instead.
    #[track_caller]
    pub fn text(&self, pointer: &str) -> Result<&str> {
        text_at(&self.params, pointer, &format!("params of `{}`", self.method))
    }
}

/// The message with or without the version of JSON-RPC.
pub(crate) fn enveloped(jsonrpc: bool, mut message: Value) -> Value {
    if jsonrpc && let Some(object) = message.as_object_mut() {
        object.shift_insert(0, "jsonrpc".to_owned(), json!("2.0"));
    }
    message
}

/// The text at a JSON pointer, or a failure with the value that is there instead.
#[track_caller]
pub fn text_at<'v>(value: &'v Value, pointer: &str, what: &str) -> Result<&'v str> {
    let found = value.pointer(pointer);
    match found.and_then(Value::as_str) {
        Some(text) => Ok(text),
        None => Err(Failure::mismatch(
            format!("`{}` in {what}", pointer.trim_start_matches('/').replace('/', ".")),
            "a text",
            found.map_or_else(|| format!("no such member, in {}", show(value)), show),
        )),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Id, Message};

    #[test]
    fn the_kind_is_decided_by_the_members() {
        for (value, message) in [
            (
                json!({ "id": 1, "method": "m" }),
                Message::Request { id: 1.into(), method: "m".into() },
            ),
            (json!({ "method": "m" }), Message::Notification { method: "m".into() }),
            (json!({ "id": "1", "result": null }), Message::Response { id: "1".into() }),
            (json!({ "id": 1, "error": {} }), Message::Error { id: 1.into() }),
            (
                json!({ "id": 1, "result": 1, "error": {} }),
                Message::Malformed("both a result and an error"),
            ),
            (json!({ "id": 1 }), Message::Malformed("an id without method, result or error")),
            (json!([]), Message::Malformed("not an object")),
            (
                json!({ "id": 1, "method": "m", "result": 1 }),
                Message::Malformed("a method together with a result or an error"),
            ),
        ] {
            assert_eq!(Message::classify(&value), message, "{value}");
        }
    }

    #[test]
    fn ids_keep_their_type() {
        assert_ne!(Id::of(&json!(1)), Id::of(&json!("1")));
        assert_eq!(Id::of(&json!(1.5)).to_json(), json!(1.5));
        assert_eq!(
            Id::of(&json!(9_007_199_254_740_993_i64)).to_json(),
            json!(9_007_199_254_740_993_i64)
        );
    }
}
