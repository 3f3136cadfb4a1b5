//! What the tools do, and the forms of their results.

use std::time::Duration;

use serde_json::{Value, json};

use crate::fault::fault;
use crate::mcp::calls::Lease;
use crate::mcp::envelope::{Params, Request};
use crate::mcp::era::Era;
use crate::mcp::resources::{DOT, GREETING};
use crate::mcp::server::Server;
use crate::variant::variant;

/// A result of one text.
pub(super) fn text(text: &str) -> Value {
    json!({ "content": [{ "type": "text", "text": text }] })
}

/// The result of a call that failed.
pub(super) fn failed(says: &str) -> Value {
    json!({ "content": [{ "type": "text", "text": says }], "isError": true })
}

pub(super) fn echo(_: &Server, _: Era, _: &Request, arguments: &Params) -> Value {
    text(arguments.get("text").and_then(Value::as_str).unwrap_or_default())
}

pub(super) fn add(_: &Server, era: Era, _: &Request, arguments: &Params) -> Value {
    let number = |name: &str| arguments.get(name).and_then(Value::as_f64).unwrap_or_default();
    let structured = json!({ "sum": number("a") + number("b") });
    let mut result = text(&structured.to_string());
    if era.has("2025-06-18") {
        result["structuredContent"] = structured;
    }
    result
}

pub(super) fn picture(_: &Server, era: Era, _: &Request, _: &Params) -> Value {
    let picture = if fault!(MCP_PICTURE_IS_NOT_BASE64) { "not base64!" } else { DOT };
    let mut content = vec![
        json!({ "type": "text", "text": "a dot", "annotations": { "audience": ["user"], "priority": 1 } }),
        json!({ "type": "image", "data": picture, "mimeType": "image/png" }),
        json!({ "type": "resource", "resource": {
            "uri": GREETING, "mimeType": "text/plain", "text": "Good morning",
        } }),
    ];
    if era.has("2025-03-26") {
        content.push(json!({ "type": "audio", "data": "UklGRg==", "mimeType": "audio/wav" }));
    }
    if era.has("2025-06-18") {
        let mut link = json!({ "type": "resource_link", "uri": GREETING, "name": "greeting" });
        if fault!(MCP_LINK_WITHOUT_NAME) {
            link.as_object_mut().map(|link| link.remove("name"));
        }
        content.push(link);
    }
    json!({ "content": content })
}

pub(super) fn log(server: &Server, era: Era, request: &Request, _: &Params) -> Value {
    for level in ["debug", "warning", "alert"] {
        server.log.say(server, era, request, level);
    }
    text("logged")
}

pub(super) fn report(_: &Server, _: Era, _: &Request, arguments: &Params) -> Value {
    text(arguments.get("topic").and_then(Value::as_str).unwrap_or("nothing"))
}

/// How often a slow call reports its progress.
const STEPS: u32 = 10;

/// Reports its progress ten times, if it was asked to.
pub(super) fn slow(server: &Server, request: &Request, lease: &Lease) -> Option<Value> {
    /// How long it takes if it is not told.
    const USUAL: u64 = 300;
    let arguments = request.params.get("arguments");
    let ms = arguments.and_then(|arguments| arguments["ms"].as_u64()).unwrap_or(USUAL);
    let step = Duration::from_millis(ms) / STEPS;
    for done in 1..=STEPS {
        if !lease.lasts(step) {
            if fault!(MCP_PROGRESS_AFTER_CANCELLATION) {
                // Later than the answer to whatever the client asked next.
                let nothing = json!("nothing");
                server.calls.begin(&nothing).lasts(step);
                server.calls.finish(&nothing);
                progress(server, request, done);
            }
            return None;
        }
        progress(server, request, done);
    }
    if fault!(MCP_CANCELS_OUR_REQUEST) {
        server.out.notify("notifications/cancelled", json!({ "requestId": request.id }));
    }
    Some(text("done"))
}

/// Reports progress, if the request asked for it.
fn progress(server: &Server, request: &Request, done: u32) {
    let Some(token) = request.meta("progressToken") else { return };
    let done = if fault!(MCP_PROGRESS_DECREASES) { STEPS - done } else { done };
    let mut progress = json!({ "progressToken": token, "progress": done, "total": STEPS });
    if variant!(MCP_PROGRESS_IN_FRACTIONS) {
        progress = json!({ "progressToken": token, "progress": f64::from(done) / 7.0 });
    }
    if fault!(MCP_PROGRESS_TOKEN_AS_TEXT) && token.is_number() {
        progress["progressToken"] = json!(token.to_string());
    }
    if fault!(MCP_PROGRESS_OF_ANOTHER_TOKEN) {
        progress["progressToken"] = json!("another");
    }
    server.out.notify("notifications/progress", progress);
}

/// What comes after the answer: nothing.
pub(super) fn after(server: &Server, request: &Request) {
    if fault!(MCP_PROGRESS_AFTER_THE_ANSWER)
        && let Some(token) = request.meta("progressToken")
    {
        let progress = json!({ "progressToken": token, "progress": STEPS + 1 });
        server.out.notify("notifications/progress", progress);
    }
}
