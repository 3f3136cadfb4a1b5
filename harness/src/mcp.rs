//! The Model Context Protocol's handshake.

use serde_json::{Value, json};

use crate::app_server::client_info;

/// The notification that follows the answer to `initialize`.
pub(crate) const INITIALIZED: &str = "notifications/initialized";
/// A method that every server with tools has, and that changes nothing.
pub(crate) const METHOD: &str = "tools/list";
/// The revision of the protocol that we ask for.
pub(crate) const PROTOCOL: &str = "2025-06-18";

/// The parameters of `initialize`; app-servers accept them too: they ignore unknown members.
pub(crate) fn initialize_params() -> Value {
    json!({
        "protocolVersion": PROTOCOL,
        "capabilities": { "elicitation": {} },
        "clientInfo": client_info(),
    })
}
