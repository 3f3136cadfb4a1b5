//! Sizes: long lines, and many of them.

use harness::{Context, Failure, Id, Kind, Result, check};
use serde_json::Value;

use crate::mcp::robust::{answered, method, open, request};

/// A request of this many bytes.
fn long(cx: &mut Context, id: i64, bytes: usize) -> String {
    let mut line = request(cx, &Value::from(id), Some(&"x".repeat(bytes))).to_string();
    line.push('\n');
    line
}

/// A server MUST answer each of 200 requests that come at once.
#[check(
    mcp,
    shared = "hostile lines",
    source = "every measured server does; JSON-RPC 2.0, Response object",
    faults(MCP_LOSES_ONE_OF_MANY)
)]
async fn a_burst(cx: &mut Context) -> Result {
    open(cx).await?;
    let method = method(cx);
    let (mut lines, mut tickets) = (String::new(), Vec::new());
    for id in 8_001..=8_200 {
        tickets.push(cx.peer.expect(Id::Number(id), method)?);
        lines.push_str(&request(cx, &Value::from(id), None).to_string());
        lines.push('\n');
    }
    cx.peer.send_bytes(lines.as_bytes()).await?;
    let mut lost = Vec::new();
    let deadline = cx.peer.deadline();
    for ticket in &tickets {
        let left = deadline.saturating_duration_since(std::time::Instant::now());
        match cx.peer.answer_within(ticket, left).await {
            Ok(_) => {}
            Err(failure) if failure.kind() == Kind::Timeout => lost.push(ticket.id.to_string()),
            Err(failure) => return Err(failure.within("after 200 requests at once")),
        }
    }
    if let Some(first) = lost.first() {
        return Err(Failure::mismatch(
            "the answers to 200 requests in one write",
            "200 answers",
            format!("{} are missing, the first one that to id {first}", lost.len()),
        ));
    }
    Ok(())
}

/// A server MUST answer a request of a megabyte.
#[check(
    mcp,
    shared = "hostile lines",
    source = "every measured server does",
    faults(MCP_EXITS_AT_A_LONG_LINE)
)]
async fn a_line_of_1_mb(cx: &mut Context) -> Result {
    let line = long(cx, 7401, 1 << 20);
    answered(cx, "a line of 1 MB", Id::Number(7401), &[line.as_bytes()]).await?;
    Ok(())
}

/// A server SHOULD answer a request of 16 megabytes.
#[check(
    mcp,
    shared = "hostile lines",
    source = "most measured servers do; some close their input at 10 MB, and say so in their documentation",
    faults(MCP_EXITS_AT_A_LONG_LINE)
)]
async fn a_line_of_16_mb(cx: &mut Context) -> Result {
    let line = long(cx, 7402, 16 << 20);
    answered(cx, "a line of 16 MB", Id::Number(7402), &[line.as_bytes()]).await?;
    Ok(())
}
