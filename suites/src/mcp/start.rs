//! The start of a session: versions, and what is accepted before it.

use harness::profile::SESSION;
use harness::{Context, Result, Revision, check, ensure};
use serde_json::json;

use crate::mcp::client::{INITIALIZE, McpExt};

/// A server MUST answer the first request of a client with a result.
#[check(
    mcp,
    source = "Lifecycle, Initialization; Discovery",
    grants(SESSION),
    faults(MCP_FIRST_REQUEST_REFUSED)
)]
async fn opens(cx: &mut Context) -> Result {
    cx.mcp().open().await?;
    cx.mcp().barrier().await?;
    Ok(())
}

/// A server MUST answer an `initialize` for a version that it does not have with a version that it
/// has.
#[check(
    mcp(until = "2025-11-25"),
    source = "Lifecycle, Version Negotiation",
    faults(MCP_ECHOES_ANY_VERSION)
)]
async fn an_unknown_version_is_not_confirmed(cx: &mut Context) -> Result {
    let mcp = cx.mcp();
    let mut params = mcp.initialize_params(&json!({}));
    params["protocolVersion"] = json!("1999-01-01");
    let opened = mcp.cx.peer.call(INITIALIZE, params).await?;
    let version = opened["protocolVersion"].as_str().unwrap_or_default();
    let known: Option<Revision> = version.parse().ok();
    ensure!(
        known.is_some_and(|revision| !revision.is_modern()),
        "`protocolVersion` of the answer to a client that asks for 1999-01-01",
        "a revision with sessions",
        version
    );
    Ok(())
}
