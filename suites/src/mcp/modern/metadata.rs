//! The `_meta` of a request: what must be there, and what may be.
//!
//! Each is asked after a good request: a server must not rely on what an earlier request said.

use harness::{Context, Result, check, code};
use serde_json::{Value, json};

use crate::mcp::client::{DISCOVER, McpExt};
use crate::mcp::modern::{
    CAPABILITIES, CLIENT, VERSION, ask, harmless, usual, usual_with, usual_without,
};

/// A server MUST refuse a request without `_meta` as one with invalid parameters.
#[check(
    mcp(since = "2026-07-28"),
    shared = "questions",
    source = "Base Protocol, Per-request protocol fields",
    faults(MCP_META_NOT_REQUIRED)
)]
async fn a_request_without_meta_is_refused(cx: &mut Context) -> Result {
    cx.mcp().call(DISCOVER, Value::Null).await?;
    let reply = cx.peer.request(harmless(cx), json!({})).await?;
    reply.refused(code::INVALID_PARAMS, "the answer to a request without `_meta`")?;
    Ok(())
}

/// A server MUST refuse a request without a version as one with invalid parameters.
#[check(
    mcp(since = "2026-07-28"),
    shared = "questions",
    source = "Base Protocol, Per-request protocol fields",
    faults(MCP_VERSION_NOT_REQUIRED)
)]
async fn a_request_without_version_is_refused(cx: &mut Context) -> Result {
    refused_without(cx, VERSION).await
}

/// A server MUST refuse a request without the client's capabilities as one with invalid parameters.
#[check(
    mcp(since = "2026-07-28"),
    shared = "questions",
    source = "Base Protocol, Per-request protocol fields",
    faults(MCP_CAPABILITIES_NOT_REQUIRED)
)]
async fn a_request_without_capabilities_is_refused(cx: &mut Context) -> Result {
    refused_without(cx, CAPABILITIES).await
}

async fn refused_without(cx: &mut Context, name: &str) -> Result {
    cx.mcp().call(DISCOVER, Value::Null).await?;
    let meta = usual_without(cx, name);
    let reply = ask(cx, harmless(cx), meta).await?;
    reply.refused(code::INVALID_PARAMS, format!("the answer to a request without `{name}`"))?;
    Ok(())
}

/// A server MUST refuse a request whose version is a number.
#[check(
    mcp(since = "2026-07-28"),
    shared = "questions",
    source = "Base Protocol, Per-request protocol fields",
    faults(MCP_VERSION_OF_A_NUMBER_SERVED)
)]
async fn a_version_is_a_text(cx: &mut Context) -> Result {
    let meta = usual_with(cx, VERSION, json!(20_260_728));
    let reply = ask(cx, harmless(cx), meta).await?;
    reply.refusal("the answer to a request with a number as its version")?;
    Ok(())
}

/// A server MUST serve a request that does not name the client.
#[check(
    mcp(since = "2026-07-28"),
    shared = "questions",
    source = "Base Protocol, Per-request protocol fields",
    faults(MCP_CLIENT_INFO_REQUIRED)
)]
async fn a_client_need_not_name_itself(cx: &mut Context) -> Result {
    let meta = usual_without(cx, CLIENT);
    served(cx, meta, "the answer to a request without the optional `clientInfo`").await
}

/// A server MUST serve a request that has further members in its `_meta`.
#[check(
    mcp(since = "2026-07-28"),
    shared = "questions",
    source = "Base Protocol, General fields",
    faults(MCP_UNKNOWN_META_REFUSED)
)]
async fn further_members_of_meta_are_ignored(cx: &mut Context) -> Result {
    let mut meta = usual(cx);
    meta["traceparent"] = json!("00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-01");
    meta["com.example/note"] = json!({ "a": 1 });
    served(cx, meta, "the answer to a request with further members in `_meta`").await
}

/// A server MUST serve a request whose client has capabilities that the server does not know.
#[check(
    mcp(since = "2026-07-28"),
    shared = "questions",
    source = "Versioning, Extension Negotiation",
    faults(MCP_UNKNOWN_CAPABILITY_REFUSED)
)]
async fn unknown_capabilities_are_ignored(cx: &mut Context) -> Result {
    let capabilities = json!({ "extensions": { "com.example/none": {} }, "futureFeature": {} });
    let meta = usual_with(cx, CAPABILITIES, capabilities);
    served(cx, meta, "the answer to a request of a client with unknown capabilities").await
}

/// Asks with this `_meta` what is answered with the usual one.
async fn served(cx: &mut Context, meta: Value, what: &str) -> Result {
    let method = harmless(cx);
    // A list that the server cannot give at all says nothing about `_meta`.
    let usual = usual(cx);
    let before = ask(cx, method, usual).await?;
    let method = if before.is_error() { DISCOVER } else { method };
    ask(cx, method, meta).await?.granted(what)?;
    Ok(())
}

/// A server SHOULD refuse a request with an unknown log level as one with invalid parameters.
#[check(
    mcp(since = "2026-07-28"),
    declares("logging"),
    shared = "questions",
    source = "Logging, Error Handling",
    faults(MCP_UNKNOWN_LOG_LEVEL_SERVED)
)]
async fn an_unknown_log_level_is_refused(cx: &mut Context) -> Result {
    let meta = usual_with(cx, "io.modelcontextprotocol/logLevel", json!("loud"));
    let reply = ask(cx, harmless(cx), meta).await?;
    reply.refused(code::INVALID_PARAMS, "the answer to a request with the log level \"loud\"")?;
    Ok(())
}
