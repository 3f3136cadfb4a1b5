//! Requests for turns that make no sense: refused, and without consequences.

use harness::failure::Result;
use harness::message::code;
use harness::{Context, Dialect, check, ensure, ensure_eq};
use mock_model::says;
use serde_json::{Value, json};

use super::scene::open;
use crate::words::{before, greet, run_turn};
use crate::{v1, v2};

/// A well-formed id that nobody has.
const NOBODY: &str = "00000000-0000-4000-8000-000000000000";

/// Expects a refusal with code -32600.
async fn refused(cx: &mut Context, method: &str, params: Value) -> Result {
    let reply = cx.peer.request(method, params).await?;
    ensure_eq!(reply.error_code()?, code::INVALID_REQUEST, "the code of the error for `{method}`");
    Ok(())
}

/// A server MUST refuse a turn in a thread that it does not have.
#[check(
    v1,
    v2,
    source = "app-server tests, send_message: unknown conversation; app-server README, Errors"
)]
async fn thread_of_a_turn_is_refused(cx: &mut Context) -> Result {
    greet(cx).await?;
    match cx.dialect() {
        Dialect::V1 => {
            refused(
                cx,
                "sendUserMessage",
                json!({ "conversationId": NOBODY, "items": v1::items("hello") }),
            )
            .await?;
            let tag = if before(cx, 0, 66) { "mode" } else { "type" };
            let turn = json!({ "conversationId": NOBODY, "items": v1::items("hello"), "cwd": cx.home.work(),
                "approvalPolicy": "never", "sandboxPolicy": { tag: "read-only" }, "model": "any", "summary": "auto" });
            refused(cx, "sendUserTurn", turn).await?;
        }
        _ => {
            refused(cx, "turn/start", json!({ "threadId": NOBODY, "input": v2::input("hello") }))
                .await?
        }
    }
    ensure_eq!(cx.model.requests().len(), 0, "requests to the model");
    Ok(())
}

/// A server MUST refuse to interrupt a thread that it does not have.
#[check(
    v1,
    v2,
    source = "app-server protocol, interruptConversation and turn/interrupt; every release does"
)]
async fn thread_of_an_interruption_is_refused(cx: &mut Context) -> Result {
    greet(cx).await?;
    match cx.dialect() {
        Dialect::V1 => {
            refused(cx, "interruptConversation", json!({ "conversationId": NOBODY })).await
        }
        _ => refused(cx, "turn/interrupt", json!({ "threadId": NOBODY, "turnId": "0" })).await,
    }
}

/// A server MUST refuse a steering message for a thread that it does not have.
#[check(v2(since = "0.101"), source = "app-server README, turn/steer; every release since does")]
async fn thread_of_a_steering_message_is_refused(cx: &mut Context) -> Result {
    greet(cx).await?;
    let params = json!({ "threadId": NOBODY, "expectedTurnId": "0", "input": v2::input("hello") });
    refused(cx, "turn/steer", params).await
}

/// A server MUST refuse an id of a thread that is none.
#[check(
    v1(since = "0.44"),
    v2,
    source = "app-server protocol: thread ids are UUIDs; every release since does"
)]
async fn form_of_an_id_is_refused(cx: &mut Context) -> Result {
    greet(cx).await?;
    for id in ["", "nonsense", "../../etc/passwd"] {
        match cx.dialect() {
            Dialect::V1 => {
                refused(
                    cx,
                    "sendUserMessage",
                    json!({ "conversationId": id, "items": v1::items("hello") }),
                )
                .await?
            }
            _ => {
                refused(cx, "turn/start", json!({ "threadId": id, "input": v2::input("hello") }))
                    .await?
            }
        }
    }
    Ok(())
}

/// A server MUST refuse a turn without input, or with input of an unknown kind, and go on with the conversation.
#[check(v1(since = "0.44"), v2, source = "app-server protocol, input; every release since does")]
async fn kind_of_input_is_refused(cx: &mut Context) -> Result {
    let thread = open(cx).await?;
    let (method, id, input) = match cx.dialect() {
        Dialect::V1 => ("sendUserMessage", "conversationId", "items"),
        _ => ("turn/start", "threadId", "input"),
    };
    refused(cx, method, json!({ id: thread.id })).await?;
    refused(
        cx,
        method,
        json!({ id: thread.id, input: [{ "type": "smell", "data": { "text": "x" } }] }),
    )
    .await?;
    refused(cx, method, json!({ id: thread.id, input: "just text" })).await?;
    cx.model.script([says("done")]);
    let turn = run_turn(cx, &thread, "hello").await?;
    ensure_eq!(turn.said, ["done"], "what the agent said in a turn with proper input");
    ensure_eq!(cx.model.requests().len(), 1, "requests to the model");
    Ok(())
}

/// A server MUST refuse input that is longer than it takes, and say how long that is.
#[check(v2(since = "0.120"), source = "app-server tests, turn_start: oversize input")]
async fn length_of_input_is_refused(cx: &mut Context) -> Result {
    let thread = open(cx).await?;
    let text = "x".repeat((1 << 20) + 1);
    let params = json!({ "threadId": thread.id, "input": v2::input(&text) });
    let error = cx.peer.request("turn/start", params).await?.error()?;
    ensure_eq!(error.code, Some(code::INVALID_PARAMS), "the code of the error");
    let data = error.data.unwrap_or_default();
    ensure_eq!(
        data["input_error_code"],
        "input_too_large",
        "`input_error_code` in the data of the error"
    );
    ensure!(
        data["max_chars"].is_u64() && data["actual_chars"] == json!(text.len()),
        "`max_chars` and `actual_chars` in the data of the error",
        format!("the limit and {}", text.len()),
        data.to_string()
    );
    ensure_eq!(cx.model.requests().len(), 0, "requests to the model");
    Ok(())
}
