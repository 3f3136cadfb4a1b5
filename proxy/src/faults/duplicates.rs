//! Messages that come twice.

use serde_json::json;

use crate::bend::{answers, each, every, of_subject};
use crate::fault::{Fault, fault};
use crate::faults::pairs::{Half, half};
use crate::line::{Kind, line_of};
use crate::steps::Side;

pub(super) const FAULTS: &[Fault] = &[
    fault!(
        "duplicate-answers",
        "Every answer comes twice.",
        ["conversation::one_answer_for_each_request"],
        || answers(|line, steps| {
            steps.client(&line.bytes);
            steps.client(&line.bytes);
        }),
    ),
    fault!(
        "second-answer-later",
        "The second answer comes once more at the end of the next one.",
        ["conversation::one_answer_for_each_request"],
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
        "answered-too-soon",
        "Every request but the first gets an empty result before the server has seen it, and its real answer later.",
        ["conversation::one_answer_for_each_request"],
        || each(Side::Client, Kind::Request, 1, |line, steps| {
            steps.client(line_of(&json!({ "id": line.value["id"], "result": {} })));
            steps.subject(&line.bytes);
        }),
    ),
    fault!(
        "duplicate-ends",
        "Every notification that something has ended comes twice.",
        [
            "conversation::turns::a_turn_ends_once",
            "conversation::turns::an_item_ends_once",
            "conversation::turns::a_task_ends_once",
        ],
        || of_subject(|line, steps| {
            steps.client(&line.bytes);
            if half(line).is_some_and(|(_, half)| half == Half::Closes) {
                steps.client(&line.bytes);
            }
        }),
    ),
    fault!(
        "duplicate-notifications",
        "Every notification comes twice.",
        [
            "conversation::turns::a_turn_ends_once",
            "conversation::turns::deltas_make_up_the_text",
            "conversation::turns::event_deltas_make_up_the_message",
        ],
        || every(1, |line, steps| {
            steps.client(&line.bytes);
            steps.client(&line.bytes);
        }),
    ),
    fault!(
        "duplicate-server-requests",
        "What the server asks the client comes twice, with the same id.",
        ["conversation::its_own_requests_have_their_own_ids"],
        || of_subject(|line, steps| {
            steps.client(&line.bytes);
            if line.is(Kind::Request) {
                steps.client(&line.bytes);
            }
        }),
    ),
];
