//! Texts in rollouts: other alphabets, control characters, long lines, large files.

use fixtures::Rollout;
use fixtures::rollout::Turn;
use harness::{Context, Failure, OrInconclusive, Result, check, ensure, ensure_eq, show};
use serde_json::{Value, json};

use crate::client::{By, ContextExt};
use crate::rows::Rows;
use crate::stored::{conversation, id, seed};

/// Texts of every kind, and what they are.
fn texts() -> Vec<(&'static str, String)> {
    vec![
        ("other alphabets", "ñ 日本 שלום مرحبا Ελληνικά".to_owned()),
        ("letters and marks that combine", "e\u{301} n\u{303} \u{1100}\u{1161}".to_owned()),
        (
            "emoji",
            "\u{1f600} \u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467} \u{1f1e9}\u{1f1ea}".to_owned(),
        ),
        ("marks of direction", "\u{202e}abc\u{202c} \u{200f}x".to_owned()),
        ("control characters", "a\0b\u{1}c\u{1b}[31md\u{7f}e".to_owned()),
        ("separators of lines", "a\nb\r\nc\u{2028}d\u{2029}e\u{85}f".to_owned()),
        ("JSON", "{\"type\":\"session_meta\",\"payload\":{\"id\":\"x\"}}".to_owned()),
        ("a byte order mark", "\u{feff}marked".to_owned()),
        ("characters outside every block", "\u{10ffff}\u{e000}\u{fffd}".to_owned()),
        ("100,000 letters", "x".repeat(100_000)),
        ("a million letters", "é".repeat(500_000)),
    ]
}

/// What the user and the agent said in a conversation about this text. A question is not longer
/// than lists can show in time.
fn said(text: &str) -> [String; 2] {
    /// The longest question, in bytes.
    const QUESTION: usize = 100_000;
    let asked = if text.len() > QUESTION { "at length" } else { text };
    [format!("asked {asked}"), format!("answered {text}")]
}

/// A conversation in which the user and the agent said this.
fn about(number: u32, text: &str) -> Rollout {
    let [asked, answered] = said(text);
    conversation(number).turns([Turn::new(&asked, &answered)])
}

/// Fails unless both messages are those that were stored; long ones are shown by their length.
fn same(observed: &[String], text: &str) -> Result {
    let [asked, answered] = said(text);
    let expected = [format!("user: {asked}"), format!("assistant: {answered}")];
    if observed == expected {
        return Ok(());
    }
    let shown = |messages: &[String]| {
        let lengths: Vec<_> = messages.iter().map(String::len).collect();
        if text.len() > 200 { format!("messages of {lengths:?} bytes") } else { show(messages) }
    };
    Err(Failure::mismatch("messages of the thread", shown(&expected), shown(observed)))
}

/// A server MUST return the stored messages of a conversation that it resumes unchanged, whatever
/// their characters and length.
#[check(
    v1(since = "0.44"),
    v2(since = "0.66"),
    source = "RFC 8259, Strings; every release does",
    faults(LONG_MESSAGES_CUT, NUL_ENDS_A_MESSAGE)
)]
async fn every_text_is_returned_unchanged(cx: &mut Context) -> Result {
    for (number, (_, text)) in (1..).zip(texts()) {
        seed(cx, &about(number, &text))?;
    }
    cx.client().initialize().await?;
    let (by_id, read) = (cx.protocol().resumes_by_id, cx.protocol().resumed_messages);
    let mut rows = Rows::default();
    for (number, (what, text)) in (1..).zip(texts()) {
        let (id, path) = (id(number).to_string(), about(number, &text).relative_path());
        let path = cx.home.join(path);
        let by = if by_id { By::Id(&id) } else { By::Path(&path) };
        let reply = cx.client().request_resume(by, Value::Null).await?;
        let outcome = reply.result().and_then(|result| same(&read(result), &text));
        rows.judge(format!("a conversation with {what}"), outcome)?;
    }
    rows.end()
}

/// A server MUST list and read a conversation whose rollout has 50 MB.
#[check(
    v2(since = "0.90"),
    source = "long conversations have such rollouts; every release does",
    faults(LARGE_ROLLOUT_REFUSED)
)]
async fn a_large_rollout_is_read(cx: &mut Context) -> Result {
    /// How many answers of a megabyte there are.
    const ANSWERS: usize = 50;
    cx.needs(crate::stored::STORED)?;
    let rollout = conversation(1);
    let answer = Turn::new("more", &"z".repeat(1_000_000));
    let lines = rollout.clone().turns([answer]).lines();
    let answer = lines.iter().find(|line| line.contains("agent_message")).cloned();
    let long = vec![answer.unwrap_or_default(); ANSWERS].join("\n");
    let text = format!("{}\n{long}\n", rollout.lines().join("\n"));
    let written = rollout.write_bytes(cx.home.path(), text.as_bytes());
    written.or_inconclusive("seeding a conversation")?;
    seed(cx, &conversation(2))?;
    cx.client().initialize().await?;
    let page = cx.client().first_page().await?;
    let expected = [id(2).to_string(), id(1).to_string()];
    ensure_eq!(page.ids(), expected, "ids of the listed conversations");
    let thread = cx.client().read_thread(&expected[1], false).await?;
    ensure_eq!(thread["id"], expected[1], "id of the thread that is read");
    Ok(())
}

/// A server MUST return the first message of the user as the preview of a listed conversation,
/// whatever its characters.
#[check(
    v1,
    v2(since = "0.66"),
    source = "RFC 8259, Strings; every release does",
    faults(NUL_ENDS_A_MESSAGE)
)]
async fn every_preview_is_returned_unchanged(cx: &mut Context) -> Result {
    let texts: Vec<_> = texts().into_iter().filter(|(_, text)| text.len() < 200).collect();
    for (number, (_, text)) in (1..).zip(&texts) {
        seed(cx, &about(number, text))?;
    }
    cx.client().initialize().await?;
    let page = cx.client().first_page().await?;
    let mut rows = Rows::default();
    for (number, (what, text)) in (1..).zip(&texts) {
        let id = id(number).to_string();
        let preview = page.items.iter().find(|item| item.id == id).map(|item| &item.preview);
        let expected = format!("asked {text}");
        let outcome = ensure_preview(preview, &expected);
        rows.judge(format!("a conversation with {what}"), outcome)?;
    }
    rows.end()
}

fn ensure_preview(preview: Option<&String>, expected: &str) -> Result {
    ensure!(
        preview.is_some_and(|preview| preview == expected),
        "the preview in the list",
        show(expected),
        show(&json!(preview))
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::same;
    use crate::client::messages;

    #[test]
    fn a_message_that_was_cut_is_found() {
        let turns = serde_json::json!([{ "items": [
            { "type": "userMessage", "content": [{ "type": "text", "text": "asked a" }] },
            { "type": "agentMessage", "text": "answered a" },
        ]}]);
        assert!(same(&messages(&turns), "a").is_ok());
        assert!(same(&messages(&turns), "ab").is_err());
    }
}
