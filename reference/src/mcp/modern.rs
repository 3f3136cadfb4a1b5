//! Requests without a session: 2026-07-28.

use serde_json::{Value, json};

use super::envelope::{Refusal, Request, code};
use super::era::{self, Era, MODERN, meta};
use super::methods;
use super::server::{Server, says_version};
use crate::fault::fault;
use crate::variant::variant;

/// The method that every client may begin with.
pub(super) const DISCOVER: &str = "server/discover";

/// How long a client may keep what it was given, in milliseconds.
const KEPT: u64 = 60_000;

/// What a correct server does not keep between two requests.
#[derive(Debug, Default)]
pub(super) struct Memory {
    /// Whether a request was admitted.
    admitted: bool,
    /// Whether `server/discover` was asked.
    discovered: bool,
    /// What the client of an earlier request could do.
    pub(super) capabilities: Option<Value>,
}

/// Whether a request is one of the modern era: there is no session, and it says its version, or is one that only this
/// era has.
pub(super) fn is_modern(server: &Server, request: &Request) -> bool {
    let is_legacy = ["initialize", "ping"].contains(&request.method.as_str());
    era::has_modern()
        && server.state().session.is_none()
        && (says_version(request) || request.method == DISCOVER || !is_legacy)
}

/// Refuses a request that does not say its version and the capabilities of its client, or another version.
pub(super) fn admit(server: &Server, request: &Request) -> Result<(), Refusal> {
    let is_discover = request.method == DISCOVER;
    let mut state = server.state();
    let memory = &mut state.memory;
    memory.discovered |= is_discover;
    if fault!(MCP_NEEDS_DISCOVER_FIRST) && !memory.discovered {
        return Err(Refusal::new(code::INVALID_REQUEST, "ask server/discover first"));
    }
    if fault!(MCP_META_NOT_REQUIRED) && !request.params.contains_key("_meta") {
        return Ok(());
    }
    let unchecked = fault!(MCP_VERSION_CHECKED_ONCE) && memory.admitted
        || fault!(MCP_FIRST_VERSION_UNCHECKED) && !memory.admitted
        || fault!(MCP_VERSION_UNCHECKED_IN_DISCOVER) && is_discover;
    memory.admitted = true;
    match request.meta(meta::VERSION) {
        None if fault!(MCP_VERSION_NOT_REQUIRED) && request.params.contains_key("_meta") => {}
        None => return Err(Refusal::params(format!("_meta has no {}", meta::VERSION))),
        Some(Value::String(version)) if version == MODERN || unchecked => {}
        Some(version @ Value::String(_)) => return Err(unsupported(version)),
        Some(_) if fault!(MCP_VERSION_OF_A_NUMBER_SERVED) => {}
        Some(_) => return Err(Refusal::params(format!("{} is no text", meta::VERSION))),
    }
    match request.meta(meta::CAPABILITIES) {
        Some(Value::Object(_)) => {}
        None if fault!(MCP_CAPABILITIES_NOT_REQUIRED) && says_version(request) => {}
        _ => return Err(Refusal::params(format!("_meta has no {}", meta::CAPABILITIES))),
    }
    particulars(request)
}

/// Refuses what else a request may say of itself, if it is wrong. Unknown members are not.
fn particulars(request: &Request) -> Result<(), Refusal> {
    /// The levels of log messages.
    const LEVELS: [&str; 8] =
        ["debug", "info", "notice", "warning", "error", "critical", "alert", "emergency"];
    /// The members of `_meta` that every server knows.
    const KNOWN: [&str; 5] =
        [meta::VERSION, meta::CAPABILITIES, meta::CLIENT, meta::LOG_LEVEL, "progressToken"];
    if let Some(level) = request.meta(meta::LOG_LEVEL)
        && !level.as_str().is_some_and(|level| LEVELS.contains(&level))
        && !fault!(MCP_UNKNOWN_LOG_LEVEL_SERVED)
    {
        return Err(Refusal::params(meta::LOG_LEVEL));
    }
    if fault!(MCP_CLIENT_INFO_REQUIRED) && request.meta(meta::CLIENT).is_none() {
        return Err(Refusal::params(meta::CLIENT));
    }
    let members = request.params.get("_meta").and_then(Value::as_object);
    let mut members = members.into_iter().flatten();
    if fault!(MCP_UNKNOWN_META_REFUSED) && members.any(|(name, _)| !KNOWN.contains(&name.as_str()))
    {
        return Err(Refusal::params("_meta has unknown members"));
    }
    let known = ["elicitation", "sampling", "roots", "extensions", "experimental"];
    let capabilities = request.meta(meta::CAPABILITIES).and_then(Value::as_object);
    let mut capabilities = capabilities.into_iter().flatten();
    if fault!(MCP_UNKNOWN_CAPABILITY_REFUSED)
        && capabilities.any(|(name, _)| !known.contains(&name.as_str()))
    {
        return Err(Refusal::params("unknown capability"));
    }
    Ok(())
}

