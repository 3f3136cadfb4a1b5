//! The Model Context Protocol's handshakes: that of the revisions with sessions, and that of the
//! ones without.

use report::Revision;
use serde_json::{Value, json};

use crate::app_server::client_info;

/// The notification that follows the answer to `initialize`.
pub(crate) const INITIALIZED: &str = "notifications/initialized";
/// The list of tools.
pub(crate) const LIST: &str = "tools/list";
/// The notification that takes a request back: it need not be answered any more.
pub(crate) const CANCELLED: &str = "notifications/cancelled";
/// A method that every server with sessions has.
pub(crate) const PING: &str = "ping";
/// The first request of a client that knows the revisions without sessions.
pub(crate) const DISCOVER: &str = "server/discover";
/// The member of `_meta` in which a server without sessions says who it is.
pub(crate) const SERVER_INFO: &str = "io.modelcontextprotocol/serverInfo";

/// The parameters of `initialize`; app-servers accept them too: they ignore unknown members.
pub(crate) fn initialize_params() -> Value {
    json!({
        "protocolVersion": Revision::NEWEST_LEGACY.name(),
        "capabilities": { "elicitation": {} },
        "clientInfo": client_info(),
    })
}

/// The parameters of `server/discover`.
pub(crate) fn discover_params() -> Value {
    json!({ "_meta": request_meta(Revision::R20260728, &json!({})) })
}

/// The `_meta` of a request in a revision without sessions, for a client with these capabilities.
pub fn request_meta(revision: Revision, capabilities: &Value) -> Value {
    json!({
        "io.modelcontextprotocol/protocolVersion": revision.name(),
        "io.modelcontextprotocol/clientCapabilities": capabilities,
        "io.modelcontextprotocol/clientInfo": client_info(),
    })
}
