//! The end of input while something is open.

use harness::{Context, Failure, Policy, Result, check};
use serde_json::json;

use super::leaves;
use crate::mcp::client::{List, McpExt};
use crate::mcp::{listen, slow, tasks};

/// A server SHOULD end within 5 s of the end of its input, if its own request is not answered.
#[check(
    mcp(until = "2025-11-25"),
    source = "Lifecycle, Shutdown: nobody is left to answer",
    faults(MCP_WAITS_FOR_ITS_CLIENT)
)]
async fn ends_while_it_asks_its_client(cx: &mut Context) -> Result {
    cx.peer.set_other_policy(Policy::Hold);
    let mut mcp = cx.mcp();
    mcp.declare(json!({ "roots": {}, "sampling": {}, "elicitation": {} }))?;
    mcp.barrier().await?;
    if mcp.asked().is_none() {
        for tool in mcp.callable().await.unwrap_or_default() {
            mcp.send("tools/call", tool.params()).await?;
            mcp.barrier().await?;
            if mcp.asked().is_some() {
                break;
            }
        }
    }
    let Some(asked) = mcp.asked() else {
        return Err(Failure::lacks("a request of the server to its client"));
    };
    leaves(cx, &format!("while its `{asked}` is not answered")).await.map(|_| ())
}

/// A server SHOULD end within 5 s of the end of its input, if its client is subscribed to a resource.
#[check(
    mcp(until = "2025-11-25"),
    declares("resources.subscribe"),
    source = "Lifecycle, Shutdown: nobody is left to be told",
    faults(MCP_WAITS_WITH_A_SUBSCRIPTION)
)]
async fn ends_with_a_subscription(cx: &mut Context) -> Result {
    let mut mcp = cx.mcp();
    let resources = mcp.list(List::RESOURCES).await?;
    let Some(first) = resources.first() else {
        return Err(Failure::lacks("a resource"));
    };
    mcp.call("resources/subscribe", json!({ "uri": first["uri"] })).await?;
    leaves(cx, "with a subscription").await.map(|_| ())
}

/// A server SHOULD end within 5 s of the end of its input, if a subscription is open.
#[check(
    mcp(since = "2026-07-28"),
    shared = "subscriptions",
    last,
    source = "Transports, stdio, Shutdown: nobody is left to be told",
    faults(MCP_WAITS_FOR_ITS_LISTENERS)
)]
async fn ends_with_an_open_subscription(cx: &mut Context) -> Result {
    let filter = listen::offered(cx).await?;
    listen::opened(cx, &filter).await?;
    leaves(cx, "with an open subscription").await.map(|_| ())
}

/// A server SHOULD end within 5 s of the end of its input during a call.
#[check(
    mcp,
    declares("tools"),
    shared = "slow calls",
    last,
    source = "Lifecycle, Shutdown: nobody is left to read the result",
    faults(MCP_WAITS_FOR_ITS_CALLS)
)]
async fn ends_during_a_call(cx: &mut Context) -> Result {
    let slow = slow::slow(cx).await?;
    cx.mcp().send("tools/call", slow.callable.params()).await?;
    cx.mcp().barrier().await?;
    leaves(cx, "during a call").await.map(|_| ())
}

/// A server SHOULD end within 5 s of the end of its input after a task.
#[check(
    mcp(since = "2025-11-25", until = "2025-11-25"),
    declares("tasks.requests.tools.call"),
    shared = "tasks",
    last,
    source = "Lifecycle, Shutdown: nobody is left to fetch the result",
    faults(MCP_WAITS_AFTER_A_TASK)
)]
async fn ends_after_a_task(cx: &mut Context) -> Result {
    tasks::course(cx).await?;
    leaves(cx, "after a task").await.map(|_| ())
}
