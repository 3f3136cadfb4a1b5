//! Which method is answered by what, and what the server declares.

use std::sync::Arc;

use serde_json::{Value, json};

use super::envelope::{Refusal, Request};
use super::era::Era;
use super::modern::{self, DISCOVER};
use super::server::{Answered, Server};
use super::subscriptions::{self, LISTEN};
use super::tools;
use crate::fault::fault;

/// What the server declares.
pub(super) fn capabilities(era: Era) -> Value {
    let mut capabilities = json!({ "tools": { "listChanged": true } });
    if era == Era::Modern {
        subscriptions::declare(&mut capabilities);
    }
    capabilities
}

/// Who the server is.
pub(super) fn identity(era: Era) -> Value {
    let mut identity = json!({ "name": "proctor-reference", "version": env!("CARGO_PKG_VERSION") });
    if era.has("2025-06-18") {
        identity["title"] = json!("Reference server");
    }
    identity
}

/// Answers a request by the rules of its era.
pub(super) fn answer(
    server: &Arc<Server>,
    era: Era,
    request: &Request,
) -> Result<Answered, Refusal> {
    let now = |result: Value| Ok(Answered::Now(result));
    match (request.method.as_str(), era) {
        (DISCOVER, Era::Modern) => modern::discover().map(Answered::Now),
        (LISTEN, Era::Modern) => subscriptions::listen(server, request),
        ("tools/list", _) => now(tools::list(era)),
        ("tools/call", _) => tools::call(server, era, request),
        ("ping" | "logging/setLevel" | "resources/subscribe", Era::Modern)
            if fault!(MCP_REMOVED_METHODS_ANSWERED) =>
        {
            now(json!({}))
        }
        _ if fault!(MCP_UNKNOWN_METHOD_ANSWERED) => now(json!({})),
        (other, _) => Err(Refusal::method(other)),
    }
}
