//! Between `initialize` and `notifications/initialized`: a client that can do everything, and says so.

use harness::profile::SESSION;
use harness::{Context, Failure, Result, check};
use serde_json::{Value, json};

use crate::mcp::client::{INITIALIZE, McpExt};

/// How far the running process is.
#[derive(Clone, Copy, Debug, Default)]
struct Early {
    initialized: bool,
}

/// Sends an `initialize` with members that no revision has, for a client that can do everything.
async fn initialize(cx: &mut Context) -> Result {
    cx.needs(SESSION)?;
    if cx.known::<Early>()?.initialized {
        return Ok(());
    }
    let capabilities = json!({
        "roots": { "listChanged": true },
        "sampling": {},
        "elicitation": {},
        "experimental": { "proctor": { "on": true } },
        "proctorNoSuchCapability": { "nested": [1, null] },
    });
    let mut params = cx.mcp().initialize_params(&capabilities);
    params["proctorNoSuchMember"] = json!({ "a": "b" });
    params["clientInfo"]["proctorNoSuchMember"] = json!(1);
    let answer = cx.peer.call(INITIALIZE, params).await?;
    cx.mcp().opened_with(&answer)?;
    cx.known::<Early>()?.initialized = true;
    Ok(())
}

/// A server MUST ignore members and capabilities of an `initialize` that it does not know.
#[check(
    mcp(until = "2025-11-25"),
    shared = "early",
    source = "every measured server does; all objects of the schema are open",
    faults(MCP_REFUSES_UNKNOWN_MEMBERS)
)]
async fn unknown_members_are_ignored(cx: &mut Context) -> Result {
    initialize(cx).await
}

/// A server SHOULD NOT send requests but pings before the client is ready.
#[check(
    mcp(until = "2025-11-25"),
    shared = "early",
    source = "Lifecycle, Initialization",
    faults(MCP_ASKS_BEFORE_THE_SESSION_IS_OPEN)
)]
async fn nothing_is_asked_too_early(cx: &mut Context) -> Result {
    initialize(cx).await?;
    // What the server sends of itself, it sends before it answers the second of these.
    for _ in 0..2 {
        cx.peer.request("ping", Value::Null).await?;
    }
    let calls = cx.peer.calls_since(0);
    match calls.iter().find(|call| call.id.is_some() && call.method != "ping") {
        Some(early) => Err(Failure::mismatch(
            "what the server sends before `notifications/initialized`",
            "no request but `ping`",
            format!("the request `{}`", early.method),
        )
        .at_line(early.seq)),
        None => Ok(()),
    }
}
