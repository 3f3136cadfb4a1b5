//! What the server reaches, and how its calls end.

use harness::{Context, Result, check, ensure};
use mock_model::{Delivery, says};
use serde_json::json;

use super::client::{CODEX, begin, call, hold_back, prompt};
use crate::mcp::client::{CANCELLED, McpExt};
use crate::mcp::end;

/// A server MUST connect to nothing but its model service to start and to answer a call.
#[check(
    mcp(until = "2025-11-25"),
    declares("tool:codex"),
    source = "the configuration of the check names no other server",
    faults(CODEX_MCP_CALLS_HOME)
)]
async fn nothing_but_the_model_service_is_reached(cx: &mut Context) -> Result {
    cx.model.script([says("done")]);
    call(cx, CODEX, prompt("hello")).await?;
    let egress = cx.egress();
    ensure!(
        egress.is_empty(),
        "the server's attempts to reach other machines",
        "none",
        format!("{egress:?}")
    );
    Ok(())
}

/// The server SHOULD stop asking the model when the client cancels a call.
#[check(
    mcp(until = "2025-11-25"),
    declares("tool:codex"),
    source = "Cancellation",
    faults(CODEX_MCP_CANCEL_IGNORED)
)]
async fn a_cancelled_call_is_stopped(cx: &mut Context) -> Result {
    hold_back(cx, "answer", "never said");
    let ticket = begin(cx, prompt("hello")).await?;
    cx.reached("answer").await?;
    let cancelled = json!({ "requestId": ticket.id.to_json(), "reason": "no longer needed" });
    cx.mcp().notify(CANCELLED, cancelled).await?;
    let delivery = cx.delivered(1).await?;
    ensure!(
        delivery == Delivery::Abandoned,
        "the answer of the model after its call was cancelled",
        "the server leaves before it is complete",
        format!("{delivery:?}")
    );
    Ok(())
}

/// A server SHOULD end within 5 s of the end of its input while the model answers.
#[check(
    mcp(until = "2025-11-25"),
    declares("tool:codex"),
    source = "Lifecycle, Shutdown: nobody is left to read the answer",
    faults(CODEX_MCP_WAITS_FOR_THE_MODEL)
)]
async fn ends_while_the_model_answers(cx: &mut Context) -> Result {
    hold_back(cx, "answer", "never said");
    begin(cx, prompt("hello")).await?;
    cx.reached("answer").await?;
    end::leaves(cx, "while the model answers").await.map(|_| ())
}
