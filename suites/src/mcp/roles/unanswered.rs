//! What a server does while the client has not answered.

use std::time::Duration;

use harness::{Call, Context, Failure, Reply, Result, Ticket, check, ensure};
use serde_json::{Value, json};

use crate::mcp::client::{CANCELLED, Callable, List, McpExt};
use crate::mcp::roles::{Client, ROOTS, ROUNDS, START, answer, asks, learnt, next_question, play};

/// The tools that ask something, in a process whose client does not answer.
async fn silent(cx: &mut Context) -> Result<Vec<Callable>> {
    let tools = learnt(cx).await?.tools();
    if tools.is_empty() {
        return Err(Failure::lacks("a tool that may be called and asks something"));
    }
    play(cx, Client::Silent).await?;
    started(cx).await?;
    Ok(tools)
}

/// Answers what the server asked at the start, so that what is asked later belongs to a call.
async fn started(cx: &mut Context) -> Result {
    cx.mcp().barrier().await?;
    let asks_at_start = !learnt(cx).await?.at_start.is_empty();
    if asks_at_start && !cx.known::<Started>()?.0 {
        let call = cx.peer.server_request(ROOTS).await?;
        respond(cx, &call).await?;
        cx.known::<Started>()?.0 = true;
    }
    Ok(())
}

/// Whether the question of the start is answered, in the running process.
#[derive(Default)]
struct Started(bool);

/// Answers a question.
async fn respond(cx: &mut Context, call: &Call) -> Result {
    let answer = answer::to(cx, &call.method, &call.params);
    cx.peer.respond(call, answer).await
}

/// Waits for the answer to a call, and answers what else is asked in it.
async fn finish(cx: &mut Context, ticket: &Ticket) -> Result {
    for _ in 0..ROUNDS {
        if cx.mcp().answer_or_silence(ticket).await?.is_some() {
            return Ok(());
        }
        while let Some(call) = next_question(cx, Duration::ZERO).await? {
            respond(cx, &call).await?;
        }
    }
    cx.mcp().answer(ticket).await.map(drop)
}

/// Asks for what every server gives, and for the tools.
async fn others(cx: &mut Context) -> Result {
    cx.mcp().barrier().await?;
    if cx.declared().is_some_and(|declared| declared.has("tools")) {
        cx.mcp().call(List::TOOLS.method, Value::Null).await?;
    }
    Ok(())
}

/// A server MUST answer other requests while the client has not answered.
#[check(
    mcp(until = "2025-11-25"),
    shared = "questions of the server",
    source = "Base Protocol; every measured server does",
    faults(MCP_DEAF_WHILE_IT_ASKS)
)]
async fn others_are_answered_meanwhile(cx: &mut Context) -> Result {
    let learnt = learnt(cx).await?;
    play(cx, Client::Silent).await?;
    let Some(callable) = learnt.tools().into_iter().next() else {
        // The question of the start is open.
        return others(cx).await;
    };
    started(cx).await?;
    let (ticket, call) = asks(cx, &callable).await?;
    let answered = others(cx).await;
    respond(cx, &call).await?;
    answered?;
    finish(cx, &ticket).await
}

/// A server SHOULD run other calls while the client has not answered what it was asked in one.
#[check(
    mcp(until = "2025-11-25"),
    declares("tools"),
    shared = "questions of the server",
    source = "our rule: the user may take long; official servers do",
    faults(MCP_CALLS_NOTHING_WHILE_IT_ASKS)
)]
async fn other_calls_are_run_meanwhile(cx: &mut Context) -> Result {
    let tools = silent(cx).await?;
    let (first, call) = asks(cx, &tools[0]).await?;
    let (second, other) = asks(cx, &tools[0]).await?;
    for (ticket, call) in [(first, call), (second, other)] {
        respond(cx, &call).await?;
        finish(cx, &ticket).await?;
    }
    Ok(())
}

/// A server MUST accept an answer that comes late.
#[check(
    mcp(until = "2025-11-25"),
    declares("tools"),
    shared = "questions of the server",
    source = "Base Protocol; every measured server does",
    faults(MCP_LATE_ANSWER_IGNORED)
)]
async fn an_answer_may_come_late(cx: &mut Context) -> Result {
    let tools = silent(cx).await?;
    for callable in tools {
        let (ticket, call) = asks(cx, &callable).await?;
        for _ in 0..3 {
            others(cx).await?;
        }
        respond(cx, &call).await?;
        finish(cx, &ticket).await?;
    }
    Ok(())
}

/// A server MUST accept the answers to its questions in any order.
#[check(
    mcp(until = "2025-11-25"),
    declares("tools"),
    shared = "questions of the server",
    source = "JSON-RPC 2.0, Response object; Base Protocol",
    faults(MCP_ANSWERS_HEARD_IN_ORDER)
)]
async fn answers_may_come_in_any_order(cx: &mut Context) -> Result {
    let tools = silent(cx).await?;
    let (first, call) = asks(cx, &tools[0]).await?;
    let second = cx.mcp().send("tools/call", tools[0].params()).await?;
    let Some(other) = next_question(cx, START).await? else {
        // It asks one thing at a time, which is the matter of another check.
        respond(cx, &call).await?;
        finish(cx, &first).await?;
        finish(cx, &second).await?;
        return Err(Failure::lacks("two questions at once"));
    };
    respond(cx, &other).await?;
    respond(cx, &call).await?;
    finish(cx, &first).await?;
    finish(cx, &second).await
}

/// A server SHOULD NOT answer a call that was cancelled while the client had not answered.
#[check(
    mcp(until = "2025-11-25"),
    declares("tools"),
    shared = "questions of the server",
    source = "Cancellation, Behavior Requirements",
    faults(MCP_CANCELLED_QUESTION_ANSWERED)
)]
async fn a_cancelled_call_is_not_answered(cx: &mut Context) -> Result {
    let tools = silent(cx).await?;
    let (ticket, call) = asks(cx, &tools[0]).await?;
    let params = json!({ "requestId": ticket.id.to_json(), "reason": "not needed any more" });
    cx.mcp().notify(CANCELLED, params).await?;
    cx.mcp().barrier().await?;
    respond(cx, &call).await?;
    let answer: Option<Reply> = cx.mcp().answer_or_silence(&ticket).await?;
    ensure!(
        answer.is_none(),
        format!("the answer to a call of `{}` that was cancelled", tools[0].name),
        "none",
        answer.map(|reply| reply.value.to_string()).unwrap_or_default()
    );
    Ok(())
}
