//! Bytes: the same messages written otherwise, and bytes that are no text.

use harness::{Context, Id, Result, check};
use serde_json::Value;

use crate::mcp::robust::{answered, open, request, survives};

/// A request with this id, as text.
fn text(cx: &mut Context, id: i64, says: Option<&str>) -> String {
    request(cx, &Value::from(id), says).to_string()
}

/// A server MUST answer a request whose line ends with CR and LF.
#[check(
    mcp,
    shared = "hostile lines",
    source = "every measured server does: a CR is a blank after the message",
    faults(MCP_TAKES_ONLY_TIGHT_LINES)
)]
async fn cr_and_lf(cx: &mut Context) -> Result {
    let line = format!("{}\r\n", text(cx, 7301, None));
    answered(cx, "a line that ends with CR LF", Id::Number(7301), &[line.as_bytes()]).await?;
    Ok(())
}

/// A server MUST answer a request with blanks around it.
#[check(
    mcp,
    shared = "hostile lines",
    source = "every measured server does: JSON allows blanks before and after a value",
    faults(MCP_TAKES_ONLY_TIGHT_LINES)
)]
async fn blanks(cx: &mut Context) -> Result {
    let line = format!(" \t {} \t\n", text(cx, 7302, None));
    answered(cx, "a line with blanks around it", Id::Number(7302), &[line.as_bytes()]).await?;
    Ok(())
}

/// A server MUST answer a request that comes in two parts.
#[check(
    mcp,
    shared = "hostile lines",
    source = "Transports, stdio: a message ends with its line",
    faults(MCP_TREATS_A_READ_AS_A_MESSAGE)
)]
async fn a_line_in_two_parts(cx: &mut Context) -> Result {
    let line = format!("{}\n", text(cx, 7303, None));
    let (one, other) = line.as_bytes().split_at(line.len() / 2);
    answered(cx, "a line in two parts", Id::Number(7303), &[one, other]).await?;
    Ok(())
}

/// A server MUST answer a request that comes in two parts, with a character between them.
#[check(
    mcp,
    shared = "hostile lines",
    source = "Transports, stdio: a message ends with its line, and is UTF-8",
    faults(MCP_TREATS_A_READ_AS_A_MESSAGE)
)]
async fn a_character_in_two_parts(cx: &mut Context) -> Result {
    let line = format!("{}\n", text(cx, 7304, Some("π")));
    let within = line.find('π').unwrap_or_default() + 1;
    let (one, other) = line.as_bytes().split_at(within);
    answered(cx, "a line in two parts, parted within a character", Id::Number(7304), &[one, other])
        .await?;
    Ok(())
}

/// A server MUST answer several requests that come at once.
#[check(
    mcp,
    shared = "hostile lines",
    source = "Transports, stdio: messages are parted by line ends",
    faults(MCP_TREATS_A_READ_AS_A_MESSAGE)
)]
async fn several_lines_at_once(cx: &mut Context) -> Result {
    open(cx).await?;
    let method = super::method(cx);
    let first = cx.peer.expect(Id::Number(7305), method)?;
    let lines = format!("{}\n{}\n", text(cx, 7305, None), text(cx, 7306, None));
    let what = "two lines in one write";
    answered(cx, what, Id::Number(7306), &[lines.as_bytes()]).await?;
    cx.peer.answer(&first).await?.granted(format!("reply to {what}"))?;
    Ok(())
}

/// A server MUST answer a request with the character U+2028 in a text.
#[check(
    mcp,
    shared = "hostile lines",
    source = "Transports, stdio: only a line feed ends a message",
    faults(MCP_SPLITS_AT_LINE_SEPARATORS)
)]
async fn a_line_separator_in_a_text(cx: &mut Context) -> Result {
    let line = format!("{}\n", text(cx, 7307, Some("a\u{2028}b\u{2029}c\u{85}d")));
    answered(cx, "a line with U+2028 in a text", Id::Number(7307), &[line.as_bytes()]).await?;
    Ok(())
}

/// A server MUST answer a request with the character U+0000 in a text.
#[check(
    mcp,
    shared = "hostile lines",
    source = "every measured server does: JSON can write every character",
    faults(MCP_EXITS_AT_A_ZERO_CHARACTER)
)]
async fn a_zero_in_a_text(cx: &mut Context) -> Result {
    let line = format!("{}\n", text(cx, 7308, Some("a\0b")));
    answered(cx, "a line with U+0000 in a text", Id::Number(7308), &[line.as_bytes()]).await?;
    Ok(())
}

/// A server SHOULD go on after a line that is not UTF-8.
#[check(
    mcp,
    shared = "hostile lines",
    source = "most measured servers do",
    faults(MCP_EXITS_AT_INVALID_UTF8, MCP_EXITS_AT_A_BAD_LINE)
)]
async fn bytes_that_are_no_text(cx: &mut Context) -> Result {
    let line = b"{\"jsonrpc\":\"2.0\",\"method\":\"notifications/proctor\",\"params\":{\"a\":\"\xe9\xff\"}}";
    survives(cx, "a line that is not UTF-8", line).await
}

/// A server SHOULD go on after half a surrogate pair in a text.
#[check(
    mcp,
    shared = "hostile lines",
    source = "every measured server does",
    faults(MCP_EXITS_AT_A_BAD_LINE)
)]
async fn half_a_surrogate_pair(cx: &mut Context) -> Result {
    let line = br#"{"jsonrpc":"2.0","method":"notifications/proctor","params":{"a":"\ud83d"}}"#;
    survives(cx, "half a surrogate pair in a text", line).await
}

/// A server SHOULD go on after a byte order mark.
#[check(
    mcp,
    shared = "hostile lines",
    source = "every measured server does",
    faults(MCP_EXITS_AT_A_BAD_LINE)
)]
async fn a_byte_order_mark(cx: &mut Context) -> Result {
    let line = "\u{feff}{\"jsonrpc\":\"2.0\",\"method\":\"notifications/proctor\"}";
    survives(cx, "a byte order mark", line.as_bytes()).await
}

/// A server SHOULD go on after values that are nested 900 levels deep.
#[check(
    mcp,
    shared = "hostile lines",
    source = "every measured server does",
    faults(MCP_EXITS_AT_A_BAD_LINE)
)]
async fn deep_nesting(cx: &mut Context) -> Result {
    let deep = ["[".repeat(900), "]".repeat(900)].concat();
    let line =
        format!(r#"{{"jsonrpc":"2.0","method":"notifications/proctor","params":{{"a":{deep}}}}}"#);
    survives(cx, "values that are nested 900 levels deep", line.as_bytes()).await
}
