//! The cancellation of a call that is running.

use std::time::Duration;

use harness::{Context, Failure, Result, check, show};
use serde_json::Value;

use crate::mcp::called::cancel;
use crate::mcp::client::McpExt;
use crate::mcp::slow::{Slow, answered, send, slow};

/// The token of the call.
const TOKEN: &str = "cancelled call";
/// How long a sign of a cancelled call may take to come, if the call takes longer than we wait for it.
const SIGN: Duration = Duration::from_secs(3);
/// How long the answer of a call may take more than before.
const MORE: Duration = Duration::from_millis(250);

/// What came of a cancelled call after the server had read the cancellation.
#[derive(Clone, Debug)]
struct Cancelled {
    tool: String,
    answer: Option<Value>,
    progress: Vec<Value>,
}

/// It, if a call of this process was cancelled.
#[derive(Clone, Debug, Default)]
struct Known(Option<Cancelled>);

/// A server SHOULD NOT answer a call that was cancelled.
#[check(
    mcp(until = "2025-11-25"),
    declares("tools"),
    shared = "slow calls",
    source = "Cancellation, Behavior Requirements",
    faults(MCP_CANCELLATION_IGNORED, MCP_CANCELLED_CALL_IS_ANSWERED)
)]
async fn a_cancelled_call_should_not_be_answered(cx: &mut Context) -> Result {
    no_answer(cx).await
}

/// A server MUST NOT answer a call that was cancelled.
#[check(
    mcp(since = "2026-07-28"),
    declares("tools"),
    shared = "slow calls",
    source = "Cancellation; Transports, stdio: nothing more is sent for it",
    faults(MCP_CANCELLATION_IGNORED, MCP_CANCELLED_CALL_IS_ANSWERED)
)]
async fn a_cancelled_call_is_not_answered(cx: &mut Context) -> Result {
    no_answer(cx).await
}

/// A server SHOULD NOT report progress of a call that was cancelled.
#[check(
    mcp(until = "2025-11-25"),
    declares("tools"),
    shared = "slow calls",
    source = "Cancellation, Behavior Requirements: stop processing",
    faults(MCP_PROGRESS_AFTER_CANCELLATION)
)]
async fn a_cancelled_call_should_not_progress(cx: &mut Context) -> Result {
    no_progress(cx).await
}

/// A server MUST NOT report progress of a call that was cancelled.
#[check(
    mcp(since = "2026-07-28"),
    declares("tools"),
    shared = "slow calls",
    source = "Cancellation; Transports, stdio: nothing more is sent for it",
    faults(MCP_PROGRESS_AFTER_CANCELLATION)
)]
async fn a_cancelled_call_does_not_progress(cx: &mut Context) -> Result {
    no_progress(cx).await
}

async fn no_answer(cx: &mut Context) -> Result {
    let Cancelled { tool, answer, .. } = cancelled(cx).await?;
    match answer {
        None => Ok(()),
        Some(answer) => Err(Failure::mismatch(
            format!("a call of the tool {tool:?} that was cancelled while it ran"),
            "no answer",
            show(&answer),
        )),
    }
}

async fn no_progress(cx: &mut Context) -> Result {
    let Cancelled { tool, progress, .. } = cancelled(cx).await?;
    match progress.first() {
        None => Ok(()),
        Some(first) => Err(Failure::mismatch(
            format!("a call of the tool {tool:?} that was cancelled while it ran"),
            "no progress after the server has read the cancellation",
            format!("{} more reports, the first {}", progress.len(), show(first)),
        )),
    }
}

/// Cancels a slow call, once for each process.
async fn cancelled(cx: &mut Context) -> Result<Cancelled> {
    if let Some(known) = cx.known::<Known>()?.0.clone() {
        return Ok(known);
    }
    let slow = slow(cx).await?;
    let quick = || Failure::lacks("a call that takes long");
    let ticket = send(cx, &slow.callable, TOKEN).await?;
    cx.mcp().barrier().await?;
    if answered(cx, &ticket, Duration::ZERO).await? {
        return Err(quick());
    }
    cancel(cx, &ticket.id).await?;
    cx.mcp().barrier().await?;
    let mark = cx.peer.mark();
    let answer = match cx.mcp().answer_in(&ticket, Duration::ZERO).await? {
        // It may have been on its way when the cancellation came.
        Some(reply) if reply.result().is_ok_and(|result| result["isError"] != true) => {
            return Err(quick());
        }
        Some(reply) => Some(reply),
        None => cx.mcp().answer_in(&ticket, patience(&slow)).await?,
    };
    let calls = cx.peer.calls_since(mark).into_iter();
    let progress = calls.filter(|call| {
        call.method == "notifications/progress" && call.params["progressToken"] == TOKEN
    });
    let cancelled = Cancelled {
        tool: slow.callable.name,
        answer: answer.map(|reply| reply.value),
        progress: progress.map(|call| call.params).collect(),
    };
    cx.known::<Known>()?.0 = Some(cancelled.clone());
    Ok(cancelled)
}

/// How long the answer of a server that ignores the cancellation may take.
fn patience(slow: &Slow) -> Duration {
    slow.takes.map_or(SIGN, |takes| takes.mul_f32(1.5) + MORE)
}
