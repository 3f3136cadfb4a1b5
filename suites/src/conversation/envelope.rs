//! Rules for the form of every message: parameters, and the end of the last line.

use harness::{Conversation, Exit, Failure, Message, Result, ensure, observer};
use serde_json::Value;

use super::shown;

/// A server MUST send the parameters of its requests and notifications, if there are any, as a JSON
/// object.
#[observer(
    v1,
    v2,
    source = "app-server protocol: every params is an object; every release does",
    faults(PARAMS_AS_ARRAY, PARAMS_AS_TEXT)
)]
fn parameters_are_named(conversation: &Conversation<'_>) -> Result {
    for (number, entry) in conversation.from_subject() {
        let (Message::Request { method, .. } | Message::Notification { method }) = &entry.message
        else {
            continue;
        };
        let kind = match entry.params() {
            Value::Object(_) | Value::Null => continue,
            Value::Array(_) => "an array",
            Value::String(_) => "a text",
            Value::Number(_) => "a number",
            Value::Bool(_) => "true or false",
        };
        return Err(Failure::mismatch(
            format!("`params` of `{method}` in line {} of the conversation", number + 1),
            "an object",
            format!("{kind}: {}", shown(entry)),
        )
        .at_line(number));
    }
    Ok(())
}

/// A server MUST end its last line on stdout with a line feed when it exits.
///
/// Up to 0.46 the text and its end are two writes, and the end of the input can come between them:
/// 0.36.0 loses the line end of a notification in about one of a hundred such moments.
#[observer(
    v1(fixed_in("0.47", "the last line may be cut off when the input ends")),
    v2,
    source = "app-server README, Protocol: newline-delimited JSON; every release from 0.47 does",
    stdio = "a frame needs no line end",
    faults(LAST_LINE_WITHOUT_END)
)]
fn the_last_line_has_an_end(conversation: &Conversation<'_>) -> Result {
    let exited = matches!(conversation.report.exit, Some(Exit::Code(_)));
    let last = conversation.from_subject().last();
    ensure!(
        !(exited && conversation.transcript.ends_within_line()),
        "the end of the last line on stdout",
        "a line feed",
        format!("nothing after {}", last.map_or_else(String::new, |(_, entry)| shown(entry)))
    );
    Ok(())
}
