//! The revision without sessions: versions, capabilities and members of each request and result.

pub mod caching;
pub mod discover;
pub mod fresh;
pub mod metadata;
pub mod results;
pub mod versions;

use harness::{Context, Reply, Result, request_meta};
use serde_json::{Value, json};

use crate::mcp::client::{DISCOVER, List, McpExt};

/// The name of the member of `_meta` with the version of a request.
pub(crate) const VERSION: &str = "io.modelcontextprotocol/protocolVersion";
/// The name of the member of `_meta` with what the client can do.
pub(crate) const CAPABILITIES: &str = "io.modelcontextprotocol/clientCapabilities";
/// The name of the member of `_meta` with what the client is called.
pub(crate) const CLIENT: &str = "io.modelcontextprotocol/clientInfo";
/// The name of the member of `_meta` with what the server is called.
pub(crate) const SERVER: &str = "io.modelcontextprotocol/serverInfo";
/// A version that no server has.
pub(crate) const UNSUPPORTED: &str = "1999-01-01";

/// The code of the error for a version that the server does not have.
pub(crate) const UNSUPPORTED_VERSION: i64 = -32022;
/// The code of the error for a capability that the client lacks.
pub(crate) const MISSING_CAPABILITY: i64 = -32021;

/// A method that the server has and that changes nothing: a list, or the one that all have.
pub(crate) fn harmless(cx: &Context) -> &'static str {
    let has = |list: &List| cx.declared().is_some_and(|declared| declared.has(list.capability));
    List::ALL.iter().find(|list| has(list)).map_or(DISCOVER, |list| list.method)
}

/// The `_meta` of a usual request, for a client without capabilities.
pub(crate) fn usual(cx: &mut Context) -> Value {
    let revision = cx.mcp().revision();
    request_meta(revision, &json!({}))
}

/// The `_meta` of a usual request, without this member.
pub(crate) fn usual_without(cx: &mut Context, name: &str) -> Value {
    let mut meta = usual(cx);
    if let Some(members) = meta.as_object_mut() {
        members.remove(name);
    }
    meta
}

/// The `_meta` of a usual request, with this member.
pub(crate) fn usual_with(cx: &mut Context, name: &str, value: Value) -> Value {
    let mut meta = usual(cx);
    meta[name] = value;
    meta
}

/// Sends a request with exactly this `_meta`, and waits for the answer.
pub(crate) async fn ask(cx: &mut Context, method: &str, meta: Value) -> Result<Reply> {
    cx.mcp().open().await?;
    cx.peer.request(method, json!({ "_meta": meta })).await
}
