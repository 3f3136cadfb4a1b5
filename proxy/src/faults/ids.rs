//! Answers whose id is not that of the request.

use serde_json::{Value, json};

use crate::bend::{answers, edit_answers};
use crate::fault::{fault, faults};

faults! {
    fault!(
        ID_AS_TEXT,
        "Answers name the number of their request as a text.",
        || edit_answers(|answer| {
            if let Value::Number(id) = &answer["id"] {
                answer["id"] = json!(id.to_string());
            }
        }),
    ),
    fault!(
        ID_AS_NUMBER,
        "Answers name the digits of their request's id as a number.",
        || edit_answers(|answer| {
            if let Some(number) = answer["id"].as_str().and_then(|id| id.parse::<i64>().ok()) {
                answer["id"] = json!(number);
            }
        }),
    ),
    fault!(
        ID_ROUNDED,
        "Answers name a number as it is after a double has held it.",
        || edit_answers(|answer| {
            if let Some(id) = answer["id"].as_i64() {
                // What JavaScript does to every number.
                answer["id"] = json!(id as f64 as i64);
            }
        }),
    ),
    fault!(
        ID_OFF_BY_ONE,
        "Answers name the number after that of their request.",
        || edit_answers(|answer| {
            if let Some(id) = answer["id"].as_i64() {
                answer["id"] = json!(id.wrapping_add(1));
            }
        }),
    ),
    fault!(
        ID_NULL,
        "Answers have `null` as their id.",
        || edit_answers(|answer| answer["id"] = Value::Null),
    ),
    fault!(
        ID_MISSING,
        "Answers have no id.",
        || edit_answers(|answer| {
            if let Some(members) = answer.as_object_mut() {
                members.shift_remove("id");
            }
        }),
    ),
    fault!(
        ANSWER_TO_NOBODY,
        "Each answer is followed by one to a request that was never sent.",
        || answers(|line, steps| {
            steps.client(&line.bytes);
            steps.client(line.edited(|answer| answer["id"] = json!("never sent")));
        }),
    ),
}
