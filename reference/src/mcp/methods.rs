//! Which method is answered by what, and what the server declares.

use std::sync::Arc;

use serde_json::{Value, json};

use super::envelope::{Refusal, Request};
use super::era::Era;
use super::modern::{self, DISCOVER};
use super::server::{Answered, Server};
use super::subscriptions::{self, LISTEN};
use super::{completion, prompts, resources, tasks, tools};
use crate::fault::fault;

/// What the server declares.
pub(super) fn capabilities(era: Era) -> Value {
    let mut declared = json!({
        "tools": { "listChanged": true },
        "resources": { "listChanged": true },
        "prompts": {},
    });
    if era.has("2025-03-26") {
        declared["completions"] = json!({});
    }
    if !fault!(MCP_LOGGING_NOT_DECLARED) {
        declared["logging"] = json!({});
    }
    if era != Era::Modern {
        declared["resources"]["subscribe"] = json!(true);
    }
    if era == Era::Legacy("2025-11-25") {
        declared["tasks"] =
            json!({ "list": {}, "cancel": {}, "requests": { "tools": { "call": {} } } });
    }
    if era == Era::Modern {
        subscriptions::declare(&mut declared);
    }
    hide(&mut declared);
    declared
}

/// Leaves out what the server has all the same.
fn hide(declared: &mut Value) {
    let mut leave_out = |name: &str| declared.as_object_mut().map(|all| all.remove(name));
    if fault!(MCP_PROMPTS_NOT_DECLARED) {
        leave_out("prompts");
    }
    if fault!(MCP_EMBEDS_UNDECLARED_RESOURCES) {
        leave_out("resources");
    }
    if fault!(MCP_COMPLETIONS_NOT_DECLARED) {
        leave_out("completions");
    }
    if fault!(MCP_UNDECLARED_TASK_IS_CREATED) {
        leave_out("tasks");
    }
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
    let params = &request.params;
    match (request.method.as_str(), era) {
        (DISCOVER, Era::Modern) => modern::discover().map(Answered::Now),
        (LISTEN, Era::Modern) => subscriptions::listen(server, request),
        ("tools/list", _) => tools::list(server, era, request),
        ("tools/call", _) => tools::call(server, era, request),
        ("resources/list", _) => resources::list(era, params).and_then(now),
        ("resources/templates/list", _) => resources::templates(params).and_then(now),
        ("resources/read", _) => resources::read(era, params).and_then(now),
        ("resources/subscribe", Era::Legacy(_)) => {
            resources::subscribe(server, params).and_then(now)
        }
        ("resources/unsubscribe", Era::Legacy(_)) => resources::unsubscribe(params).and_then(now),
        ("prompts/list", _) => prompts::list(server, era, params).and_then(now),
        ("prompts/get", _) => prompts::get(request).and_then(now),
        ("completion/complete", _) => completion::complete(params).and_then(now),
        ("logging/setLevel", Era::Legacy(_)) => server.log.set_level(params).and_then(now),
        ("tasks/get", Era::Legacy("2025-11-25")) => tasks::get(server, params).and_then(now),
        ("tasks/list", Era::Legacy("2025-11-25")) => tasks::list(server, params).and_then(now),
        ("tasks/cancel", Era::Legacy("2025-11-25")) => tasks::cancel(server, params).and_then(now),
        ("tasks/result", Era::Legacy("2025-11-25")) => tasks::result(server, request),
        ("ping" | "logging/setLevel" | "resources/subscribe", Era::Modern)
            if fault!(MCP_REMOVED_METHODS_ANSWERED) =>
        {
            now(json!({}))
        }
        _ if fault!(MCP_UNKNOWN_METHOD_ANSWERED) => now(json!({})),
        (other, _) => Err(Refusal::method(other)),
    }
}
