//! The start of MCP servers: slow ones, broken ones, required ones, and what is announced.

use fixtures::Habit;
use harness::{Context, OrInconclusive, Result, check, ensure_eq};
use mock_model::says;
use serde_json::json;

use super::{NAME, TOOLS, Wanted, configured, offered, one, started, uses};
use crate::client::ContextExt;

/// An MCP server that exits at once.
const BROKEN: Wanted = Wanted { name: "broken", habits: &[Habit::Refuses], required: false };

/// A server MUST keep a thread and its other MCP servers working when one of its MCP servers does not
/// start.
#[check(
    v2(since = "0.58"),
    source = "config documentation, mcp_servers: required; every release does",
    faults(BROKEN_SERVER_FAILS_THE_TURN, BROKEN_SERVER_HIDES_OTHERS)
)]
async fn a_broken_one_does_not_stop_the_thread(cx: &mut Context) -> Result {
    cx.needs(TOOLS)?;
    let servers = configured(cx, &[BROKEN, Wanted::USUAL])?;
    let thread = started(cx).await?;
    offered(cx, &thread, "beside an MCP server that does not start").await?;
    cx.model.script([uses("look", "at this"), says("done")]);
    let turn = cx.client().turn(&thread, "look").await?;
    turn.says(&["done"], "the agent's messages beside an MCP server that does not start")?;
    ensure_eq!(servers[1].called(), ["look"], "tools of the other MCP server that were called");
    Ok(())
}

/// A server MUST answer `thread/start` while an MCP server that is not required is still starting.
#[check(
    v2(since = "0.58", fixed_in("0.90", "`thread/start` waits for all MCP servers")),
    source = "every release from 0.90 on does",
    faults(START_WAITS_FOR_SERVERS)
)]
async fn a_slow_one_does_not_delay_the_thread(cx: &mut Context) -> Result {
    let server = one(cx)?;
    let held = server.hold_back().or_inconclusive("holding back the MCP server")?;
    let thread = started(cx).await?;
    drop(held);
    offered(cx, &thread, "after the MCP server has started").await?;
    cx.model.script([uses("look", "at this"), says("done")]);
    let turn = cx.client().turn(&thread, "look").await?;
    turn.says(&["done"], "the agent's messages after the MCP server has started")?;
    ensure_eq!(server.called(), ["look"], "the tools that were called");
    Ok(())
}

/// A server MUST reject `thread/start` when an MCP server that is required does not start.
#[check(
    v2(since = "0.98", fixed_in("0.101", "a thread starts without its required MCP server")),
    source = "config documentation, mcp_servers: required",
    faults(REQUIRED_SERVER_IGNORED)
)]
async fn a_required_one_that_is_broken_fails_the_start(cx: &mut Context) -> Result {
    cx.needs(TOOLS)?;
    configured(cx, &[Wanted { required: true, ..BROKEN }])?;
    cx.client().initialize().await?;
    let params = json!({ "cwd": cx.home.work() });
    let reply = cx.peer.request("thread/start", params).await?;
    reply.refusal("answer to `thread/start` with a required MCP server that does not start")?;
    Ok(())
}

/// A server MUST announce the state of each MCP server that it starts: `starting`, then `ready` or
/// `failed`.
#[check(
    v2(since = "0.120"),
    source = "app-server README, mcpServer/startupStatus/updated; every release does",
    faults(STARTUP_UNTOLD, FAILED_START_IS_READY)
)]
async fn each_start_is_announced(cx: &mut Context) -> Result {
    cx.needs(TOOLS)?;
    configured(cx, &[BROKEN, Wanted::USUAL])?;
    started(cx).await?;
    for (name, end) in [(BROKEN.name, "failed"), (NAME, "ready")] {
        for state in ["starting", end] {
            let awaited = format!("the announcement of the next state of the MCP server `{name}`");
            let call = cx
                .peer
                .next_matching(&awaited, |call| {
                    call.method == "mcpServer/startupStatus/updated" && call.params["name"] == name
                })
                .await?;
            ensure_eq!(call.params["status"], state, "the next state of the MCP server `{name}`");
        }
    }
    Ok(())
}
