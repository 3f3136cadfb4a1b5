//! Before a session: what a server does with requests that come too early, or are wrong.
//!
//! The checks share one process and leave it without a session, up to the last ones, which open it.

use harness::profile::SESSION;
use harness::{Context, Result, check, ensure};
use serde_json::{Value, json};

use crate::mcp::client::{INITIALIZE, INITIALIZED, McpExt};

/// What was done with the running process.
#[derive(Clone, Copy, Debug, Default)]
struct Before {
    /// A wrong `initialize` was answered with a result, so that nobody knows if there is a session.
    unclear: bool,
    /// The session was opened.
    opened: bool,
}

/// The parameters of `initialize`, each without something that it needs, and what that is.
fn wrong(cx: &mut Context) -> Vec<(&'static str, Value)> {
    let right = cx.mcp().initialize_params(&json!({}));
    let without = |name: &str| {
        let mut params = right.clone();
        params.as_object_mut().map(|members| members.remove(name));
        params
    };
    let mut numbered = right.clone();
    numbered["protocolVersion"] = json!(20_251_125);
    vec![
        ("without parameters", Value::Null),
        ("without `clientInfo`", without("clientInfo")),
        ("without `protocolVersion`", without("protocolVersion")),
        ("with a number as `protocolVersion`", numbered),
    ]
}

/// Opens the session as any client does, unless it is open.
async fn open(cx: &mut Context) -> Result {
    if cx.known::<Before>()?.unclear {
        cx.restart().await;
    }
    if !cx.known::<Before>()?.opened {
        let params = cx.mcp().initialize_params(&json!({}));
        cx.peer.call(INITIALIZE, params).await?;
        cx.peer.notify(INITIALIZED, Value::Null).await?;
        cx.known::<Before>()?.opened = true;
    }
    Ok(())
}

/// A server MUST answer a ping that comes before the session.
#[check(
    mcp(until = "2025-11-25"),
    shared = "before the session",
    source = "Lifecycle, Initialization: pings may come before it; Ping",
    faults(MCP_PING_NEEDS_A_SESSION)
)]
async fn a_ping_is_answered(cx: &mut Context) -> Result {
    cx.needs(SESSION)?;
    cx.peer.call("ping", Value::Null).await?;
    Ok(())
}

/// A server SHOULD refuse an `initialize` that lacks what it needs.
#[check(
    mcp(until = "2025-11-25"),
    shared = "before the session",
    source = "Lifecycle, Initialization; schema; JSON-RPC 2.0, Error object",
    faults(MCP_OPENS_WHATEVER_IS_ASKED)
)]
async fn a_wrong_initialize_is_refused(cx: &mut Context) -> Result {
    cx.needs(SESSION)?;
    for (what, params) in wrong(cx) {
        let ticket = cx.peer.send(INITIALIZE, params).await?;
        cx.peer.request("ping", Value::Null).await?;
        let reply = cx.peer.answer(&ticket).await?;
        if !reply.is_error() {
            cx.known::<Before>()?.unclear = true;
        }
        reply.refusal(format!("reply to an `initialize` {what}"))?;
    }
    Ok(())
}

/// A server MUST go on after an `initialize` that lacks what it needs.
#[check(
    mcp(until = "2025-11-25"),
    shared = "before the session",
    source = "every measured server does",
    faults(MCP_DIES_OF_A_WRONG_INITIALIZE)
)]
async fn a_wrong_initialize_is_survived(cx: &mut Context) -> Result {
    cx.needs(SESSION)?;
    let params = cx.mcp().initialize_params(&json!({}));
    let params = json!({ "capabilities": params["capabilities"] });
    // It may be answered or not: the ping behind it decides.
    cx.peer.send(INITIALIZE, params).await?;
    cx.peer.request("ping", Value::Null).await?;
    Ok(())
}

/// A server MUST open a session after a request that it did not know.
#[check(
    mcp(until = "2025-11-25"),
    shared = "before the session",
    source = "Transports, stdio, of 2026-07-28: clients ask which era a server has before they open a session",
    faults(MCP_DEAF_AFTER_A_PROBE)
)]
async fn the_session_opens_after_an_unknown_request(cx: &mut Context) -> Result {
    cx.needs(SESSION)?;
    if cx.known::<Before>()?.opened {
        cx.restart().await;
    }
    cx.peer.send("proctor/unknown", json!({})).await?;
    open(cx).await?;
    cx.peer.call("ping", Value::Null).await?;
    Ok(())
}

/// A server MUST go on with its session after a second `initialize`.
#[check(
    mcp(until = "2025-11-25"),
    shared = "before the session",
    source = "every measured server does",
    faults(MCP_DIES_OF_A_SECOND_INITIALIZE)
)]
async fn the_session_survives_a_second_initialize(cx: &mut Context) -> Result {
    cx.needs(SESSION)?;
    open(cx).await?;
    let params = cx.mcp().initialize_params(&json!({}));
    let second = cx.peer.send(INITIALIZE, params).await?;
    cx.peer.call("ping", Value::Null).await?;
    let answer = cx.peer.answer(&second).await?.value;
    ensure!(
        answer.get("result").is_some() != answer.get("error").is_some(),
        "reply to a second `initialize`",
        "a result or an error",
        answer.to_string()
    );
    Ok(())
}
