//! Answers whose id is not that of the request.

use serde_json::{Value, json};

use crate::bend::{answers, edit_answers};
use crate::fault::{Fault, fault};

pub(super) const FAULTS: &[Fault] = &[
    fault!(
        "id-as-text",
        "Answers name the number of their request as a text.",
        ["conversation::answers_follow_their_request", "wire::ids_come_back_as_they_were"],
        || edit_answers(|answer| {
            if let Value::Number(id) = &answer["id"] {
                answer["id"] = json!(id.to_string());
            }
        }),
    ),
    fault!(
        "id-as-number",
        "Answers name the digits of their request's id as a number.",
        ["wire::ids_come_back_as_they_were"],
        || edit_answers(|answer| {
            if let Some(number) = answer["id"].as_str().and_then(|id| id.parse::<i64>().ok()) {
                answer["id"] = json!(number);
            }
        }),
    ),
    fault!(
        "id-rounded",
        "Answers name a number as it is after a double has held it.",
        ["wire::large_ids_come_back_as_they_were"],
        || edit_answers(|answer| {
            if let Some(id) = answer["id"].as_i64() {
                // What JavaScript does to every number.
                answer["id"] = json!(id as f64 as i64);
            }
        }),
    ),
    fault!(
        "id-off-by-one",
        "Answers name the number after that of their request.",
        ["conversation::answers_follow_their_request"],
        || edit_answers(|answer| {
            if let Some(id) = answer["id"].as_i64() {
                answer["id"] = json!(id.wrapping_add(1));
            }
        }),
    ),
    fault!(
        "id-null",
        "Answers have `null` as their id.",
        ["conversation::answers_follow_their_request"],
        || edit_answers(|answer| answer["id"] = Value::Null),
    ),
    fault!(
        "id-missing",
        "Answers have no id.",
        ["conversation::every_message_is_of_one_kind"],
        || edit_answers(|answer| {
            if let Some(members) = answer.as_object_mut() {
                members.shift_remove("id");
            }
        }),
    ),
    fault!(
        "answer-to-nobody",
        "Each answer is followed by one to a request that was never sent.",
        ["conversation::answers_follow_their_request"],
        || answers(|line, steps| {
            steps.client(&line.bytes);
            steps.client(line.edited(|answer| answer["id"] = json!("never sent")));
        }),
    ),
];
