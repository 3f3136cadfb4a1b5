//! Messages that never come.

use serde_json::Value;

use crate::bend::{answers, of_subject};
use crate::fault::{Fault, fault};
use crate::faults::pairs::Pairs;
use crate::line::{Kind, Line};

pub(super) const FAULTS: &[Fault] = &[
    fault!(
        "drop-answers",
        "Every third answer never comes.",
        ["wire::pipelined_requests_are_all_answered"],
        || {
            let mut seen = 0;
            answers(move |line, steps| {
                seen += 1;
                if seen % 3 != 0 {
                    steps.client(&line.bytes);
                }
            })
        },
    ),
    fault!(
        "drop-errors",
        "A request that is refused gets no answer.",
        ["wire::unknown_methods_are_refused", "wire::wrong_parameters_are_refused"],
        || answers(|line, steps| {
            if line.value.get("error").is_none() {
                steps.client(&line.bytes);
            }
        }),
    ),
    fault!(
        "drop-last-notification",
        "The notification that ends what was begun first never comes.",
        ["turn::begins_speaks_and_ends_in_this_order"],
        || {
            let mut pairs = Pairs::default();
            of_subject(move |line, steps| {
                if !pairs.closes_all(line) {
                    steps.client(&line.bytes);
                }
            })
        },
    ),
    fault!(
        "drop-first-notification",
        "The notification that begins what is ended last never comes.",
        ["conversation::turns::a_turn_ends_once", "conversation::turns::a_task_ends_once"],
        || {
            let mut pairs = Pairs::default();
            of_subject(move |line, steps| {
                if !pairs.opens_first(line) {
                    steps.client(&line.bytes);
                }
            })
        },
    ),
    fault!(
        "drop-delta",
        "Every second piece of a text never comes.",
        [
            "conversation::turns::deltas_make_up_the_text",
            "conversation::turns::event_deltas_make_up_the_message",
        ],
        || {
            let mut seen = std::collections::HashMap::<String, usize>::new();
            of_subject(move |line, steps| {
                if delta(line).is_some() {
                    let count = seen.entry(line.method().to_owned()).or_default();
                    *count += 1;
                    if *count % 2 == 0 {
                        return;
                    }
                }
                steps.client(&line.bytes);
            })
        },
    ),
    fault!(
        "drop-server-requests",
        "What the server asks the client never comes.",
        ["turn::approval::is_asked_before_anything_runs"],
        || of_subject(|line, steps| {
            if !line.is(Kind::Request) {
                steps.client(&line.bytes);
            }
        }),
    ),
];

/// The piece of a text that a notification brings.
pub(super) fn delta(line: &Line) -> Option<&str> {
    let params = line.value.get("params").filter(|_| line.is(Kind::Notification))?;
    params.get("delta").or_else(|| params.get("msg")?.get("delta")).and_then(Value::as_str)
}
