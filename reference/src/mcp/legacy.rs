//! Sessions: the revisions up to 2025-11-25, which begin with `initialize`.

use serde_json::{Value, json};

use super::envelope::{Params, Refusal, code};
use super::era::{Era, LEGACY, MODERN};
use super::methods;
use super::server::Server;
use crate::fault::fault;
use crate::variant::variant;

/// A session.
#[derive(Clone, Debug)]
pub(super) struct Session {
    pub(super) version: &'static str,
    /// What the client declared.
    pub(super) capabilities: Value,
}

/// Opens the session.
pub(super) fn initialize(server: &Server, params: &Params) -> Result<Value, Refusal> {
    let opened = server.state().session.is_some();
    if fault!(MCP_DIES_OF_A_SECOND_INITIALIZE) && opened {
        std::process::exit(1);
    }
    let (asked, capabilities) = match asked(params) {
        Err(_) if fault!(MCP_DIES_OF_A_WRONG_INITIALIZE) => std::process::exit(1),
        Err(_) if fault!(MCP_OPENS_WHATEVER_IS_ASKED) => ("", json!({})),
        asked => asked?,
    };
    if fault!(MCP_REFUSES_UNKNOWN_MEMBERS) && params.len() > 3 {
        return Err(Refusal::params("unknown members"));
    }
    if opened && !variant!(MCP_A_SESSION_CAN_BE_OPENED_AGAIN) {
        return Err(Refusal::new(code::INVALID_REQUEST, "already initialized"));
    }
    let version = version(asked)?;
    server.state().session = Some(Session { version, capabilities });
    let mut result = json!({
        "protocolVersion": told(asked, version),
        "capabilities": methods::capabilities(Era::Legacy(version)),
        "serverInfo": methods::identity(Era::Legacy(version)),
        "instructions": "For tests.",
    });
    if fault!(MCP_NO_SERVER_INFO) {
        result["serverInfo"] = Value::Null;
    }
    if fault!(MCP_ASKS_BEFORE_THE_SESSION_IS_OPEN) {
        server.out.request(&json!("early"), "roots/list", json!({}));
    }
    Ok(result)
}

/// The version that the client asks for, and its capabilities.
fn asked(params: &Params) -> Result<(&str, Value), Refusal> {
    let asked = params.get("protocolVersion").and_then(Value::as_str);
    let asked = asked.ok_or_else(|| Refusal::params("protocolVersion"))?;
    if !params.get("clientInfo").is_some_and(Value::is_object) {
        return Err(Refusal::params("clientInfo"));
    }
    let capabilities = params.get("capabilities").filter(|value| value.is_object());
    Ok((asked, capabilities.ok_or_else(|| Refusal::params("capabilities"))?.clone()))
}

/// The revision of a session for a client that asks for this one.
fn version(asked: &str) -> Result<&'static str, Refusal> {
    let newest = LEGACY[LEGACY.len() - 1];
    let known = LEGACY.into_iter().find(|known| *known == asked);
    if known.is_none() && variant!(MCP_REFUSES_UNKNOWN_VERSIONS) {
        let data = json!({ "supported": LEGACY, "requested": asked });
        return Err(Refusal::params("Unsupported protocol version").with(data));
    }
    if fault!(MCP_THE_OLDEST_VERSION_FOR_UNKNOWN_ONES) {
        return Ok(known.unwrap_or(LEGACY[0]));
    }
    Ok(known.unwrap_or(newest))
}

/// The version that the client is told.
fn told<'v>(asked: &'v str, version: &'v str) -> &'v str {
    if fault!(MCP_ECHOES_ANY_VERSION) {
        return asked;
    }
    if fault!(MCP_CONFIRMS_THE_VERSION_WITHOUT_SESSIONS) && asked == MODERN {
        return asked;
    }
    if fault!(MCP_GIVES_AN_OLDER_VERSION) {
        return LEGACY.into_iter().rfind(|older| *older < version).unwrap_or(MODERN);
    }
    version
}

/// The client says that it is ready.
pub(super) fn opened(server: &Server) {
    let nothing = || json!({});
    if variant!(MCP_PINGS_ITS_CLIENT) {
        server.out.request(&json!("ping 1"), "ping", nothing());
    }
    if fault!(MCP_REQUEST_ID_IS_NULL) {
        server.out.request(&Value::Null, "ping", nothing());
    }
    if fault!(MCP_REQUEST_ID_IS_REUSED) {
        server.out.request(&json!(1), "ping", nothing());
        server.out.request(&json!(1), "ping", nothing());
    }
    if fault!(MCP_ASKS_FOR_UNDECLARED_ROOTS) {
        server.out.request(&json!(1), "roots/list", nothing());
    }
    if fault!(MCP_NOTIFIES_AS_IN_ANOTHER_REVISION) {
        let method = "notifications/subscriptions/acknowledged";
        server.out.notify(method, json!({ "notifications": {} }));
    }
}

/// The answer to `ping`, at any time.
pub(super) fn ping(server: &Server) -> Result<Value, Refusal> {
    if fault!(MCP_PING_NEEDS_A_SESSION) {
        era(server)?;
    }
    if fault!(MCP_PING_ANSWERS_PONG) {
        return Ok(json!({ "pong": true }));
    }
    Ok(json!({}))
}

/// The era of a request in the session.
pub(super) fn era(server: &Server) -> Result<Era, Refusal> {
    let state = server.state();
    let session = state.session.as_ref();
    let session = session.ok_or_else(|| Refusal::new(code::INVALID_REQUEST, "not initialized"))?;
    Ok(Era::Legacy(session.version))
}

/// Whether the revision of the session lets a client send several messages in one array.
pub(super) fn has_batches(server: &Server) -> bool {
    let state = server.state();
    let version = state.session.as_ref().map(|session| session.version);
    version == Some("2025-03-26") && !fault!(MCP_IGNORES_BATCHES)
}
