//! Many requests at once, and requests beside a call that takes long.

use harness::{Context, Failure, Result, check, ensure, show};
use serde_json::Value;

use crate::mcp::client::McpExt;
use crate::mcp::slow::{Found, find};

/// How many lists are asked for at once.
const CROWD: usize = 20;

/// A server MUST answer each of many requests that come at once.
#[check(
    mcp,
    declares("tools"),
    shared = "questions",
    source = "every server does; JSON-RPC 2.0, Response object",
    faults(MCP_ANSWER_LOST_IN_A_CROWD)
)]
async fn many_lists_at_once_are_answered(cx: &mut Context) -> Result {
    let mut tickets = Vec::new();
    for _ in 0..CROWD {
        tickets.push(cx.mcp().send("tools/list", Value::Null).await?);
    }
    for (number, ticket) in tickets.iter().enumerate() {
        let what =
            format!("answer {} of {CROWD} to `tools/list`, all asked for at once", number + 1);
        let reply = match cx.mcp().answer_or_silence(ticket).await? {
            Some(reply) => reply,
            None => return Err(Failure::mismatch(what, "an answer", "nothing came")),
        };
        let result = reply.granted(&what)?;
        ensure!(result["tools"].is_array(), what, "a list of tools", show(result));
    }
    Ok(())
}

/// A server SHOULD answer other requests while a call runs.
#[check(
    mcp,
    declares("tools"),
    shared = "slow calls",
    source = "most servers do; Basic, Utilities, Ping: promptly",
    faults(MCP_CALLS_ONE_AT_A_TIME)
)]
async fn a_slow_call_does_not_delay_others(cx: &mut Context) -> Result {
    match find(cx).await? {
        Found::Slow(_) => Ok(()),
        Found::Nothing => Err(Failure::not_offered("a call that takes long")),
        Found::Blocking(callable, took) => Err(Failure::mismatch(
            format!("a request that was sent right after a call of the tool {:?}", callable.name),
            "an answer before that of the call, or soon after it was sent",
            format!("the request waited for the call, {took:.1?} or longer, each time"),
        )),
    }
}
