//! Requests without a session: 2026-07-28.

use serde_json::{Value, json};

use super::envelope::{Refusal, Request, code};
use super::era::{Era, MODERN, meta};
use super::methods;
use super::server::{Server, says_version};

/// The method that every client may begin with.
pub(super) const DISCOVER: &str = "server/discover";

/// How long a client may keep what it was given, in milliseconds.
const KEPT: u64 = 60_000;

/// Whether a request is one of the modern era: there is no session, and it says its version, or is one that only this
/// era has.
pub(super) fn is_modern(server: &Server, request: &Request) -> bool {
    let is_legacy = ["initialize", "ping"].contains(&request.method.as_str());
    server.state().session.is_none()
        && (says_version(request) || request.method == DISCOVER || !is_legacy)
}

/// Refuses a request that does not say its version and the capabilities of its client, or another version.
pub(super) fn admit(request: &Request) -> Result<(), Refusal> {
    let version = request.meta(meta::VERSION);
    let version =
        version.ok_or_else(|| Refusal::params(format!("_meta has no {}", meta::VERSION)))?;
    if version.as_str() != Some(MODERN) {
        let data = json!({ "supported": [MODERN], "requested": version });
        return Err(Refusal::new(code::UNSUPPORTED_VERSION, "unsupported version").with(data));
    }
    match request.meta(meta::CAPABILITIES) {
        Some(Value::Object(_)) => Ok(()),
        _ => Err(Refusal::params(format!("_meta has no {}", meta::CAPABILITIES))),
    }
}

/// The answer to `server/discover`.
pub(super) fn discover() -> Value {
    json!({
        "supportedVersions": [MODERN],
        "capabilities": methods::capabilities(Era::Modern),
        "instructions": "For tests.",
    })
}

/// The result with the members that all results of the modern era have.
pub(super) fn finished(method: &str, mut result: Value) -> Value {
    let Some(members) = result.as_object_mut() else { return result };
    members.entry("resultType").or_insert_with(|| json!("complete"));
    let is_kept = ["list", "read", "discover"].iter().any(|end| method.ends_with(end));
    if is_kept {
        members.insert("ttlMs".to_owned(), json!(KEPT));
        members.insert("cacheScope".to_owned(), json!("private"));
    }
    let own = members.entry("_meta").or_insert_with(|| json!({}));
    own[meta::SERVER] = methods::identity(Era::Modern);
    result
}
