//! Messages of more than 16 MiB, which a server may refuse.

use harness::{Context, Frame, Frames, Result, check};
use serde_json::Value;

use super::control::{initialized, other_is_served, request};
use crate::rows::Rows;

/// The size of a message, in bytes: more than many libraries take in one frame.
const HUGE: usize = 17 << 20;
/// The size of a fragment of it.
const PART: usize = 1 << 20;

/// How a message is sent.
const WAYS: [(&str, usize); 2] = [("in one frame", HUGE + PART), ("in fragments of 1 MiB", PART)];

/// A server MUST either answer a message of more than 16 MiB or close its connection, and go on serving
/// all other clients.
#[check(
    v2(since = "0.101"),
    source = "RFC 6455 §7.4.1: 1009, message too big; every release does one or the other",
    faults(HUGE_MESSAGE_HANGS, HUGE_MESSAGE_ENDS_THE_SERVER)
)]
async fn a_huge_message_is_answered_or_refused(cx: &mut Context) -> Result {
    let mut frames = initialized(cx).await?;
    let mut rows = Rows::default();
    for (way, size) in WAYS {
        let text = request(1, &"y".repeat(HUGE));
        send(&mut frames, text.as_bytes(), size).await?;
        rows.judge(format!("{way}, its own client"), answered_or_closed(&mut frames).await)?;
        rows.judge(format!("{way}, the other client"), other_is_served(cx).await)?;
        frames = super::control::another(cx).await?;
    }
    rows.end()
}

/// Sends a text in fragments of this size, as far as the subject takes them.
async fn send(frames: &mut Frames, text: &[u8], size: usize) -> Result {
    let parts = text.chunks(size);
    let last = parts.len() - 1;
    for (number, part) in parts.enumerate() {
        if !frames.fragment(number, part, number == last).await? {
            break;
        }
    }
    Ok(())
}

/// Waits for an answer to the request 1, a result or an error, or for the end of the connection.
async fn answered_or_closed(frames: &mut Frames) -> Result {
    loop {
        match frames.next("an answer, or the end of the connection").await? {
            Frame::Text(text) => {
                let message: Value = serde_json::from_str(&text).unwrap_or_default();
                if message["id"] == 1 && message.get("method").is_none() {
                    return Ok(());
                }
            }
            Frame::Ping(_) | Frame::Pong(_) => {}
            Frame::Close(_) | Frame::Gone => return Ok(()),
        }
    }
}
