//! Log messages and their levels.

mod observed;

use harness::{Context, Result, check, code};
use serde_json::json;

use crate::mcp::client::McpExt;

/// The levels, the least important first.
const LEVELS: [&str; 8] =
    ["debug", "info", "notice", "warning", "error", "critical", "alert", "emergency"];
/// The method that sets the level.
const SET_LEVEL: &str = "logging/setLevel";

/// A server MUST accept each of the eight levels if it declares logging.
#[check(
    mcp(until = "2025-11-25"),
    declares("logging"),
    shared = "questions",
    source = "Logging, Log Levels",
    faults(MCP_SET_LEVEL_REFUSED, MCP_LEVEL_NOTICE_UNKNOWN)
)]
async fn all_levels_are_accepted(cx: &mut Context) -> Result {
    // Back to the middle at the end, so that what follows is judged by a level of ours.
    for level in LEVELS.into_iter().chain(["warning"]) {
        let reply = cx.mcp().request(SET_LEVEL, json!({ "level": level })).await?;
        reply.granted(format!("`{SET_LEVEL}` with the level `{level}`"))?;
    }
    Ok(())
}

/// A server MUST answer `logging/setLevel` with an unknown level with an error.
#[check(
    mcp(until = "2025-11-25"),
    declares("logging"),
    shared = "questions",
    source = "Logging, Error Handling",
    faults(MCP_UNKNOWN_LEVEL_ACCEPTED)
)]
async fn an_unknown_level_is_an_error(cx: &mut Context) -> Result {
    let reply = cx.mcp().request(SET_LEVEL, json!({ "level": "loud" })).await?;
    reply.refusal("`logging/setLevel` with a level that does not exist")?;
    Ok(())
}

/// A server SHOULD use the code -32602 in the error about an unknown level.
#[check(
    mcp(until = "2025-11-25"),
    declares("logging"),
    shared = "questions",
    source = "Logging, Error Handling",
    faults(MCP_UNKNOWN_LEVEL_HAS_ANOTHER_CODE)
)]
async fn an_unknown_level_is_a_wrong_parameter(cx: &mut Context) -> Result {
    let reply = cx.mcp().request(SET_LEVEL, json!({ "level": "loud" })).await?;
    if reply.is_error() {
        reply.refused(code::INVALID_PARAMS, "the error about a level that does not exist")?;
    }
    Ok(())
}
