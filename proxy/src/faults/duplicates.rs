//! Messages that come twice.

use crate::bend::{answers, every, of_subject};
use crate::fault::{fault, faults};
use crate::faults::pairs::{Half, half};
use crate::line::Kind;

faults! {
    fault!(
        DUPLICATE_ANSWERS,
        "Every answer comes twice.",
        || answers(|line, steps| {
            steps.client(&line.bytes);
            steps.client(&line.bytes);
        }),
    ),
    fault!(
        SECOND_ANSWER_LATER,
        "The second answer comes once more at the end of the next one.",
        || {
            let mut first = Vec::new();
            answers(move |line, steps| {
                steps.client(&line.bytes);
                if first.is_empty() {
                    line.bytes.clone_into(&mut first);
                } else {
                    steps.client(&first);
                }
            })
        },
    ),
    fault!(
        DUPLICATE_ENDS,
        "Every notification that something has ended comes twice.",
        || of_subject(|line, steps| {
            steps.client(&line.bytes);
            if half(line).is_some_and(|(_, half)| half == Half::Closes) {
                steps.client(&line.bytes);
            }
        }),
    ),
    fault!(
        DUPLICATE_NOTIFICATIONS,
        "Every notification comes twice.",
        || every(1, |line, steps| {
            steps.client(&line.bytes);
            steps.client(&line.bytes);
        }),
    ),
    fault!(
        DUPLICATE_SERVER_REQUESTS,
        "What the server asks the client comes twice, with the same id.",
        || of_subject(|line, steps| {
            steps.client(&line.bytes);
            if line.is(Kind::Request) {
                steps.client(&line.bytes);
            }
        }),
    ),
}
