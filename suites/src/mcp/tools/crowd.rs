//! Many requests at once, and requests beside a call that takes long.

use std::time::{Duration, Instant};

use harness::{Context, Failure, Kind, Result, check, ensure, show};
use serde_json::Value;

use crate::mcp::client::McpExt;
use crate::mcp::slow::{Found, find};

/// How many lists are asked for at once.
const CROWD: usize = 20;
/// How long one of them takes at most.
const PROMPT: Duration = Duration::from_secs(2);

/// A server MUST answer each of many requests that come at once.
#[check(
    mcp,
    declares("tools"),
    shared = "questions",
    source = "every server does; JSON-RPC 2.0, Response object",
    faults(MCP_ANSWER_LOST_IN_A_CROWD)
)]
async fn many_lists_at_once_are_answered(cx: &mut Context) -> Result {
    let began = Instant::now();
    cx.mcp().call("tools/list", Value::Null).await?;
    if began.elapsed() > PROMPT {
        return Err(Failure::lacks("a list that is quick enough to be asked for twenty times"));
    }
    let mut tickets = Vec::new();
    for _ in 0..CROWD {
        tickets.push(cx.mcp().send("tools/list", Value::Null).await?);
    }
    // The last one has all the time that an answer has; the others were asked for before it.
    for (number, ticket) in tickets.iter().enumerate().rev() {
        let what =
            format!("answer {} of {CROWD} to `tools/list`, all asked for at once", number + 1);
        let within = if number + 1 == CROWD { cx.peer.settings().wait } else { PROMPT };
        let reply = match cx.peer.answer_within(ticket, within).await {
            Err(failure) if failure.kind() == Kind::Timeout => {
                return Err(failure.since(what, "an answer", "nothing came"));
            }
            reply => reply?,
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
        Found::Nothing => Err(Failure::lacks("a call that takes long")),
        Found::Blocking(callable, took) => Err(Failure::mismatch(
            format!("a request that was sent right after a call of the tool {:?}", callable.name),
            "an answer before that of the call, or soon after it was sent",
            format!("the request waited for the call, {took:.1?} or longer, each time"),
        )),
    }
}
