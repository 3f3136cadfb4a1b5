//! What follows when the client answers.

use harness::{Context, Failure, Policy, Result, check, ensure};
use serde_json::json;

use crate::mcp::client::McpExt;
use crate::mcp::roles::{Client, ELICIT, ROOTS, all_answered, learnt, play};

/// A server MUST answer a call after the client has answered what it was asked in it.
#[check(
    mcp(until = "2025-11-25"),
    declares("tools"),
    shared = "questions of the server",
    source = "Client Features; every measured server does",
    faults(MCP_ANSWER_LOSES_THE_CALL)
)]
async fn the_call_is_answered(cx: &mut Context) -> Result {
    let learnt = learnt(cx).await?;
    if learnt.calls.is_empty() {
        return Err(Failure::lacks("a tool that may be called and asks something"));
    }
    for call in &learnt.calls {
        ensure!(
            call.is_answered,
            format!("the answer to a call of `{}`, which has asked something", call.callable.name),
            "a result or an error, after the client has answered",
            "nothing"
        );
    }
    Ok(())
}

/// A server MUST go on when the client has no roots.
#[check(
    mcp(until = "2025-11-25"),
    shared = "questions of the server",
    source = "Roots; every measured server does",
    faults(MCP_DIES_OF_NO_ROOTS)
)]
async fn a_client_may_have_no_roots(cx: &mut Context) -> Result {
    let learnt = learnt(cx).await?;
    if !learnt.asked().any(|call| call.method == ROOTS) {
        return Err(Failure::lacks("a question for the roots"));
    }
    play(cx, Client::Refusing).await?;
    cx.peer.set_policy(ROOTS, Policy::Result(json!({ "roots": [] })));
    // Most servers ask again now.
    cx.mcp().notify("notifications/roots/list_changed", json!({})).await?;
    all_answered(cx, learnt.asking(ROOTS)).await?;
    cx.mcp().barrier().await?;
    cx.peer.set_policy(ROOTS, Policy::refuse(ROOTS));
    Ok(())
}

/// A server MUST go on when the client says that its roots have changed.
#[check(
    mcp(until = "2025-11-25"),
    shared = "questions of the server",
    source = "Roots, Root List Changes",
    faults(MCP_DIES_OF_CHANGED_ROOTS, MCP_ANSWERS_CHANGED_ROOTS)
)]
async fn roots_may_change(cx: &mut Context) -> Result {
    learnt(cx).await?;
    play(cx, Client::Refusing).await?;
    cx.mcp().barrier().await?;
    let lines = |cx: &Context| {
        let refusals = cx.peer.look(|entries| {
            let own = entries.iter().filter(|entry| entry.is_from_subject());
            let value = own.filter_map(|entry| entry.value.as_ref());
            value.filter(|value| value.get("error").is_some() && value["id"].is_null()).count()
        });
        refusals.unwrap_or_default()
    };
    let before = lines(cx);
    cx.mcp().notify("notifications/roots/list_changed", json!({})).await?;
    cx.mcp().barrier().await?;
    ensure!(
        lines(cx) == before,
        "the answer to the notification that the roots have changed",
        "none: notifications are not answered",
        "an error without an id"
    );
    Ok(())
}

/// A server MUST answer a call whose user declines.
#[check(
    mcp(since = "2025-06-18", until = "2025-11-25"),
    declares("tools"),
    shared = "questions of the server",
    source = "Elicitation, Response Actions",
    faults(MCP_DECLINE_LOSES_THE_CALL)
)]
async fn a_user_may_decline(cx: &mut Context) -> Result {
    user_does(cx, json!({ "action": "decline" })).await
}

/// A server MUST answer a call whose user closes the form.
#[check(
    mcp(since = "2025-06-18", until = "2025-11-25"),
    declares("tools"),
    shared = "questions of the server",
    source = "Elicitation, Response Actions",
    faults(MCP_DISMISSAL_LOSES_THE_CALL)
)]
async fn a_user_may_close_the_form(cx: &mut Context) -> Result {
    user_does(cx, json!({ "action": "cancel" })).await
}

/// A server SHOULD answer a call whose question is answered with an empty object.
#[check(
    mcp(since = "2025-06-18", until = "2025-11-25"),
    declares("tools"),
    shared = "questions of the server",
    source = "our rule: a client may be wrong",
    faults(MCP_DIES_OF_AN_EMPTY_ANSWER)
)]
async fn an_answer_may_be_empty(cx: &mut Context) -> Result {
    user_does(cx, json!({})).await
}

/// Calls every tool that asks the user, who does this.
async fn user_does(cx: &mut Context, answer: serde_json::Value) -> Result {
    let tools = learnt(cx).await?.asking(ELICIT);
    if tools.is_empty() {
        return Err(Failure::lacks("a tool that asks the user"));
    }
    play(cx, Client::Refusing).await?;
    cx.peer.set_policy(ELICIT, Policy::Result(answer));
    let answered = all_answered(cx, tools).await;
    cx.peer.set_policy(ELICIT, Policy::refuse(ELICIT));
    answered?;
    cx.mcp().barrier().await?;
    Ok(())
}