/// The error for a version that the server does not have.
pub(super) fn unsupported(asked: &Value) -> Refusal {
    let mut data = json!({ "supported": era::supported(), "requested": asked });
    if fault!(MCP_UNSUPPORTED_VERSION_WITHOUT_OTHERS) {
        without(&mut data, "supported");
    }
    if fault!(MCP_UNSUPPORTED_VERSION_NOT_REPEATED) {
        without(&mut data, "requested");
    }
    let mut refusal = Refusal::new(code::UNSUPPORTED_VERSION, "Unsupported protocol version");
    if fault!(MCP_UNSUPPORTED_VERSION_HAS_ANOTHER_CODE) {
        refusal.code = code::INVALID_PARAMS;
    }
    refusal.with(data)
}

/// Removes a member.
pub(super) fn without(object: &mut Value, name: &str) {
    if let Some(members) = object.as_object_mut() {
        members.remove(name);
    }
}

/// The answer to `server/discover`.
pub(super) fn discover() -> Result<Value, Refusal> {
    if fault!(MCP_NO_DISCOVER) {
        return Err(Refusal::method(DISCOVER));
    }
    let mut supported = era::supported();
    if fault!(MCP_DISCOVER_LEAVES_OUT_ITS_VERSION) {
        supported.remove(0);
    }
    if fault!(MCP_DISCOVER_NAMES_NO_VERSION) {
        supported.clear();
    }
    let mut result = json!({
        "supportedVersions": supported,
        "capabilities": methods::capabilities(Era::Modern),
        "instructions": "For tests.",
    });
    if fault!(MCP_DISCOVER_WITHOUT_CAPABILITIES) {
        without(&mut result, "capabilities");
    }
    Ok(result)
}

/// The result with the members that all results of the modern era have.
pub(super) fn finished(method: &str, mut result: Value) -> Value {
    let Some(members) = result.as_object_mut() else { return result };
    if fault!(MCP_LIST_ASKS_FOR_INPUT) && method == "tools/list" {
        members.insert("resultType".to_owned(), json!("input_required"));
        members.insert("requestState".to_owned(), json!("more"));
    }
    if fault!(MCP_LISTS_DIFFER_BY_PROCESS) && method == "tools/list" {
        members["tools"][0]["description"] = json!(format!("in process {}", std::process::id()));
    }
    let kind = members.entry("resultType").or_insert_with(|| json!("complete")).clone();
    if fault!(MCP_NO_RESULT_TYPE) {
        members.remove("resultType");
    }
    if fault!(MCP_OWN_RESULT_TYPE) {
        members.insert("resultType".to_owned(), json!("done"));
    }
    let is_kept = ["list", "read", "discover"].iter().any(|end| method.ends_with(end));
    if is_kept && kind == json!("complete") {
        let always_fresh = variant!(MCP_NOTHING_IS_KEPT);
        let (ttl, scope) = if always_fresh { (0, "public") } else { (KEPT, "private") };
        members.insert("ttlMs".to_owned(), json!(ttl));
        members.insert("cacheScope".to_owned(), json!(scope));
        break_hints(&mut result);
    }
    named(method, &mut result);
    if variant!(MCP_FURTHER_MEMBERS) {
        result["com.example/trace"] = json!({ "took": 1 });
        result["_meta"]["com.example/trace"] = json!("a7");
    }
    result
}

/// Says who the server is.
fn named(method: &str, result: &mut Value) {
    let is_discover = method == DISCOVER;
    let only_there = variant!(MCP_NAMES_ITSELF_ONCE) && !is_discover;
    let left_out = fault!(MCP_DISCOVER_WITHOUT_NAME) && is_discover;
    if !only_there && !left_out {
        result["_meta"][meta::SERVER] = methods::identity(Era::Modern);
    }
}

/// Where the hints for caches are wrong, if they are.
fn break_hints(result: &mut Value) {
    if fault!(MCP_NO_TTL) {
        without(result, "ttlMs");
    }
    if fault!(MCP_NEGATIVE_TTL) {
        result["ttlMs"] = json!(-1);
    }
    if fault!(MCP_NO_CACHE_SCOPE) {
        without(result, "cacheScope");
    }
    if fault!(MCP_UNKNOWN_CACHE_SCOPE) {
        result["cacheScope"] = json!("shared");
    }
}
