//! Parses a line of the subject, whether or not it is a message, at a limited cost.

use serde_json::Value;

use crate::line::HEAD;
use crate::message::Message;
use crate::weight;

/// A parsed line.
pub(super) struct Parsed {
    /// The line, or its beginning if it was not read in full.
    pub(super) line: Vec<u8>,
    /// The line as JSON, if it is.
    pub(super) value: Option<Value>,
    /// What kind of message it is.
    pub(super) message: Message,
}

impl Parsed {
    /// Parses a line whose value takes at most `most` bytes in memory.
    pub(super) fn whole(line: Vec<u8>, most: usize) -> Self {
        // No value takes more than fifty times its text, so most lines need no estimate.
        let suspect = line.len().saturating_mul(50) > most;
        if suspect && line.len() + weight::at_least(&line) > most {
            let why = format!("a line of {} bytes with more values than are kept", line.len());
            return Self::unread(line[..line.len().min(HEAD)].to_vec(), why);
        }
        match serde_json::from_slice(&line) {
            Ok(value) => {
                let message = Message::classify(&value);
                Self { line, value: Some(value), message }
            }
            Err(error) => {
                let why = unreadable(&line, &error);
                Self::unread(line, why)
            }
        }
    }

    /// The beginning of a line of `length` bytes, which exceeds the limit.
    pub(super) fn too_long(head: Vec<u8>, length: usize) -> Self {
        Self::unread(head, format!("a line of {length} bytes, longer than is read"))
    }

    fn unread(line: Vec<u8>, why: String) -> Self {
        Self { line, value: None, message: Message::Pollution(why) }
    }
}

/// The reason why a line is not a message.
fn unreadable(line: &[u8], error: &serde_json::Error) -> String {
    if line.trim_ascii().is_empty() {
        return "an empty line".to_owned();
    }
    if let Err(error) = std::str::from_utf8(line) {
        return format!("not UTF-8 at byte {}", error.valid_up_to());
    }
    if line.starts_with("\u{feff}".as_bytes()) {
        return "not JSON: it begins with a byte order mark".to_owned();
    }
    let text = error.to_string();
    if text.starts_with("recursion limit exceeded") {
        return "nested deeper than the 128 levels that are read".to_owned();
    }
    // In "… at line 1 column 5" the line is always 1.
    let why = text.split(" at line ").next().unwrap_or(&text);
    let at = if error.is_eof() { line.len() } else { error.column().saturating_sub(1) };
    match why {
        "trailing characters" if line[at..].starts_with(b"{") => {
            format!("a second message in the same line, from byte {at}")
        }
        "trailing characters" if line.starts_with(b"{") => {
            format!("something after the message, from byte {at}")
        }
        "unexpected end of hex escape" | "lone leading surrogate in hex escape" => {
            format!("not JSON at byte {at}: half a surrogate pair in a text")
        }
        _ if error.is_eof() => format!("not JSON: it breaks off at byte {at}: {why}"),
        _ => format!("not JSON at byte {at}: {why}"),
    }
}

#[cfg(test)]
mod tests {
    use super::Parsed;
    use crate::message::Message;

    fn why(line: &[u8]) -> String {
        match Parsed::whole(line.to_vec(), 10_000).message {
            Message::Pollution(why) => why,
            message => panic!("{message:?}"),
        }
    }

    #[test]
    fn what_is_no_message_is_told_with_the_place() {
        let deep = ["[".repeat(200), "]".repeat(200)].concat();
        let many = format!("[{}0]", "0,".repeat(1_000));
        for (line, says) in [
            (&b""[..], "an empty line"),
            (b" \r", "an empty line"),
            (b"{\"a\":\xff}", "not UTF-8 at byte 5"),
            (b"\xef\xbb\xbf{}", "not JSON: it begins with a byte order mark"),
            (b"oops", "not JSON at byte 0: expected value"),
            (b"{\"a\":1,}", "not JSON at byte 7: trailing comma"),
            (b"{\"a\":1", "not JSON: it breaks off at byte 6: EOF while parsing an object"),
            (b"{\"a\":1} {}", "a second message in the same line, from byte 8"),
            (b"{\"a\":1}\0", "something after the message, from byte 7"),
            (br#"{"a":"\ud83d"}"#, "not JSON at byte 12: half a surrogate pair in a text"),
            (deep.as_bytes(), "nested deeper than the 128 levels that are read"),
            (many.as_bytes(), "a line of 2003 bytes with more values than are kept"),
        ] {
            assert_eq!(why(line), says, "{}", String::from_utf8_lossy(line));
        }
    }
}
