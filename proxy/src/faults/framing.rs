//! Messages that are not one JSON object a line.

use crate::bend::{Bend, each, every};
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
        "A line for people is written to stdout before every fifth notification.",
        || every(5, |line, steps| {
            steps.client(b"2026-01-01T00:00:00Z  INFO server: still here\n");
            steps.client(&line.bytes);
        }),
    ),
    fault!(
        LOG_WITHIN_LINE,
        "A text for people is written to stdout in the middle of every fifth notification.",
        || every(5, |line, steps| {
            let (head, tail) = line.bytes.split_at(after_first_comma(line));
            steps.client([head, b"WARN server: still here", tail].concat());
        }),
    ),
    fault!(
        BYTE_ORDER_MARK,
        "Every answer but the first begins with a byte order mark.",
        || each(Side::Subject, Kind::Answer, 1, |line, steps| {
            steps.client(["\u{feff}".as_bytes(), &line.bytes].concat());
        }),
    ),
    fault!(
        NUL_BYTE,
        "Every fifth notification ends with a NUL instead of a line end alone.",
        || every(5, |line, steps| steps.client([line.text(), b"\0\n"].concat())),
    ),
    fault!(
        CARRIAGE_RETURN_INSTEAD,
        "A carriage return is the end of every fifth notification, so that the next message follows in the same line.",
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
        "The second answer stops in its middle, and nothing more comes.",
        || each(Side::Subject, Kind::Answer, 1, |line, steps| {
            steps.client(&line.text()[..line.text().len() / 2]);
            steps.push(Side::Client, Step::StopReading);
        }),
    ),
    fault!(
        LAST_LINE_WITHOUT_END,
        "The last line of all has no line end.",
        || Box::new(LastLine),
    ),
    fault!(
        LAST_LINE_TRUNCATED,
        "When the server ends, one more message is begun and not finished.",
        || Box::new(BegunAtTheEnd { last: Vec::new() }),
    ),
}

/// Where the first member of an object is over.
fn after_first_comma(line: &Line) -> usize {
    line.bytes.iter().position(|byte| *byte == b',').map_or(1, |at| at + 1)
}

/// One more line at the end, a whole one but for its end.
struct LastLine;

impl Bend for LastLine {
    fn ended(&mut self, from: Side, steps: &mut Steps) {
        if from == Side::Subject {
            steps.client(br#"{"method":"bent/farewell","params":{}}"#);
        }
        steps.push(from.other(), Step::Close);
    }
}

/// The beginning of the last message, once more.
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
