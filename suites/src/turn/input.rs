//! The user's input: how it reaches the model, and which input is rejected.

use harness::{Context, Dialect, Order, Result, check, code, ensure, ensure_eq, ensure_includes};
use mock_model::says;
use serde_json::json;

use super::observed::first;
use super::unknown::unreadable;
use crate::client::{ContextExt, Protocol, is_item};

/// A server MUST report the user's message of a turn, in `v1` by the event `user_message` and in
/// `v2` as a completed item.
#[check(
    v1(since = "0.53"),
    v2,
    source = "app-server tests, turn_start: userMessage",
    faults(USER_MESSAGE_UNTOLD),
    shared
)]
async fn the_user_message_is_reported(cx: &mut Context) -> Result {
    let thread = cx.client().start().await?;
    cx.model.script([says("done")]);
    let turn = cx.client().turn(&thread, "what the user says").await?;
    if cx.dialect() == Dialect::V1 {
        let event = Order::of(&turn.calls).once("codex/event/user_message")?;
        ensure_eq!(
            event.params["msg"]["message"],
            "what the user says",
            "`message` of `user_message`"
        );
        return Ok(());
    }
    let item = first(&turn.calls, "`item/completed` of the user's message", |call| {
        is_item(call, &thread, "item/completed", "userMessage")
    })?;
    let part = &item.params["item"]["content"][0];
    ensure_includes!(
        part,
        json!({ "type": "text", "text": "what the user says" }),
        "the user's message"
    );
    Ok(())
}

/// A server MUST send the user's message to the model together with the conversation so far.
#[check(
    v1,
    v2,
    source = "app-server tests, send_message; Responses API, stateless input",
    faults(HISTORY_FORGOTTEN),
    shared
)]
async fn the_model_receives_the_earlier_turns(cx: &mut Context) -> Result {
    let thread = cx.client().start().await?;
    cx.model.script([says("the first answer"), says("the second answer")]);
    cx.client().turn(&thread, "the first question").await?;
    cx.client().turn(&thread, "the second question").await?;
    let (first, second) = (cx.asked(1).await?, cx.asked(2).await?);
    ensure_eq!(
        first.user_texts().last(),
        Some(&"the first question"),
        "the last user text of request 1"
    );
    ensure_eq!(
        second.user_texts().last(),
        Some(&"the second question"),
        "the last user text of request 2"
    );
    ensure!(
        second.user_texts().contains(&"the first question"),
        "the user texts of request 2 to the model",
        "the question of the first turn among them",
        second.user_texts().join(" | ")
    );
    ensure_eq!(
        second.assistant_texts(),
        ["the first answer"],
        "the agent's message in the input of request 2"
    );
    Ok(())
}

/// A server MUST pass every part of the user's input to the model in order.
#[check(
    v1,
    v2,
    source = "app-server README, Turns: input is a list",
    faults(FIRST_PART_ONLY),
    shared
)]
async fn every_part_reaches_the_model(cx: &mut Context) -> Result {
    let thread = cx.client().start().await?;
    cx.model.script([says("done")]);
    let mark = cx.peer.mark();
    let parts = ["one part", "another part"];
    let protocol = cx.protocol();
    let params = protocol.input_params(&thread.id, parts.map(protocol.text));
    cx.peer.call(protocol.turn, params).await?;
    cx.client().end_turn(&thread, mark).await?;
    let said = cx.asked(1).await?.user_texts().join("\n");
    let places = parts.map(|part| said.find(part));
    ensure!(
        matches!(places, [Some(one), Some(two)] if one < two),
        "the user texts of the request to the model",
        "both parts of the input, in order",
        said
    );
    Ok(())
}

/// A server MUST pass an image that the user gives as a `data:` URL to the model.
#[check(
    v1,
    v2,
    source = "app-server README, Turns: input, image; every release does",
    faults(IMAGES_LOST),
    shared
)]
async fn an_image_reaches_the_model(cx: &mut Context) -> Result {
    let thread = cx.client().start().await?;
    cx.model.script([says("done")]);
    let mark = cx.peer.mark();
    let protocol = cx.protocol();
    let params = protocol.input_params(&thread.id, [(protocol.image)(IMAGE)]);
    cx.peer.call(protocol.turn, params).await?;
    cx.client().end_turn(&thread, mark).await?;
    let request = cx.asked(1).await?;
    let parts = request.input_items().iter().filter(|item| item["role"] == "user");
    let mut parts = parts.flat_map(|item| item["content"].as_array().into_iter().flatten());
    let image = parts.find(|part| part["type"] == "input_image");
    ensure_eq!(
        image.map(|image| &image["image_url"]),
        Some(&json!(IMAGE)),
        "the image in the request to the model"
    );
    Ok(())
}

/// A picture of one pixel.
const IMAGE: &str = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

/// A server MUST reject a request for a turn whose input is missing, is not a list or has a part of
/// an unknown type.
#[check(
    v1(fixed_in("0.44", "a request that cannot be understood is never answered")),
    v2,
    source = "app-server protocol, input; every release since does",
    faults(UNDECODABLE_TURN_TAKEN),
    shared
)]
async fn invalid_input_is_rejected(cx: &mut Context) -> Result {
    let thread = cx.client().start().await?;
    let &Protocol { turn: method, thread_id: id, input, .. } = cx.protocol();
    unreadable(cx, method, json!({ id: thread.id })).await?;
    unreadable(
        cx,
        method,
        json!({ id: thread.id, input: [{ "type": "smell", "data": { "text": "x" } }] }),
    )
    .await?;
    unreadable(cx, method, json!({ id: thread.id, input: "just text" })).await?;
    cx.model.script([says("done")]);
    let turn = cx.client().turn(&thread, "hello").await?;
    turn.says(&["done"], "the agent's messages in a turn with proper input")?;
    ensure_eq!(cx.model.requests().len(), 1, "requests to the model");
    Ok(())
}

/// A server MUST reject input of more than 1,048,576 characters with the error code -32602 and the
/// `input_error_code`, `max_chars` and `actual_chars` in its data.
#[check(
    v2(fixed_in("0.107", "input of any length is accepted")),
    source = "app-server tests, turn_start: oversize input",
    faults(OVERSIZE_INPUT_TAKEN),
    shared
)]
async fn oversize_input_is_rejected(cx: &mut Context) -> Result {
    let thread = cx.client().start().await?;
    let text = "x".repeat((1 << 20) + 1);
    let params = cx.protocol().turn_params(&thread.id, &text);
    let reply = cx.peer.request("turn/start", params).await?;
    let error = reply.refusal(format!("reply to `turn/start` with {} characters", text.len()))?;
    ensure_eq!(
        error.code,
        Some(code::INVALID_PARAMS),
        "the code of the error for input that is too long"
    );
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
