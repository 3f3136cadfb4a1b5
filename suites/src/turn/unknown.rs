//! Requests with unknown or invalid thread ids: rejected, without effect.

use harness::failure::Result;
use harness::message::code;
use harness::{Context, Dialect, check, ensure_eq};
use serde_json::{Value, json};

use crate::words::{ensure_unreadable, greet};
use crate::{v1, v2};

/// A well-formed id that nobody has.
const NOBODY: &str = "00000000-0000-4000-8000-000000000000";

/// Expects a refusal with code -32600.
pub(super) async fn refused(cx: &mut Context, method: &str, params: Value) -> Result {
    let reply = cx.peer.request(method, params).await?;
    reply.refused(
        code::INVALID_REQUEST,
        format_args!("answer to `{method}` with an id that leads nowhere"),
    )?;
    Ok(())
}

/// Expects a refusal of what cannot be read.
pub(super) async fn unreadable(cx: &mut Context, method: &str, params: Value) -> Result {
    let reply = cx.peer.request(method, params).await?;
    ensure_unreadable(&reply, format_args!("answer to `{method}` with what cannot be read"))
}

/// A server MUST reject a turn in an unknown thread with the error code -32600.
#[check(
    v1,
    v2,
    source = "app-server tests, send_message: unknown conversation; app-server README, Errors",
    faults(UNKNOWN_THREAD_TAKEN)
)]
async fn a_turn_in_an_unknown_thread_is_rejected(cx: &mut Context) -> Result {
    greet(cx).await?;
    match cx.dialect() {
        Dialect::V1 => {
            refused(
                cx,
                "sendUserMessage",
                json!({ "conversationId": NOBODY, "items": v1::items("hello") }),
            )
            .await?;
            let turn = json!({ "conversationId": NOBODY, "items": v1::items("hello"), "cwd": cx.home.work(),
                "approvalPolicy": "never", "sandboxPolicy": v1::sandbox_policy("read-only"), "model": "any", "summary": "auto" });
            refused(cx, "sendUserTurn", turn).await?;
        }
        _ => {
            refused(cx, "turn/start", json!({ "threadId": NOBODY, "input": v2::input("hello") }))
                .await?;
        }
    }
    ensure_eq!(
        cx.model.requests().len(),
        0,
        "requests to the model, for a conversation that does not exist"
    );
    Ok(())
}

/// A server MUST reject the interruption of an unknown thread with the error code -32600.
#[check(
    v1,
    v2,
    source = "app-server protocol, interruptConversation and turn/interrupt; every release does",
    faults(UNKNOWN_THREAD_INTERRUPTED)
)]
async fn interrupting_an_unknown_thread_is_rejected(cx: &mut Context) -> Result {
    greet(cx).await?;
    match cx.dialect() {
        Dialect::V1 => {
            refused(cx, "interruptConversation", json!({ "conversationId": NOBODY })).await
        }
        _ => refused(cx, "turn/interrupt", json!({ "threadId": NOBODY, "turnId": "0" })).await,
    }
}

/// A server MUST reject `turn/steer` for an unknown thread with the error code -32600.
#[check(
    v2(since = "0.101"),
    source = "app-server README, turn/steer; every release since does",
    faults(STEERS_NOBODY)
)]
async fn steering_an_unknown_thread_is_rejected(cx: &mut Context) -> Result {
    greet(cx).await?;
    let params = json!({ "threadId": NOBODY, "expectedTurnId": "0", "input": v2::input("hello") });
    refused(cx, "turn/steer", params).await
}

/// A server MUST reject a turn whose thread id is not a valid id.
#[check(
    v1(fixed_in("0.44", "a request that cannot be understood is never answered")),
    v2,
    source = "app-server protocol: thread ids are UUIDs; every release since does",
    faults(BAD_ID_IS_INTERNAL, UNDECODABLE_TURN_TAKEN)
)]
async fn an_invalid_thread_id_is_rejected(cx: &mut Context) -> Result {
    greet(cx).await?;
    for id in ["", "nonsense", "../../etc/passwd"] {
        let (method, params) = match cx.dialect() {
            Dialect::V1 => {
                ("sendUserMessage", json!({ "conversationId": id, "items": v1::items("hello") }))
            }
            _ => ("turn/start", json!({ "threadId": id, "input": v2::input("hello") })),
        };
        unreadable(cx, method, params).await?;
    }
    Ok(())
}
