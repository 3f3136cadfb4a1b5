//! Frames that are no message, and large ones: they harm neither their client nor another one.

use harness::{Context, Result, check};
use serde_json::json;

use super::two_clients;
use crate::rows::Rows;

/// Frames that are no message. What is not UTF-8 is sent as a binary frame.
const FRAMES: [(&str, &[u8]); 6] = [
    ("a text that is not JSON", b"{\"id\":1,"),
    ("an empty frame", b""),
    ("a list", b"[1,[2]]"),
    ("a number", b"7"),
    ("a frame of bytes", b"\xff\xfe\x00\x01"),
    ("a binary frame with a request in it", b"{\"id\":9,\"method\":\"account/read\"}\xff"),
];

/// The size of a large request, in bytes: far below the largest frame of any release.
const LARGE: usize = 1 << 20;

/// Fails unless the present client is answered.
async fn is_served(cx: &mut Context) -> Result {
    cx.peer.request("account/read", json!({})).await?.granted("`account/read`").map(|_| ())
}

/// A server MUST go on serving a client that has sent a frame that is no message, and all other
/// clients.
#[check(
    v2(since = "0.101"),
    source = "app-server README, Protocol: one message in each text frame; every release does",
    faults(BINARY_FRAME_CLOSES, GARBAGE_ENDS_THE_SERVER)
)]
async fn a_frame_that_is_no_message_harms_no_client(cx: &mut Context) -> Result {
    let other = two_clients(cx).await?;
    let mut rows = Rows::default();
    for (what, frame) in FRAMES {
        cx.peer.send_line(frame).await?;
        for client in ["the client that sent it", "the other client"] {
            let served = is_served(cx).await;
            let row = format!("{client}, after {what}");
            rows.judge(row, served)?;
            cx.swap(other);
        }
    }
    rows.end()
}

/// A server MUST answer a request of 1 MiB, and the requests of another client after it.
#[check(
    v2(since = "0.101"),
    source = "RFC 6455 §5.2: a frame may be as long as 2^63 bytes; every release does",
    faults(LARGE_FRAME_DROPPED)
)]
async fn a_large_frame_is_answered(cx: &mut Context) -> Result {
    let other = two_clients(cx).await?;
    let params = json!({ "padding": "y".repeat(LARGE) });
    let large = cx.peer.send("account/read", params).await?;
    cx.swap(other);
    is_served(cx).await.map_err(|failure| failure.within("the other client"))?;
    cx.swap(other);
    cx.peer.answer(&large).await?.granted("`account/read` with 1 MiB of padding")?;
    is_served(cx).await
}
