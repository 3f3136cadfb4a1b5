//! Messages that never come.

use serde_json::Value;

use crate::bend::{answers, of_subject};
use crate::fault::{fault, faults};
use crate::faults::pairs::Pairs;
use crate::line::{Kind, Line};

faults! {
    fault!(
        DROP_ANSWERS,
        "Every third answer never comes.",
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
        DROP_ERRORS,
        "A request that is refused gets no answer.",
        || answers(|line, steps| {
            if line.value.get("error").is_none() {
                steps.client(&line.bytes);
            }
        }),
    ),
    fault!(
        DROP_LAST_NOTIFICATION,
        "The notification that ends what was begun first never comes.",
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
        DROP_FIRST_NOTIFICATION,
        "The notification that begins what is ended last never comes.",
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
        DROP_DELTA,
        "Every second piece of a text never comes.",
        || {
            let mut seen = std::collections::HashMap::<String, usize>::new();
            of_subject(move |line, steps| {
                if delta(line).is_some() {
                    let count = seen.entry(line.method().to_owned()).or_default();
                    *count += 1;
                    if (*count).is_multiple_of(2) {
                        return;
                    }
                }
                steps.client(&line.bytes);
            })
        },
    ),
    fault!(
        DROP_SERVER_REQUESTS,
        "What the server asks the client never comes.",
        || of_subject(|line, steps| {
            if !line.is(Kind::Request) {
                steps.client(&line.bytes);
            }
        }),
    ),
}

/// The piece of a text that a notification brings.
pub(super) fn delta(line: &Line) -> Option<&str> {
    let params = line.value.get("params").filter(|_| line.is(Kind::Notification))?;
    params.get("delta").or_else(|| params.get("msg")?.get("delta")).and_then(Value::as_str)
}
