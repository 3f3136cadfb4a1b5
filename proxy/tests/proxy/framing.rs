//! Every fault of framing and encoding, byte for byte.

use pretty_assertions::assert_eq;

use crate::world::{said, with_fault};

/// Five notifications, of which the fifth is changed.
const LINES: &[u8] = b"{\"method\":\"m\",\"params\":1}\n{\"method\":\"m\",\"params\":2}\n\
    {\"method\":\"m\",\"params\":3}\n{\"method\":\"m\",\"params\":4}\n{\"method\":\"m\",\"params\":5}\n\
    {\"method\":\"m\",\"params\":6}\n";

/// The output for the fifth line.
#[track_caller]
fn fifth(fault: &str, becomes: &[u8]) {
    let line = LINES.len() / 6;
    let (output, _) = said(with_fault(fault), "cat", LINES);
    let expected = [&LINES[..4 * line], becomes, &LINES[5 * line..]].concat();
    let text = |bytes: &[u8]| bytes.escape_ascii().to_string();
    assert_eq!(text(&output), text(&expected), "{fault}");
}

#[test]
fn framing() {
    let whole = r#"{"method":"m","params":5}"#;
    for (fault, becomes) in [
        ("two-messages-in-one-line", format!("{whole}{whole}\n")),
        ("one-message-over-two-lines", "{\"method\":\"m\",\n\"params\":5}\n".to_owned()),
        ("blank-line", format!("{whole}\n\n")),
        ("log-on-stdout", format!("2026-01-01T00:00:00Z  INFO server: still here\n{whole}\n")),
        ("log-within-line", "{\"method\":\"m\",WARN server: still here\"params\":5}\n".to_owned()),
        ("nul-byte", format!("{whole}\0\n")),
        ("carriage-return-instead", format!("{whole}\r")),
        ("truncated-line", "{\"method\":\"m\n".to_owned()),
        ("length-header", format!("Content-Length: 25\r\n\r\n{whole}\n")),
    ] {
        fifth(fault, becomes.as_bytes());
    }
}

#[test]
fn encoding() {
    for (fault, member) in [
        ("invalid-utf8", &b"\"bent \xff\""[..]),
        ("cut-character", b"\"bent \xf0\x9f\""),
        ("surrogate-bytes", b"\"bent \xed\xa0\xbd\xed\xb8\x80\""),
        ("lone-surrogate", br#""bent \ud83d""#),
        ("raw-control-character", b"\"bent \r\""),
        ("not-a-number", b"NaN"),
    ] {
        let head = br#"{"method":"m","params":5,"bent":"#;
        fifth(fault, &[&head[..], member, b"}\n"].concat());
    }
}

#[test]
fn the_last_line() {
    let (output, _) = said(with_fault("last-line-without-end"), "cat", b"{}\n");
    assert_eq!(output, b"{}\n{\"method\":\"bent/farewell\",\"params\":{}}");
    let (output, _) = said(with_fault("last-line-truncated"), "cat", b"{\"a\":1}\n");
    assert_eq!(output, b"{\"a\":1}\n{\"a");
}

#[test]
fn a_mark_in_front_of_an_answer() {
    let answers = b"{\"id\":1,\"result\":1}\n{\"id\":2,\"result\":2}\n";
    let (output, _) = said(with_fault("byte-order-mark"), "cat", answers);
    assert_eq!(output, b"{\"id\":1,\"result\":1}\n\xef\xbb\xbf{\"id\":2,\"result\":2}\n");
    let (output, _) = said(with_fault("line-never-ends"), "cat", answers);
    assert_eq!(output, b"{\"id\":1,\"result\":1}\n{\"id\":2,\"");
}
