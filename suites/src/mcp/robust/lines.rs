//! Lines that are no message.

use harness::{Context, Result, check};

use crate::mcp::robust::{open, survives};

/// A server MUST go on after a line that is not JSON.
#[check(
    mcp,
    shared = "hostile lines",
    source = "every measured server does; JSON-RPC 2.0, Error object",
    faults(MCP_EXITS_AT_A_BAD_LINE, MCP_DEAF_AFTER_A_BAD_LINE)
)]
async fn garbage(cx: &mut Context) -> Result {
    survives(cx, "a line that is not JSON", b"this is not JSON").await
}

/// A server MUST go on after half an object.
#[check(
    mcp,
    shared = "hostile lines",
    source = "every measured server does; JSON-RPC 2.0, Error object",
    faults(MCP_EXITS_AT_A_BAD_LINE)
)]
async fn half_an_object(cx: &mut Context) -> Result {
    survives(cx, "half an object", br#"{"jsonrpc":"2.0","id":1234,"meth"#).await
}

/// A server MUST go on after a blank line.
#[check(
    mcp,
    shared = "hostile lines",
    source = "every measured server does",
    faults(MCP_EXITS_AT_A_BAD_LINE)
)]
async fn a_blank_line(cx: &mut Context) -> Result {
    survives(cx, "an empty line", b"").await?;
    survives(cx, "a line of blanks", b"  \t ").await
}

/// A server MUST go on after a line that is a number, a text, or a truth value.
#[check(
    mcp,
    shared = "hostile lines",
    source = "every measured server does; JSON-RPC 2.0, Request object",
    faults(MCP_EXITS_AT_A_BAD_LINE)
)]
async fn a_scalar(cx: &mut Context) -> Result {
    for line in ["5", "\"ping\"", "true"] {
        survives(cx, &format!("the line {line}"), line.as_bytes()).await?;
    }
    Ok(())
}

/// A server MUST go on after a line that is null.
#[check(
    mcp,
    shared = "hostile lines",
    source = "every measured server does; JSON-RPC 2.0, Request object",
    faults(MCP_EXITS_AT_A_BAD_LINE)
)]
async fn null(cx: &mut Context) -> Result {
    survives(cx, "the line null", b"null").await
}

/// A server MUST go on after an empty object.
#[check(
    mcp,
    shared = "hostile lines",
    source = "every measured server does; JSON-RPC 2.0, Request object",
    faults(MCP_EXITS_AT_A_BAD_LINE)
)]
async fn an_empty_object(cx: &mut Context) -> Result {
    survives(cx, "an empty object", b"{}").await
}

/// A server MUST go on after an empty array.
#[check(
    mcp,
    shared = "hostile lines",
    source = "every measured server does; JSON-RPC 2.0, Batch",
    faults(MCP_EXITS_AT_A_BAD_LINE)
)]
async fn an_empty_array(cx: &mut Context) -> Result {
    survives(cx, "an empty array", b"[]").await
}

/// A server MUST go on after a batch of messages.
#[check(
    mcp,
    shared = "hostile lines",
    source = "every measured server does; batches are in 2025-03-26 only",
    faults(MCP_EXITS_AT_A_BAD_LINE)
)]
async fn a_batch(cx: &mut Context) -> Result {
    let line = br#"[{"jsonrpc":"2.0","id":7101,"method":"proctor/batched"},{"jsonrpc":"2.0","method":"notifications/proctor"}]"#;
    survives(cx, "a batch", line).await
}

/// A server SHOULD answer each request of a batch.
///
/// The text of 2025-03-26 demands it; none of nine measured implementations did it, and the revision after it
/// took batches out again.
#[check(
    mcp(since = "2025-03-26", until = "2025-03-26"),
    shared = "hostile lines",
    source = "Base protocol, Batching",
    faults(MCP_IGNORES_BATCHES)
)]
async fn a_batch_is_answered(cx: &mut Context) -> Result {
    open(cx).await?;
    let mark = cx.peer.mark();
    let line = br#"[{"jsonrpc":"2.0","id":7111,"method":"ping"},{"jsonrpc":"2.0","id":7112,"method":"ping"}]"#;
    survives(cx, "a batch", line).await?;
    let answered = cx.peer.look(|entries| {
        let since = entries.iter().skip(mark).filter(|entry| entry.is_from_subject());
        let text: Vec<u8> = since.flat_map(|entry| entry.line.clone()).collect();
        ["7111", "7112"].iter().all(|id| text.windows(4).any(|part| part == id.as_bytes()))
    });
    harness::ensure!(
        answered == Some(true),
        "the answers to a batch of two pings",
        "one for each, before that to a later ping",
        "not both of them"
    );
    Ok(())
}

/// A server MUST go on after a line with the byte zero.
#[check(
    mcp,
    shared = "hostile lines",
    source = "every measured server does",
    faults(MCP_EXITS_AT_A_BAD_LINE)
)]
async fn a_zero_byte(cx: &mut Context) -> Result {
    survives(cx, "a line with the byte zero", b"{\"jsonrpc\":\"2.0\",\0\"id\":7121}").await
}

/// A server MUST go on after a line with two messages.
#[check(
    mcp,
    shared = "hostile lines",
    source = "every measured server does; Transports, stdio",
    faults(MCP_EXITS_AT_A_BAD_LINE)
)]
async fn two_on_a_line(cx: &mut Context) -> Result {
    let one = r#"{"jsonrpc":"2.0","method":"notifications/proctor"}"#;
    survives(cx, "a line with two messages", format!("{one}{one}").as_bytes()).await
}

/// A server MUST go on after a request whose parameters are no object.
#[check(
    mcp,
    shared = "hostile lines",
    source = "every measured server does; JSON-RPC 2.0, Parameter structures",
    faults(MCP_EXITS_AT_A_BAD_LINE)
)]
async fn parameters_that_are_no_object(cx: &mut Context) -> Result {
    for (id, params) in [(7131, "\"x\""), (7132, "5"), (7133, "[]")] {
        let line =
            format!(r#"{{"jsonrpc":"2.0","id":{id},"method":"tools/list","params":{params}}}"#);
        survives(cx, &format!("a request with the parameters {params}"), line.as_bytes()).await?;
    }
    Ok(())
}
