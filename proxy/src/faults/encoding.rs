//! Messages that are not text, or not JSON.

use crate::bend::{answers, every};
use crate::fault::{fault, faults};
use crate::line::Line;

faults! {
    fault!(
        INVALID_UTF8,
        "Every fifth notification holds a byte that is not UTF-8.",
        || every(5, |line, steps| steps.client(with_member(line, b"\"bent \xff\""))),
    ),
    fault!(
        INVALID_UTF8_IN_ANSWERS,
        "Every answer except the first holds a byte that is not UTF-8.",
        || answers(|line, steps| steps.client(within_a_text(line))),
    ),
    fault!(
        CUT_CHARACTER,
        "Every fifth notification holds the first half of a character.",
        || every(5, |line, steps| steps.client(with_member(line, b"\"bent \xf0\x9f\""))),
    ),
    fault!(
        SURROGATE_BYTES,
        "Every fifth notification encodes the two halves of a character separately (CESU-8).",
        || every(5, |line, steps| {
            steps.client(with_member(line, b"\"bent \xed\xa0\xbd\xed\xb8\x80\""));
        }),
    ),
    fault!(
        LONE_SURROGATE,
        "Every fifth notification escapes one half of a character.",
        || every(5, |line, steps| steps.client(with_member(line, br#""bent \ud83d""#))),
    ),
    fault!(
        RAW_CONTROL_CHARACTER,
        "Every fifth notification holds a carriage return in a text, unescaped.",
        || every(5, |line, steps| steps.client(with_member(line, b"\"bent \r\""))),
    ),
    fault!(
        NOT_A_NUMBER,
        "Every fifth notification holds `NaN`.",
        || every(5, |line, steps| steps.client(with_member(line, b"NaN"))),
    ),
}

/// The line with one more member at its end.
fn with_member(line: &Line, value: &[u8]) -> Vec<u8> {
    let text = line.text();
    let open = text.strip_suffix(b"}").unwrap_or(text);
    [open, b",\"bent\":", value, b"}\n"].concat()
}

/// The line with the byte FF at the end of its last text, or after its last brace if it has none.
fn within_a_text(line: &Line) -> Vec<u8> {
    let text = line.text();
    let at = text.iter().rposition(|byte| *byte == b'"').unwrap_or(text.len());
    let (head, tail) = text.split_at(at);
    [head, b"\xff", tail, b"\n"].concat()
}
