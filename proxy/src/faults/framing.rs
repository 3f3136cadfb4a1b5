//! Messages that are not one JSON object per line.

use crate::bend::{Bend, answers, each, every};
use crate::fault::{fault, faults};
use crate::line::{Kind, Line};
use crate::steps::{Side, Step, Steps};

faults! {
    fault!(
        TWO_MESSAGES_IN_ONE_LINE,
        "A second message follows every fifth notification in the same line.",
        || every(5, |line, steps| steps.client([line.text(), line.text(), b"\n"].concat())),
    ),
    fault!(
        ONE_MESSAGE_OVER_TWO_LINES,
        "Every fifth notification has a line end after its first member.",
        || every(5, |line, steps| {
            let (head, tail) = line.bytes.split_at(after_first_comma(line));
            steps.client([head, b"\n", tail].concat());
        }),
    ),
    fault!(
        BLANK_LINE,
        "An empty line follows every fifth notification.",
        || every(5, |line, steps| steps.client([&line.bytes[..], b"\n"].concat())),
    ),
    fault!(
        LOG_ON_STDOUT,
        "A log line is written to stdout before every fifth notification.",
        || every(5, |line, steps| {
            steps.client(b"2026-01-01T00:00:00Z  INFO server: still here\n");
            steps.client(&line.bytes);
        }),
    ),
    fault!(
        BANNER,
        "A banner is written to stdout before the first message.",
        || Box::new(Banner),
    ),
    fault!(
        LOG_BETWEEN_ANSWERS,
        "A log line is written to stdout before every answer except the first.",
        || answers(|line, steps| {
            steps.client(b"2026-01-01T00:00:00Z  INFO server: still here\n");
            steps.client(&line.bytes);
        }),
    ),
    fault!(
        ANSWERS_OVER_LINES,
        "Every answer except the first is printed over several lines.",
        || answers(|line, steps| {
            let text = serde_json::to_string_pretty(&line.value).unwrap_or_default();
            steps.client([text.as_bytes(), b"\n"].concat());
        }),
    ),
    fault!(
        LOG_WITHIN_LINE,
        "A log text is written to stdout in the middle of every fifth notification.",
        || every(5, |line, steps| {
            let (head, tail) = line.bytes.split_at(after_first_comma(line));
            steps.client([head, b"WARN server: still here", tail].concat());
        }),
    ),
    fault!(
        BYTE_ORDER_MARK,
        "Every answer except the first begins with a byte order mark.",
        || each(Side::Subject, Kind::Answer, 1, |line, steps| {
            steps.client(["\u{feff}".as_bytes(), &line.bytes].concat());
        }),
    ),
    fault!(
        NUL_BYTE,
        "Every fifth notification has a NUL before its line end.",
        || every(5, |line, steps| steps.client([line.text(), b"\0\n"].concat())),
    ),
    fault!(
        CARRIAGE_RETURN_INSTEAD,
        "Every fifth notification ends with a carriage return only, so that the next message follows in the same line.",
        || every(5, |line, steps| steps.client([line.text(), b"\r"].concat())),
    ),
    fault!(
        TRUNCATED_LINE,
        "Every fifth notification lacks its second half.",
        || every(5, |line, steps| {
            steps.client([&line.text()[..line.text().len() / 2], b"\n"].concat());
        }),
    ),
    fault!(
        LENGTH_HEADER,
        "A header with its length stands before every fifth notification.",
        || every(5, |line, steps| {
            let header = format!("Content-Length: {}\r\n\r\n", line.text().len());
            steps.client([header.as_bytes(), &line.bytes].concat());
        }),
    ),
    fault!(
        LINE_NEVER_ENDS,
        "The second answer stops in the middle, and nothing follows.",
        || each(Side::Subject, Kind::Answer, 1, |line, steps| {
            steps.client(&line.text()[..line.text().len() / 2]);
            steps.push(Side::Client, Step::StopReading);
        }),
    ),
    fault!(
        LAST_LINE_WITHOUT_END,
        "The last line has no line end.",
        || Box::new(LastLine),
    ),
    fault!(
        LAST_LINE_TRUNCATED,
        "When the server ends, it begins one more message without finishing it.",
        || Box::new(BegunAtTheEnd { last: Vec::new() }),
    ),
}

/// The position after the first member of an object.
fn after_first_comma(line: &Line) -> usize {
    line.bytes.iter().position(|byte| *byte == b',').map_or(1, |at| at + 1)
}

/// Writes a line that is no message before all others.
struct Banner;

impl Bend for Banner {
    fn begun(&mut self, steps: &mut Steps) {
        steps.client(b"Server is ready, listening on stdio\n");
    }
}

/// Adds one more line at the end, complete except for its line end.
struct LastLine;

impl Bend for LastLine {
    fn ended(&mut self, from: Side, steps: &mut Steps) {
        if from == Side::Subject {
            steps.client(br#"{"method":"bent/farewell","params":{}}"#);
        }
        steps.push(from.other(), Step::Close);
    }
}

/// Repeats the beginning of the last message.
struct BegunAtTheEnd {
    last: Vec<u8>,
}

impl Bend for BegunAtTheEnd {
    fn line(&mut self, from: Side, line: &Line, steps: &mut Steps) {
        if from == Side::Subject {
            line.text().clone_into(&mut self.last);
        }
        steps.send(from.other(), &line.bytes);
    }

    fn ended(&mut self, from: Side, steps: &mut Steps) {
        if from == Side::Subject {
            steps.client(&self.last[..self.last.len() / 2]);
        }
        steps.push(from.other(), Step::Close);
    }
}
