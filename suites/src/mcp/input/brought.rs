//! What a server does with the input that the client brings.

use harness::{Context, Failure, Reply, Result, check, ensure};
use serde_json::{Value, json};

use crate::mcp::client::McpExt;
use crate::mcp::input::{Asking, answerable, answers, asking, redeem, required};

/// A server MUST accept the input that it has asked for.
#[check(
    mcp(since = "2026-07-28"),
    declares("tools"),
    shared = "questions",
    source = "Multi Round-Trip Requests, Basic Workflow",
    faults(MCP_INPUT_REFUSED)
)]
async fn the_input_is_accepted(cx: &mut Context) -> Result {
    for asking in answerable(cx).await? {
        let reply = redeem_all(cx, &asking).await?;
        reply.granted(format!("the answer to `{}` with its input", asking.callable.name))?;
    }
    Ok(())
}

async fn redeem_all(cx: &mut Context, asking: &Asking) -> Result<Reply> {
    let answers = answers(cx, asking);
    redeem(cx, asking, answers, asking.state.clone()).await
}

/// A server SHOULD ask again for input that is missing.
#[check(
    mcp(since = "2026-07-28"),
    declares("tools"),
    shared = "questions",
    source = "Multi Round-Trip Requests, Error Handling",
    faults(MCP_MISSING_INPUT_REFUSED)
)]
async fn missing_input_is_asked_for_again(cx: &mut Context) -> Result {
    for asking in asking(cx).await? {
        let reply = redeem(cx, &asking, json!({}), asking.state.clone()).await?;
        reply.granted(format!("the answer to `{}` without its input", asking.callable.name))?;
    }
    Ok(())
}

/// A server SHOULD ignore input that it did not ask for.
#[check(
    mcp(since = "2026-07-28"),
    declares("tools"),
    shared = "questions",
    source = "Multi Round-Trip Requests, Error Handling",
    faults(MCP_UNKNOWN_INPUT_REFUSED)
)]
async fn further_input_is_ignored(cx: &mut Context) -> Result {
    for asking in answerable(cx).await? {
        let mut answers = answers(cx, &asking);
        answers["proctor_further"] = json!({ "action": "accept", "content": {} });
        let reply = redeem(cx, &asking, answers, asking.state.clone()).await?;
        let what = format!("the answer to `{}` with more than its input", asking.callable.name);
        reply.granted(what)?;
    }
    Ok(())
}

/// A server MUST answer a request whose user declines.
#[check(
    mcp(since = "2026-07-28"),
    declares("tools"),
    shared = "questions",
    source = "Elicitation, Error Handling",
    faults(MCP_DECLINED_INPUT_UNANSWERED)
)]
async fn a_user_may_decline(cx: &mut Context) -> Result {
    answers_action(cx, "decline").await
}

/// A server MUST answer a request whose user closes the form.
#[check(
    mcp(since = "2026-07-28"),
    declares("tools"),
    shared = "questions",
    source = "Elicitation, Error Handling",
    faults(MCP_CANCELLED_INPUT_UNANSWERED)
)]
async fn a_user_may_close_the_form(cx: &mut Context) -> Result {
    answers_action(cx, "cancel").await
}

/// Whether the server answers when the user does this instead of filling in a form.
async fn answers_action(cx: &mut Context, action: &str) -> Result {
    let asks = |asking: &Asking| {
        let mut requests = asking.requests.values();
        requests.any(|request| request["method"] == json!("elicitation/create"))
    };
    let asking: Vec<_> = asking(cx).await?.into_iter().filter(asks).collect();
    if asking.is_empty() {
        return Err(Failure::lacks("a tool that asks the user"));
    }
    for asking in asking {
        let mut answers = answers(cx, &asking);
        for (name, request) in &asking.requests {
            if request["method"] == json!("elicitation/create") {
                answers[name.as_str()] = json!({ "action": action });
            }
        }
        redeem(cx, &asking, answers, asking.state.clone()).await?;
    }
    Ok(())
}

/// A server SHOULD refuse a request state that was changed.
#[check(
    mcp(since = "2026-07-28"),
    declares("tools"),
    shared = "questions",
    source = "Multi Round-Trip Requests, Server Requirements",
    faults(MCP_CHANGED_STATE_ACCEPTED)
)]
async fn a_changed_state_is_refused(cx: &mut Context) -> Result {
    let with_state = |asking: &Asking| asking.state.as_ref().is_some_and(Value::is_string);
    let asking: Vec<_> = asking(cx).await?.into_iter().filter(with_state).collect();
    if asking.is_empty() {
        return Err(Failure::lacks("a state for input that is required"));
    }
    for asking in asking {
        let state = asking.state.as_ref().and_then(Value::as_str).unwrap_or_default();
        let answers = answers(cx, &asking);
        let reply = redeem(cx, &asking, answers, Some(json!(changed(state)))).await?;
        let is_served = reply.result().is_ok_and(|result| result["isError"] != json!(true))
            && required(&reply).is_none();
        ensure!(
            !is_served,
            format!("the answer to `{}` with a changed `requestState`", asking.callable.name),
            "an error",
            reply.value["result"].to_string()
        );
    }
    cx.mcp().barrier().await?;
    Ok(())
}

/// The text with another character in its middle.
fn changed(state: &str) -> String {
    let middle = state.chars().count() / 2;
    let other = |character: char| if character == 'A' { 'B' } else { 'A' };
    let characters = state.chars().enumerate();
    characters.map(|(at, it)| if at == middle { other(it) } else { it }).collect()
}
