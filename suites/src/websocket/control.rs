//! Frames that carry no message, and messages in several frames.

use harness::{Context, Failure, Frame, Frames, Result, check, ensure, ensure_eq};
use serde_json::{Value, json};

use crate::client::ContextExt;
use crate::rows::Rows;

/// Payloads of pings, the last as long as one may be.
const PAYLOADS: [&[u8]; 4] = [b"", b"x", "ping €".as_bytes(), &[0xA5; 125]];

/// A client that is initialized, of a subject that serves another one besides.
pub(super) async fn initialized(cx: &mut Context) -> Result<Frames> {
    cx.listen().await?;
    cx.client().initialize().await?;
    another(cx).await
}

/// One more such client.
pub(super) async fn another(cx: &mut Context) -> Result<Frames> {
    let mut frames = cx.frames().await?;
    let params = json!({ "clientInfo": cx.client_info() });
    frames.text(json!({ "id": 0, "method": "initialize", "params": params }).to_string()).await?;
    answer(&mut frames, 0).await?;
    frames.text(json!({ "method": "initialized" }).to_string()).await?;
    Ok(frames)
}

/// A request that changes nothing.
pub(super) fn request(id: usize, more: &str) -> String {
    json!({ "id": id, "method": "account/read", "params": { "note": more } }).to_string()
}

/// Waits for the answer to the request with this id, whatever else comes; its result.
pub(super) async fn answer(frames: &mut Frames, id: usize) -> Result<Value> {
    let awaited = format!("the answer to the request {id}");
    loop {
        match frames.next(&awaited).await? {
            Frame::Text(text) => {
                let message: Value = serde_json::from_str(&text).unwrap_or_default();
                if message["id"] == id && message.get("method").is_none() {
                    ensure!(
                        message.get("result").is_some(),
                        awaited,
                        "a result",
                        harness::show(&message)
                    );
                    return Ok(message["result"].clone());
                }
            }
            Frame::Ping(_) | Frame::Pong(_) => {}
            end @ (Frame::Close(_) | Frame::Gone) => return Err(ended(&awaited, &end)),
        }
    }
}

/// The failure of a wait on a connection that the subject has closed.
fn ended(awaited: &str, end: &Frame) -> Failure {
    let how = match end {
        Frame::Close(Some(code)) => format!(" with the code {code}"),
        _ => String::new(),
    };
    Failure::mismatch(awaited, "a frame", format!("the subject closed the connection{how}"))
}

/// Fails unless the subject serves both the client with these frames and the other one.
async fn both_are_served(cx: &mut Context, frames: &mut Frames, id: usize) -> Result {
    frames.text(request(id, "")).await?;
    answer(frames, id).await?;
    other_is_served(cx).await
}

/// Fails unless the subject serves the other client.
pub(super) async fn other_is_served(cx: &mut Context) -> Result {
    let reply = cx.peer.request("account/read", json!({})).await;
    let reply = reply.map_err(|failure| failure.within("the other client"))?;
    reply.granted("`account/read` of the other client").map(|_| ())
}

/// A server MUST answer a ping with a pong that has the payload of the ping.
#[check(
    v2(since = "0.101"),
    source = "RFC 6455 §5.5.2, §5.5.3; every release does",
    faults(PINGS_UNANSWERED, PONG_PAYLOAD_CHANGED)
)]
async fn a_ping_is_answered_with_its_payload(cx: &mut Context) -> Result {
    let mut frames = initialized(cx).await?;
    let mut rows = Rows::default();
    for (number, payload) in PAYLOADS.into_iter().enumerate() {
        frames.ping(payload).await?;
        let row = format!("after a ping of {} bytes", payload.len());
        rows.judge(row, pong(&mut frames, payload, &PAYLOADS[..number]).await)?;
    }
    rows.end()?;
    both_are_served(cx, &mut frames, 1).await
}

