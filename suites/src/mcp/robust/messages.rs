//! Messages that are well-formed JSON and that no server expects.

use harness::{Context, Entry, Result, check, ensure_at, show};
use serde_json::Value;

use crate::mcp::robust::{open, survives};

/// The lines of the server since `mark` that are results with this id.
fn results(entries: &[Entry], mark: usize, id: &Value) -> Option<(usize, Value)> {
    entries.iter().enumerate().skip(mark).find_map(|(line, entry)| {
        let value = entry.value.as_ref().filter(|_| entry.is_from_subject())?;
        let has = value.get("result").is_some() && value.get("id") == Some(id);
        has.then(|| (line, value.clone()))
    })
}

/// Sends a line that is no legal request, which must not have a result.
async fn without_result(cx: &mut Context, what: &str, line: &str, id: &Value) -> Result {
    open(cx).await?;
    let mark = cx.peer.mark();
    survives(cx, what, line.as_bytes()).await?;
    let found = cx.peer.look(|entries| results(entries, mark, id)).flatten();
    if let Some((line, value)) = found {
        ensure_at!(
            line,
            false,
            format!("what follows {what}"),
            "an error, or nothing",
            show(&value)
        );
    }
    Ok(())
}

/// A server MUST go on after a result that it never asked for.
#[check(
    mcp,
    shared = "hostile lines",
    source = "every measured server does",
    faults(MCP_EXITS_AT_AN_UNKNOWN_ANSWER)
)]
async fn an_unasked_result(cx: &mut Context) -> Result {
    let line = br#"{"jsonrpc":"2.0","id":7201,"result":{}}"#;
    survives(cx, "a result that it never asked for", line).await
}

/// A server MUST go on after an error that it never asked for.
#[check(
    mcp,
    shared = "hostile lines",
    source = "every measured server does",
    faults(MCP_EXITS_AT_AN_UNKNOWN_ANSWER)
)]
async fn an_unasked_error(cx: &mut Context) -> Result {
    let line = br#"{"jsonrpc":"2.0","id":7202,"error":{"code":-32603,"message":"no"}}"#;
    survives(cx, "an error that it never asked for", line).await
}

/// A server SHOULD NOT give a result to a request with another version of JSON-RPC.
#[check(
    mcp,
    shared = "hostile lines",
    source = "Base protocol, Messages; nearly every measured server keeps to it",
    faults(MCP_EXITS_AT_A_BAD_LINE, MCP_READS_ANY_ENVELOPE)
)]
async fn another_version_of_json_rpc(cx: &mut Context) -> Result {
    let line = r#"{"jsonrpc":"1.0","id":7203,"method":"ping"}"#;
    without_result(cx, "a request with `jsonrpc` 1.0", line, &Value::from(7203)).await
}

/// A server SHOULD NOT give a result to a request with the id null.
#[check(
    mcp,
    shared = "hostile lines",
    source = "Base protocol, Requests; nearly every measured server keeps to it",
    faults(MCP_EXITS_AT_A_BAD_LINE, MCP_READS_ANY_ENVELOPE)
)]
async fn the_id_null(cx: &mut Context) -> Result {
    let line = r#"{"jsonrpc":"2.0","id":null,"method":"ping"}"#;
    without_result(cx, "a request with the id null", line, &Value::Null).await
}

/// A server MUST go on after a notification that it does not know.
#[check(
    mcp,
    shared = "hostile lines",
    source = "every measured server does; JSON-RPC 2.0, Notification",
    faults(MCP_EXITS_AT_AN_UNKNOWN_NOTIFICATION)
)]
async fn an_unknown_notification(cx: &mut Context) -> Result {
    for line in [
        r#"{"jsonrpc":"2.0","method":"notifications/proctor"}"#,
        r#"{"jsonrpc":"2.0","method":"notifications/proctor","params":{"a":[1]}}"#,
    ] {
        survives(cx, "a notification that it does not know", line.as_bytes()).await?;
    }
    Ok(())
}

/// A server MUST go on after a request without an id.
#[check(
    mcp,
    shared = "hostile lines",
    source = "every measured server does; JSON-RPC 2.0, Notification",
    faults(MCP_EXITS_AT_AN_UNKNOWN_NOTIFICATION)
)]
async fn a_request_without_an_id(cx: &mut Context) -> Result {
    let line = br#"{"jsonrpc":"2.0","method":"tools/list"}"#;
    survives(cx, "a request without an id", line).await
}
