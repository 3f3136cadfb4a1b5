//! Lines: each is one message, and nothing else is written to stdout.

use harness::{Conversation, Entry, Failure, Message, Result, observer};
use serde_json::{Deserializer, Value};
use shown::printable;

/// The number of bytes of a line that a failure shows.
const SHOWN: usize = 200;
/// The most lines that a message is looked for in.
const SPREAD: usize = 2_000;

/// A server MUST write nothing to stdout but messages.
#[observer(
    mcp,
    source = "Transports, stdio",
    faults(
        MCP_BANNER_ON_STDOUT,
        MCP_LOG_LINE_ON_STDOUT,
        MCP_LAST_WORDS_ON_STDOUT,
        BANNER,
        LOG_BETWEEN_ANSWERS
    )
)]
fn only_messages(conversation: &Conversation<'_>) -> Result {
    let spread = spread(conversation.transcript.entries());
    for (number, entry) in conversation.from_subject() {
        // What is spread over lines, or no UTF-8, is the matter of the checks below.
        let is_of_others = std::str::from_utf8(&entry.line).is_err()
            || spread.is_some_and(|(first, last)| (first..=last).contains(&number))
            || entry.value.as_ref().is_some_and(Value::is_array);
        let why = match &entry.message {
            Message::Pollution(why) => why.as_str(),
            Message::Malformed("not an object") => "not an object",
            _ => continue,
        };
        if !is_of_others && !is_last_part(conversation, number) {
            let line = printable(&entry.line, SHOWN);
            return Err(Failure::mismatch(
                "a line on stdout",
                "a message",
                format!("{why}: {line}"),
            )
            .at_line(number));
        }
    }
    Ok(())
}

/// A server MUST write each message on one line.
#[observer(mcp, source = "Transports, stdio", faults(MCP_PRETTY_PRINTED, ANSWERS_OVER_LINES))]
fn a_message_is_one_line(conversation: &Conversation<'_>) -> Result {
    let entries = conversation.transcript.entries();
    let Some((first, last)) = spread(entries) else { return Ok(()) };
    let text: Vec<_> =
        entries[first..=last].iter().map(|entry| printable(&entry.line, SHOWN)).collect();
    let observed = format!(
        "a message of {} lines, as if it were printed for people: {}",
        last - first + 1,
        printable(text.join(" ").as_bytes(), SHOWN)
    );
    Err(Failure::mismatch("a line on stdout", "a whole message", observed).at_line(first))
}

/// A server MUST write UTF-8.
#[observer(
    mcp,
    source = "Transports; JSON-RPC messages are UTF-8",
    faults(MCP_INVALID_UTF8, INVALID_UTF8_IN_ANSWERS)
)]
fn every_line_is_valid_text(conversation: &Conversation<'_>) -> Result {
    for (number, entry) in conversation.from_subject() {
        if let Err(error) = std::str::from_utf8(&entry.line)
            && error.error_len().is_some()
        {
            let at = error.valid_up_to();
            let observed =
                format!("not UTF-8 at byte {at}: {}", printable(&entry.line, at + SHOWN));
            return Err(Failure::mismatch("a line on stdout", "UTF-8", observed).at_line(number));
        }
    }
    Ok(())
}

/// A server MUST NOT send several messages as an array.
#[observer(
    mcp,
    source = "Base protocol; batches were in 2025-03-26 only, and only for who sends one",
    faults(MCP_ANSWERS_IN_AN_ARRAY)
)]
fn messages_are_no_array(conversation: &Conversation<'_>) -> Result {
    let sent_one = conversation
        .to_subject()
        .any(|(_, entry)| entry.value.as_ref().is_some_and(Value::is_array));
    for (number, entry) in conversation.from_subject() {
        if !sent_one && entry.value.as_ref().is_some_and(Value::is_array) {
            let observed = format!("an array: {}", printable(&entry.line, SHOWN));
            return Err(
                Failure::mismatch("a line on stdout", "one message", observed).at_line(number)
            );
        }
    }
    Ok(())
}

/// A server MUST end its last line before it ends.
#[observer(mcp, source = "every measured server does", faults(MCP_LAST_LINE_IS_CUT))]
fn the_last_line_is_whole(conversation: &Conversation<'_>) -> Result {
    if !conversation.transcript.ends_within_line() {
        return Ok(());
    }
    let last = conversation.from_subject().last();
    let line = last.map(|(_, entry)| printable(&entry.line, SHOWN)).unwrap_or_default();
    let failure = Failure::mismatch(
        "the last line on stdout",
        "a line end",
        format!("it breaks off: {line}"),
    );
    Err(last.into_iter().fold(failure, |failure, (number, _)| failure.at_line(number)))
}

/// Whether this is a line that was never ended.
fn is_last_part(conversation: &Conversation<'_>, number: usize) -> bool {
    conversation.transcript.ends_within_line()
        && conversation.from_subject().last().is_some_and(|(last, _)| last == number)
}

/// The first and the last line of a message that is spread over several.
pub(crate) fn spread(entries: &[Entry]) -> Option<(usize, usize)> {
    let lines = entries.iter().enumerate().filter(|(_, entry)| entry.is_from_subject());
    let lines: Vec<(usize, &Entry)> = lines.collect();
    let is_part = |entry: &Entry| {
        matches!(entry.message, Message::Pollution(_) | Message::Malformed("not an object"))
    };
    let starts = (0..lines.len()).filter(|start| {
        let line = lines[*start].1;
        is_part(line) && line.line.trim_ascii_start().starts_with(b"{")
    });
    for start in starts {
        let mut text = Vec::new();
        let parts = lines[start..]
            .iter()
            .take(SPREAD)
            .take_while(|(_, entry)| is_part(entry) || text_is_open(entry));
        for (count, (number, entry)) in parts.enumerate() {
            text.extend_from_slice(&entry.line);
            text.push(b'\n');
            if count == 0 || !entry.line.trim_ascii_end().ends_with(b"}") {
                continue;
            }
            if let Some(Ok(Value::Object(_))) = Deserializer::from_slice(&text).into_iter().next() {
                return Some((lines[start].0, *number));
            }
        }
    }
    None
}

/// Whether a line that is an object by itself may be part of a larger one: it has no version.
fn text_is_open(entry: &Entry) -> bool {
    entry.value.as_ref().is_some_and(|value| value.get("jsonrpc").is_none())
}
