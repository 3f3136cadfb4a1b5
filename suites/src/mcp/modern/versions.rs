//! The version of a request, whatever came before it; and methods that the revision no longer has.

use harness::{Context, Reply, Result, check, code, ensure, ensure_eq};
use serde_json::{Value, json};

use crate::mcp::client::{DISCOVER, McpExt};
use crate::mcp::modern::{UNSUPPORTED, UNSUPPORTED_VERSION, VERSION, ask, harmless, usual_with};

/// A server MUST refuse a request in a version that it does not support, also after requests in one
/// that it supports.
#[check(
    mcp(since = "2026-07-28"),
    shared = "questions",
    source = "Versioning, Protocol Version Negotiation",
    faults(MCP_VERSION_CHECKED_ONCE)
)]
async fn each_request_has_its_own_version(cx: &mut Context) -> Result {
    cx.mcp().call(DISCOVER, Value::Null).await?;
    let reply = unsupported(cx, harmless(cx)).await?;
    reply.refusal(format!("the answer to version {UNSUPPORTED}, after a supported one"))?;
    Ok(())
}

/// A server MUST refuse `server/discover` in a version that it does not support.
#[check(
    mcp(since = "2026-07-28"),
    shared = "questions",
    source = "Versioning, Protocol Version Negotiation",
    faults(MCP_VERSION_UNCHECKED_IN_DISCOVER)
)]
async fn discovery_has_a_version_too(cx: &mut Context) -> Result {
    cx.mcp().call(DISCOVER, Value::Null).await?;
    let reply = unsupported(cx, DISCOVER).await?;
    reply.refusal(format!("the answer to `server/discover` in version {UNSUPPORTED}"))?;
    Ok(())
}

/// Asks in a version that there is not.
pub(super) async fn unsupported(cx: &mut Context, method: &str) -> Result<Reply> {
    let meta = usual_with(cx, VERSION, json!(UNSUPPORTED));
    ask(cx, method, meta).await
}

/// Judges the refusal of a version: its code, and what it names.
pub(super) fn names_versions(cx: &mut Context, reply: &Reply) -> Result {
    let error =
        reply.refused(UNSUPPORTED_VERSION, format!("the answer to version {UNSUPPORTED}"))?;
    let data = error.data.unwrap_or_default();
    let own = cx.mcp().revision().name();
    ensure!(
        data["supported"].as_array().is_some_and(|supported| supported.contains(&json!(own))),
        "`data.supported` of the error for an unsupported version",
        format!("a list with {own}"),
        data.to_string()
    );
    ensure_eq!(
        data["requested"],
        json!(UNSUPPORTED),
        "`data.requested` of the error for an unsupported version"
    );
    Ok(())
}

/// A server MUST answer the methods that the revision has removed as unknown ones.
#[check(
    mcp(since = "2026-07-28"),
    shared = "questions",
    source = "Changelog, Major Changes",
    faults(MCP_REMOVED_METHODS_ANSWERED)
)]
async fn removed_methods_are_unknown(cx: &mut Context) -> Result {
    for (method, params) in [
        ("ping", json!({})),
        ("logging/setLevel", json!({ "level": "info" })),
        ("resources/subscribe", json!({ "uri": "memo://note" })),
    ] {
        let reply = cx.mcp().request(method, params).await?;
        reply.refused(code::METHOD_NOT_FOUND, format!("the answer to the removed `{method}`"))?;
    }
    Ok(())
}
