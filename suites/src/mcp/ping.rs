//! Pings, alone and beside a call.

use harness::{Context, Result, check, ensure, show};
use serde_json::Value;

use crate::mcp::client::McpExt;

/// A server MUST answer a ping with an empty result.
#[check(
    mcp(until = "2025-11-25"),
    shared = "questions",
    source = "Ping",
    faults(MCP_PING_ANSWERS_PONG)
)]
async fn a_ping_is_answered_with_nothing(cx: &mut Context) -> Result {
    let result = cx.mcp().call("ping", Value::Null).await?;
    let is_empty = |result: &Value| {
        result.as_object().is_some_and(|members| members.keys().all(|name| name == "_meta"))
    };
    ensure!(is_empty(&result), "the result of `ping`", "an empty object", show(&result));
    Ok(())
}
