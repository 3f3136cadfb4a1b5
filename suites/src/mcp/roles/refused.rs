//! What follows when the client refuses.

use harness::{Context, Failure, Result, check};

use crate::mcp::client::McpExt;
use crate::mcp::roles::{Client, all_answered, learnt, play};

/// A server MUST go on when the client refuses what it asks.
#[check(
    mcp(until = "2025-11-25"),
    shared = "questions of the server",
    source = "Client Features, Error Handling; every measured server does",
    faults(MCP_DIES_OF_A_REFUSAL)
)]
async fn the_server_goes_on(cx: &mut Context) -> Result {
    let learnt = learnt(cx).await?;
    play(cx, Client::Refusing).await?;
    cx.mcp().barrier().await?;
    all_answered(cx, learnt.tools()).await?;
    cx.mcp().barrier().await?;
    Ok(())
}

/// A server MUST answer a call after the client has refused what it was asked in it.
#[check(
    mcp(until = "2025-11-25"),
    declares("tools"),
    shared = "questions of the server",
    source = "Client Features, Error Handling; every measured server does",
    faults(MCP_REFUSAL_LOSES_THE_CALL)
)]
async fn the_call_is_answered(cx: &mut Context) -> Result {
    let tools = learnt(cx).await?.tools();
    if tools.is_empty() {
        return Err(Failure::lacks("a tool that may be called and asks something"));
    }
    play(cx, Client::Refusing).await?;
    all_answered(cx, tools).await?;
    Ok(())
}
