//! Messages that are no text, or no JSON text.

use crate::bend::every;
use crate::fault::{Fault, fault};
use crate::line::Line;

pub(super) const FAULTS: &[Fault] = &[
    fault!(
        "invalid-utf8",
        "Every fifth notification holds a byte that is not UTF-8.",
        ["conversation::only_messages_on_stdout"],
        || every(5, |line, steps| steps.client(with_member(line, b"\"bent \xff\""))),
    ),
    fault!(
        "cut-character",
        "Every fifth notification holds the first half of a character.",
        ["conversation::only_messages_on_stdout"],
        || every(5, |line, steps| steps.client(with_member(line, b"\"bent \xf0\x9f\""))),
    ),
    fault!(
        "surrogate-bytes",
        "Every fifth notification holds the two halves of a character as if each were one (CESU-8).",
        ["conversation::only_messages_on_stdout"],
        || every(5, |line, steps| {
            steps.client(with_member(line, b"\"bent \xed\xa0\xbd\xed\xb8\x80\""));
        }),
    ),
    fault!(
        "lone-surrogate",
        "Every fifth notification escapes one half of a character.",
        ["conversation::only_messages_on_stdout"],
        || every(5, |line, steps| steps.client(with_member(line, br#""bent \ud83d""#))),
    ),
    fault!(
        "raw-control-character",
        "Every fifth notification holds a carriage return in a text, unescaped.",
        ["conversation::only_messages_on_stdout"],
        || every(5, |line, steps| steps.client(with_member(line, b"\"bent \r\""))),
    ),
    fault!(
        "not-a-number",
        "Every fifth notification holds `NaN`.",
        ["conversation::only_messages_on_stdout"],
        || every(5, |line, steps| steps.client(with_member(line, b"NaN"))),
    ),
];

/// The line with one more member at its end.
fn with_member(line: &Line, value: &[u8]) -> Vec<u8> {
    let text = line.text();
    let open = text.strip_suffix(b"}").unwrap_or(text);
    [open, b",\"bent\":", value, b"}\n"].concat()
}
