//! Lines that are no message, and messages that are written otherwise: the server goes on.

pub mod bytes;
pub mod ids;
pub mod lines;
pub mod messages;
pub mod size;

use harness::{Context, Id, Reply, Result, request_meta};
use serde_json::{Value, json};

use crate::mcp::client::McpExt;

/// The method that every server answers with a result.
fn method(cx: &mut Context) -> &'static str {
    cx.mcp().barrier_method()
}

/// A request that every server answers with a result, with this id; a member of its `_meta` holds `text`.
fn request(cx: &mut Context, id: &Value, text: Option<&str>) -> Value {
    let method = method(cx);
    let mut request = json!({ "jsonrpc": "2.0", "id": id, "method": method });
    if cx.mcp().is_modern() {
        let revision = cx.mcp().revision();
        request["params"]["_meta"] = request_meta(revision, &json!({}));
    }
    if let Some(text) = text {
        request["params"]["_meta"]["com.example/text"] = json!(text);
    }
    request
}

/// Whether the running process has answered something.
#[derive(Clone, Copy, Debug, Default)]
struct Ready(bool);

/// Opens the session. Where there is none, sends a first request beside `server/discover`, which clients of
/// both eras may ask: servers decide by it which one the client speaks. What the server itself asks at the
/// start is answered by then.
async fn open(cx: &mut Context) -> Result {
    if !cx.known::<Ready>()?.0 {
        if cx.mcp().is_modern() {
            cx.mcp().request("tools/list", Value::Null).await?;
        }
        cx.mcp().barrier().await?;
        cx.known::<Ready>()?.0 = true;
    }
    Ok(())
}

/// Sends a line in an open session, and then a request that has to be answered.
async fn survives(cx: &mut Context, what: &str, line: &[u8]) -> Result {
    open(cx).await?;
    let mut bytes = line.to_vec();
    bytes.push(b'\n');
    cx.peer.send_bytes(&bytes).await.map_err(|failure| after(failure, what))?;
    cx.mcp().barrier().await.map_err(|failure| after(failure, what))?;
    Ok(())
}

/// The failure of a step after such a line.
fn after(failure: harness::Failure, what: &str) -> harness::Failure {
    failure.within(format!("after {what}"))
}

/// Sends bytes that hold a request with this id in an open session, in parts that the server reads one
/// by one, and waits for its result.
async fn answered(cx: &mut Context, what: &str, id: Id, parts: &[&[u8]]) -> Result<Reply> {
    open(cx).await?;
    let method = method(cx);
    let ticket = cx.peer.expect(id, method)?;
    for (number, part) in parts.iter().enumerate() {
        if number > 0 {
            cx.peer.until_read().await?;
        }
        cx.peer.send_bytes(part).await.map_err(|failure| after(failure, what))?;
    }
    let reply = cx.peer.answer(&ticket).await.map_err(|failure| after(failure, what))?;
    reply.granted(format!("reply to {what}"))?;
    Ok(reply)
}
