//! Sessions: the revisions up to 2025-11-25, which begin with `initialize`.

use serde_json::{Value, json};

use super::envelope::{Params, Refusal, code};
use super::era::{Era, LEGACY};
use super::methods;
use super::server::Server;
use crate::fault::fault;

/// A session.
#[derive(Clone, Debug)]
pub(super) struct Session {
    pub(super) version: &'static str,
    /// What the client declared.
    pub(super) capabilities: Value,
}

/// Opens the session.
pub(super) fn initialize(server: &Server, params: &Params) -> Result<Value, Refusal> {
    let text = |name: &str| params.get(name).and_then(Value::as_str);
    let asked = text("protocolVersion").ok_or_else(|| Refusal::params("protocolVersion"))?;
    if !params.get("clientInfo").is_some_and(Value::is_object) {
        return Err(Refusal::params("clientInfo"));
    }
    let capabilities = params.get("capabilities").filter(|value| value.is_object());
    let capabilities = capabilities.ok_or_else(|| Refusal::params("capabilities"))?.clone();
    if server.state().session.is_some() {
        return Err(Refusal::new(code::INVALID_REQUEST, "already initialized"));
    }
    let known = LEGACY.into_iter().find(|known| *known == asked);
    let version = known.unwrap_or(LEGACY[LEGACY.len() - 1]);
    server.state().session = Some(Session { version, capabilities });
    let told = if fault!(MCP_ECHOES_ANY_VERSION) { asked } else { version };
    Ok(json!({
        "protocolVersion": told,
        "capabilities": methods::capabilities(Era::Legacy(version)),
        "serverInfo": methods::identity(Era::Legacy(version)),
        "instructions": "For tests.",
    }))
}

/// The era of a request in the session.
pub(super) fn era(server: &Server) -> Result<Era, Refusal> {
    let state = server.state();
    let session = state.session.as_ref();
    let session = session.ok_or_else(|| Refusal::new(code::INVALID_REQUEST, "not initialized"))?;
    Ok(Era::Legacy(session.version))
}