/// Waits for the pong, and fails unless it has this payload. A server may send more than one for each ping,
/// also for those that came `before`.
async fn pong(frames: &mut Frames, payload: &[u8], before: &[&[u8]]) -> Result {
    loop {
        match frames.next("a pong").await? {
            Frame::Pong(answered) if answered != payload && before.contains(&&answered[..]) => {}
            Frame::Pong(answered) => {
                ensure_eq!(answered, payload, "the payload of the pong");
                return Ok(());
            }
            Frame::Text(_) | Frame::Ping(_) => {}
            end @ (Frame::Close(_) | Frame::Gone) => return Err(ended("a pong", &end)),
        }
    }
}

/// A server MUST go on serving a client that sends a pong for which the server has not asked.
#[check(
    v2(since = "0.101"),
    source = "RFC 6455 §5.5.3: a pong may be sent unasked; every release does",
    faults(STRAY_PONG_CLOSES)
)]
async fn a_pong_without_a_ping_is_ignored(cx: &mut Context) -> Result {
    let mut frames = initialized(cx).await?;
    frames.pong(b"unasked").await?;
    both_are_served(cx, &mut frames, 1).await
}

/// A server MUST read a message that arrives in several fragments, even if a fragment is empty or ends
/// inside a character.
#[check(
    v2(since = "0.101"),
    source = "RFC 6455 §5.4; every release does",
    faults(FRAGMENTS_ARE_MESSAGES)
)]
async fn a_message_may_arrive_in_fragments(cx: &mut Context) -> Result {
    let mut frames = initialized(cx).await?;
    let text = request(1, "é€😀").into_bytes();
    // Around each character of several bytes there is a cut in the middle of it.
    let cuts = (1..text.len()).filter(|at| !text[*at].is_ascii() || at % 20 == 0);
    let mut cuts: Vec<usize> = cuts.collect();
    cuts.push(cuts[0]);
    cuts.sort_unstable();
    let (mut from, mut number) = (0, 0);
    for to in cuts {
        frames.fragment(number, &text[from..to], false).await?;
        (from, number) = (to, number + 1);
    }
    frames.fragment(number, &text[from..], true).await?;
    answer(&mut frames, 1).await?;
    both_are_served(cx, &mut frames, 2).await
}

/// A server MUST answer a ping that arrives between the fragments of a message, and read the message.
#[check(
    v2(since = "0.101"),
    source = "RFC 6455 §5.4: control frames may come in the middle of a message; every release does",
    faults(PING_BETWEEN_FRAGMENTS_CLOSES)
)]
async fn a_ping_may_come_between_fragments(cx: &mut Context) -> Result {
    let mut frames = initialized(cx).await?;
    let text = request(1, "").into_bytes();
    let (begin, end) = text.split_at(text.len() / 2);
    frames.fragment(0, begin, false).await?;
    frames.ping(b"between").await?;
    pong(&mut frames, b"between", &[]).await?;
    frames.fragment(1, end, true).await?;
    answer(&mut frames, 1).await?;
    both_are_served(cx, &mut frames, 2).await
}

/// Closes the connection, and waits until the subject does; whether it answered with a close frame.
async fn closed(frames: &mut Frames) -> Result<bool> {
    frames.close().await?;
    loop {
        match frames.next("the end of the connection").await? {
            Frame::Close(_) => return Ok(true),
            Frame::Gone => return Ok(false),
            Frame::Text(_) | Frame::Ping(_) | Frame::Pong(_) => {}
        }
    }
}

/// A server MUST close the connection of a client that sends a close frame, and go on serving all other
/// clients.
#[check(
    v2(since = "0.101"),
    source = "RFC 6455 §7.1; every release does",
    faults(CLOSE_UNANSWERED, CLOSE_ENDS_THE_SERVER)
)]
async fn a_close_ends_one_connection(cx: &mut Context) -> Result {
    let mut frames = initialized(cx).await?;
    closed(&mut frames).await?;
    other_is_served(cx).await
}

/// A server SHOULD answer a close frame with a close frame.
#[check(
    v2(since = "0.101"),
    source = "RFC 6455 §5.5.1; releases up to 0.171 close the connection without one",
    faults(CLOSE_WITHOUT_A_CLOSE)
)]
async fn a_close_is_answered(cx: &mut Context) -> Result {
    let mut frames = initialized(cx).await?;
    let answered = closed(&mut frames).await?;
    ensure!(answered, "the answer to a close frame", "a close frame", "the end of the connection");
    Ok(())
}
