//! The answers of a client that does what it is asked.

use harness::Context;
use serde_json::{Map, Value, json};

use crate::mcp::client::arguments;
use crate::mcp::roles::{ELICIT, ROOTS};

/// The answer to a request of this method.
pub(crate) fn to(cx: &Context, method: &str, params: &Value) -> Value {
    match method {
        ROOTS => {
            let uri = format!("file://{}", cx.home.work().display());
            json!({ "roots": [{ "uri": uri, "name": "work" }] })
        }
        ELICIT if params["mode"] == json!("url") => json!({ "action": "accept" }),
        ELICIT => json!({ "action": "accept", "content": filled_in(&params["requestedSchema"]) }),
        _ => json!({
            "role": "assistant",
            "content": { "type": "text", "text": "word" },
            "model": "proctor",
            "stopReason": "endTurn",
        }),
    }
}

/// A form with what is required.
fn filled_in(schema: &Value) -> Map<String, Value> {
    let mut content = arguments(schema);
    for (name, value) in &mut content {
        let text = match schema["properties"][name.as_str()]["format"].as_str() {
            Some("email") => "a@example.com",
            Some("uri") => "https://example.com/",
            Some("date") => "2026-01-31",
            Some("date-time") => "2026-01-31T12:00:00Z",
            _ => continue,
        };
        *value = json!(text);
    }
    content
}
