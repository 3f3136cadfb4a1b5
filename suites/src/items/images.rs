//! Images of the user: from a file, and from elsewhere.

use std::fs;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use harness::{Context, OrInconclusive, Result, check, code, ensure, ensure_eq};
use mock_model::says;
use serde_json::{Value, json};

use crate::client::{ContextExt, End, Thread, Turn, is_item};
use crate::stored::last_request;

/// A PNG image of one pixel, in base64.
const PNG: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

/// Runs a turn with a text and this input.
async fn shown(cx: &mut Context, thread: &Thread, input: &Value) -> Result<Turn> {
    cx.model.script([says("seen")]);
    let text = json!({ "type": "text", "text": "look at this" });
    let mark = cx.peer.mark();
    let params = json!({ "threadId": thread.id, "input": [text, input] });
    cx.peer.call("turn/start", params).await?;
    let turn = cx.client().end_turn(thread, mark).await?;
    turn.ended(End::Completed, "how the turn with the image ended")?;
    Ok(turn)
}

/// The parts of the user's last message to the model.
fn parts(cx: &Context) -> Result<Vec<Value>> {
    let request = last_request(cx)?;
    let message = request.input_items().iter().rfind(|item| item["role"] == "user");
    Ok(message.and_then(|item| item["content"].as_array().cloned()).unwrap_or_default())
}

/// A server MUST send the model an image file of the user as an image, and show its path in the message
/// of the user.
#[check(
    v2(since = "0.98"),
    source = "app-server README, turn/start: localImage; every release does",
    faults(LOCAL_IMAGE_NOT_SENT, LOCAL_IMAGE_NOT_SHOWN),
    shared
)]
async fn a_file_reaches_the_model(cx: &mut Context) -> Result {
    let thread = cx.client().start().await?;
    let path = cx.home.work().join("a picture.png");
    let bytes = STANDARD.decode(PNG).or_inconclusive("decoding an image")?;
    fs::write(&path, bytes).or_inconclusive("writing an image")?;
    let input = json!({ "type": "localImage", "path": path });
    let turn = shown(cx, &thread, &input).await?;
    let images: Vec<Value> = parts(cx)?
        .into_iter()
        .filter(|part| part["type"] == "input_image")
        .map(|part| part["image_url"].clone())
        .collect();
    ensure_eq!(images.len(), 1, "images in the message to the model");
    let url = images[0].as_str().unwrap_or_default();
    ensure!(url.starts_with("data:image/"), "the image", "a data URL", url);
    let message =
        turn.calls.iter().find(|call| is_item(call, &thread, "item/started", "userMessage"));
    let content = message.map(|call| call.params["item"]["content"].clone()).unwrap_or_default();
    let named = content.as_array().is_some_and(|parts| {
        parts.iter().any(|part| part["type"] == "localImage" && part["path"] == json!(path))
    });
    ensure!(
        named,
        "the content of the user's message",
        "the path of the image",
        content.to_string()
    );
    Ok(())
}

/// A server MUST run a turn whose image file is missing, and send the model a text in place of the
/// image.
#[check(
    v2(since = "0.98"),
    source = "every release does",
    faults(MISSING_IMAGE_REFUSED, MISSING_IMAGE_PASSED_OVER),
    shared
)]
async fn a_missing_file_becomes_a_text(cx: &mut Context) -> Result {
    let thread = cx.client().start().await?;
    let path = cx.home.work().join("no such picture.png");
    shown(cx, &thread, &json!({ "type": "localImage", "path": path })).await?;
    let parts = parts(cx)?;
    let shown = path.display().to_string();
    let named = |part: &Value| part["text"].as_str().is_some_and(|text| text.contains(&shown));
    ensure!(
        parts.iter().any(named),
        "the message to the model",
        "a text with the path of the missing image",
        json!(parts).to_string()
    );
    Ok(())
}

/// A server MUST reject an image with an `http` or `https` URL with the error code -32600.
#[check(
    v2(since = "0.147"),
    source = "every release since does: remote image URLs are not supported",
    faults(REMOTE_IMAGE_TAKEN),
    shared
)]
async fn a_remote_image_is_rejected(cx: &mut Context) -> Result {
    let thread = cx.client().start().await?;
    for url in ["https://example.com/a.png", "http://example.com/a.png"] {
        let params = json!({
            "threadId": thread.id, "input": [{ "type": "image", "url": url }],
        });
        let reply = cx.peer.request("turn/start", params).await?;
        reply.refused(code::INVALID_REQUEST, format!("answer to a turn with the image {url}"))?;
    }
    Ok(())
}
