//! Requests with unknown or invalid thread ids: rejected, without effect.

use harness::{Context, Reply, Result, check, code, ensure_eq};
use serde_json::{Value, json};

use crate::client::{ContextExt, Settings, ensure_unreadable};

/// A well-formed id of no thread.
const UNKNOWN: &str = "00000000-0000-4000-8000-000000000000";

/// Expects a refusal with code -32600.
pub(super) async fn refused(cx: &mut Context, method: &str, params: Value) -> Result {
    let reply = cx.peer.request(method, params).await?;
    ensure_rejected(&reply, method)
}

fn ensure_rejected(reply: &Reply, method: &str) -> Result {
    let what = format_args!("answer to `{method}` with an unknown id");
    reply.refused(code::INVALID_REQUEST, what).map(|_| ())
}

/// Expects a refusal of invalid parameters.
pub(super) async fn unreadable(cx: &mut Context, method: &str, params: Value) -> Result {
    let reply = cx.peer.request(method, params).await?;
    ensure_unreadable(&reply, format_args!("answer to `{method}` with invalid parameters"))
}

/// A server MUST reject a turn in an unknown thread with the error code -32600.
#[check(
    v1,
    v2,
    source = "app-server tests, send_message: unknown conversation; app-server README, Errors",
    faults(UNKNOWN_THREAD_TAKEN),
    shared
)]
async fn a_turn_in_an_unknown_thread_is_rejected(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let protocol = cx.protocol();
    refused(cx, protocol.turn, protocol.turn_params(UNKNOWN, "hello")).await?;
    if protocol.turn_with != protocol.turn {
        let settings = Settings { model: Some("any"), ..Settings::default() };
        let turn = (protocol.turn_with_params)(cx.home.work(), UNKNOWN, "hello", settings);
        refused(cx, protocol.turn_with, turn).await?;
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
    faults(UNKNOWN_THREAD_INTERRUPTED),
    shared
)]
async fn interrupting_an_unknown_thread_is_rejected(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let ticket = cx.client().interrupt_turn(UNKNOWN, "0").await?;
    let reply = cx.peer.answer(&ticket).await?;
    ensure_rejected(&reply, cx.protocol().interrupt)
}

/// A server MUST reject `turn/steer` for an unknown thread with the error code -32600.
#[check(
    v2(since = "0.101"),
    source = "app-server README, turn/steer; every release since does",
    faults(STEERS_NOBODY),
    shared
)]
async fn steering_an_unknown_thread_is_rejected(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let mut params = cx.protocol().turn_params(UNKNOWN, "hello");
    params["expectedTurnId"] = json!("0");
    refused(cx, "turn/steer", params).await
}

/// A server MUST reject a turn whose thread id is not a valid id.
#[check(
    v1(fixed_in("0.44", "a request that cannot be understood is never answered")),
    v2,
    source = "app-server protocol: thread ids are UUIDs; every release since does",
    faults(BAD_ID_IS_INTERNAL, UNDECODABLE_TURN_TAKEN),
    shared
)]
async fn an_invalid_thread_id_is_rejected(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    for id in ["", "nonsense", "../../etc/passwd"] {
        let params = cx.protocol().turn_params(id, "hello");
        unreadable(cx, cx.protocol().turn, params).await?;
    }
    Ok(())
}
