//! Log messages and their levels.

mod observed;

use harness::{Context, Result, check, code, ensure, show};
use serde_json::{Value, json};

use crate::mcp::called::{Called, all};
use crate::mcp::client::McpExt;

/// The levels, the least important first.
const LEVELS: [&str; 8] =
    ["debug", "info", "notice", "warning", "error", "critical", "alert", "emergency"];
/// The notification of a log message.
const MESSAGE: &str = "notifications/message";
/// The member of `_meta` in which a request without a session says its level.
const LOG_LEVEL: &str = "io.modelcontextprotocol/logLevel";
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

/// A server MUST NOT send log messages below the level of the request that they belong to.
#[check(
    mcp(since = "2026-07-28"),
    declares("logging", "tools"),
    shared = "questions",
    source = "Logging: the level is that of the request",
    faults(MCP_LEVEL_OF_REQUEST_IGNORED)
)]
async fn the_level_of_a_request_is_kept(cx: &mut Context) -> Result {
    /// How many tools are called with a level.
    const TOOLS: usize = 5;
    const LEVEL: &str = "error";
    let quick: Vec<_> =
        all(cx).await?.into_iter().filter(|called| called.reply.is_some()).take(TOOLS).collect();
    for Called { callable, .. } in quick {
        let mark = cx.peer.mark();
        let mut params = callable.params();
        params["_meta"] = json!({ LOG_LEVEL: LEVEL });
        cx.mcp().request("tools/call", params).await?;
        let messages = cx.peer.calls_since(mark).into_iter().filter(|call| call.method == MESSAGE);
        for message in messages {
            let level = &message.params["level"];
            ensure!(
                rank(level) >= rank(&json!(LEVEL)),
                format!("the level of a log message of a call of {:?}", callable.name),
                format!("`{LEVEL}` or above, as the request asks for"),
                show(level)
            );
        }
    }
    Ok(())
}

/// The place of a level among the levels.
fn rank(level: &Value) -> Option<usize> {
    LEVELS.iter().position(|known| level == *known)
}
