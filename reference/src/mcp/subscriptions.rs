//! Subscriptions of the revision without sessions: each is a request that stays open, and what it asked for is sent with its id.

use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::{Map, Value, json};

use super::calls::Lease;
use super::envelope::{Refusal, Request};
use super::era::meta;
use super::output::Output;
use super::server::{Answered, Server};
use crate::fault::fault;
use crate::variant::variant;

/// The request that opens a subscription.
pub(super) const LISTEN: &str = "subscriptions/listen";
/// What a client can ask for, of what this server has.
const TOOLS: &str = "toolsListChanged";

/// The subscriptions that are open, oldest first.
#[derive(Debug, Default)]
pub(super) struct Subscriptions(Mutex<Vec<Subscription>>);

#[derive(Clone, Debug)]
struct Subscription {
    /// The id of the request that opened it.
    id: Value,
    /// Whether it is about the tools.
    tools: bool,
}

impl Subscriptions {
    fn lock(&self) -> MutexGuard<'_, Vec<Subscription>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether one is open.
    pub(super) fn is_open(&self) -> bool {
        !self.lock().is_empty()
    }

    /// Ends the subscription of the request with this id, if there is one.
    pub(super) fn cancel(&self, out: &Output, id: &Value) {
        let mut open = self.lock();
        if !open.iter().any(|subscription| subscription.id == *id) {
            return;
        }
        if fault!(MCP_CANCEL_ENDS_ALL_SUBSCRIPTIONS) {
            open.clear();
        }
        if !fault!(MCP_SUBSCRIPTION_OUTLIVES_CANCEL) {
            open.retain(|subscription| subscription.id != *id);
        }
        if fault!(MCP_CANCELLED_LISTEN_ANSWERED) {
            out.result(
                id,
                json!({ "resultType": "complete", "_meta": { meta::SUBSCRIPTION: id } }),
            );
        }
    }

    /// Tells everybody who asked for it that the tools have changed.
    pub(super) fn tools_changed(&self, out: &Output) {
        for subscription in self.lock().iter() {
            if subscription.tools || fault!(MCP_NOTIFIES_UNASKED) {
                let untagged = fault!(MCP_NOTIFIES_UNTAGGED);
                let params = if untagged { json!({}) } else { tag(&subscription.id) };
                out.notify("notifications/tools/list_changed", params);
            }
        }
    }
}

/// Whether there is anything to listen to.
fn has_any() -> bool {
    !variant!(MCP_NOTHING_TO_LISTEN_TO)
}

/// Declares what is there to listen to, and what changes nothing.
pub(super) fn declare(capabilities: &mut Value) {
    if !has_any() {
        capabilities["tools"] = json!({});
        capabilities["resources"] = json!({});
    }
    // It has no log messages, which is as good as any.
    capabilities["logging"] = json!({});
    let name = if fault!(MCP_EXTENSION_WITHOUT_PREFIX) { "notes" } else { "com.example/notes" };
    capabilities["extensions"] = json!({ name: {} });
}

/// Opens a subscription.
pub(super) fn listen(server: &Server, request: &Request) -> Result<Answered, Refusal> {
    if !has_any() {
        return Err(Refusal::method(LISTEN));
    }
    let none = Map::new();
    let asked = match request.params.get("notifications") {
        Some(Value::Object(asked)) => asked,
        None if fault!(MCP_LISTEN_WITHOUT_FILTER) => &none,
        _ => return Err(Refusal::params("notifications")),
    };
    let wants = |name: &str| asked.get(name) == Some(&json!(true));
    let mut agreed = Map::new();
    if wants(TOOLS) || fault!(MCP_LISTEN_AGREES_TO_MORE) {
        agreed.insert(TOOLS.to_owned(), json!(true));
    }
    if fault!(MCP_LISTEN_AGREES_TO_EVERYTHING) {
        agreed.clone_from(asked);
    }
    let mut id = request.id.clone();
    let mut open = server.subscriptions.lock();
    if fault!(MCP_ONE_SUBSCRIPTION_ID)
        && let Some(first) = open.first()
    {
        id = first.id.clone();
    }
    if fault!(MCP_SECOND_LISTEN_ENDS_THE_FIRST) {
        open.clear();
    }
    open.push(Subscription { id: id.clone(), tools: wants(TOOLS) });
    drop(open);
    if fault!(MCP_NOTIFIES_BEFORE_ACKNOWLEDGING) {
        server.subscriptions.tools_changed(&server.out);
    }
    let mut params = tag(&id);
    if fault!(MCP_SUBSCRIPTION_ID_AS_TEXT) {
        let text = id.as_str().map_or_else(|| id.to_string(), str::to_owned);
        params["_meta"][meta::SUBSCRIPTION] = json!(text);
    }
    params["notifications"] = Value::Object(agreed);
    if !fault!(MCP_LISTEN_UNACKNOWLEDGED) {
        server.out.notify("notifications/subscriptions/acknowledged", params);
    }
    Ok(Answered::Later)
}

/// The tool `announce`: says that the tools have changed, to all who may hear it.
pub(super) fn announce(server: &Server, _request: &Request, _lease: &Lease) -> Option<Value> {
    let has_session = server.state().session.is_some();
    if has_session {
        server.out.notify("notifications/tools/list_changed", json!({}));
    } else {
        server.subscriptions.tools_changed(&server.out);
    }
    Some(json!({ "content": [{ "type": "text", "text": "announced" }] }))
}

/// The parameters of a notification of the subscription with this id.
fn tag(id: &Value) -> Value {
    json!({ "_meta": { meta::SUBSCRIPTION: id } })
}
