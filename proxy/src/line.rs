//! The lines of a stream: assembled from pieces, and classified as messages.

use serde_json::Value;

/// The longest line that is parsed, in bytes; longer lines are passed on unparsed.
pub(crate) const LONGEST: usize = 16 << 20;

/// The kind of a line, by the members of its envelope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// It has a method and an id.
    Request,
    /// It has a method and no id.
    Notification,
    /// It has an id and no method.
    Answer,
    /// It is none of these.
    Other,
}

/// One line with its end, if it has one.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    pub(crate) bytes: Vec<u8>,
    pub(crate) kind: Kind,
    /// The line as JSON; null if it is not JSON.
    pub(crate) value: Value,
}

impl Line {
    pub(crate) fn new(bytes: Vec<u8>) -> Self {
        let value: Value = serde_json::from_slice(&bytes).unwrap_or_default();
        let kind = match (value.get("method").is_some(), value.get("id").is_some()) {
            (true, true) => Kind::Request,
            (true, false) => Kind::Notification,
            (false, true) => Kind::Answer,
            (false, false) => Kind::Other,
        };
        Self { bytes, kind, value }
    }

    /// The line after a change of its message.
    pub(crate) fn edited(&self, edit: impl FnOnce(&mut Value)) -> Vec<u8> {
        let mut value = self.value.clone();
        edit(&mut value);
        line_of(&value)
    }

    /// The line without its end.
    pub(crate) fn text(&self) -> &[u8] {
        self.bytes.strip_suffix(b"\n").unwrap_or(&self.bytes)
    }

    pub(crate) fn is(&self, kind: Kind) -> bool {
        self.kind == kind
    }

    /// The method; empty if there is none.
    pub(crate) fn method(&self) -> &str {
        self.value.get("method").and_then(Value::as_str).unwrap_or_default()
    }

    /// The id as JSON; empty if there is none.
    pub(crate) fn id(&self) -> String {
        self.value.get("id").map(Value::to_string).unwrap_or_default()
    }
}

/// A message as one line.
pub(crate) fn line_of(value: &Value) -> Vec<u8> {
    format!("{value}\n").into_bytes()
}

/// A piece of a stream.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    /// A line with its end, or without it at the end of the stream.
    Line(Vec<u8>),
    /// Part of a line that is too long to be parsed.
    Part(Vec<u8>),
}

/// Assembles lines.
#[derive(Debug, Default)]
pub(crate) struct Splitter {
    begun: Vec<u8>,
    /// Whether the first part of the present line has been passed on.
    long: bool,
}

impl Splitter {
    /// Adds bytes; returns the pieces that are now complete.
    pub(crate) fn push(&mut self, mut bytes: &[u8]) -> Vec<Piece> {
        let mut out = Vec::new();
        while let Some(end) = bytes.iter().position(|byte| *byte == b'\n') {
            let (line, rest) = bytes.split_at(end + 1);
            self.begun.extend_from_slice(line);
            let line = std::mem::take(&mut self.begun);
            out.push(if self.long { Piece::Part(line) } else { Piece::Line(line) });
            self.long = false;
            bytes = rest;
        }
        self.begun.extend_from_slice(bytes);
        if self.begun.len() > LONGEST || (self.long && !self.begun.is_empty()) {
            self.long = true;
            out.push(Piece::Part(std::mem::take(&mut self.begun)));
        }
        out
    }

    /// The rest at the end of the stream.
    pub(crate) fn rest(&mut self) -> Option<Piece> {
        (!self.begun.is_empty()).then(|| Piece::Line(std::mem::take(&mut self.begun)))
    }
}

#[cfg(test)]
mod tests {
    use super::{Kind, LONGEST, Line, Piece, Splitter};

    fn line(text: &str) -> Piece {
        Piece::Line(text.into())
    }

    #[test]
    fn lines_are_put_together_from_pieces() {
        let mut splitter = Splitter::default();
        assert_eq!(splitter.push(b"on"), []);
        assert_eq!(splitter.push(b"e\n\ntwo\nthr"), [line("one\n"), line("\n"), line("two\n")]);
        assert_eq!(splitter.rest(), Some(line("thr")));
        assert_eq!(splitter.rest(), None);
    }

    #[test]
    fn a_line_that_is_too_long_is_passed_on_as_it_comes() {
        let mut splitter = Splitter::default();
        let piece = vec![b'x'; LONGEST];
        assert_eq!(splitter.push(&piece), []);
        assert_eq!(splitter.push(b"y"), [Piece::Part([&piece[..], b"y"].concat())]);
        assert_eq!(splitter.push(b"z"), [Piece::Part(b"z".to_vec())]);
        assert_eq!(splitter.push(b"\nok\n"), [Piece::Part(b"\n".to_vec()), line("ok\n")]);
    }

    #[test]
    fn the_kind_follows_from_the_envelope() {
        for (text, kind) in [
            (r#"{"id":1,"method":"m"}"#, Kind::Request),
            (r#"{"method":"m"}"#, Kind::Notification),
            (r#"{"id":1,"error":{}}"#, Kind::Answer),
            ("[]", Kind::Other),
            ("rubbish", Kind::Other),
        ] {
            assert_eq!(Line::new(text.into()).kind, kind, "{text}");
        }
    }
}
