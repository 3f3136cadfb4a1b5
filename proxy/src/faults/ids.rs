//! Answers whose id is not that of the request.

use serde_json::{Value, json};

use crate::bend::{answers, edit_answers};
use crate::fault::{fault, faults};

faults! {
    fault!(
        ID_AS_TEXT,
        "Answers have their request's numeric id as a text.",
        || edit_answers(|answer| {
            if let Value::Number(id) = &answer["id"] {
                answer["id"] = json!(id.to_string());
            }
        }),
    ),
    fault!(
        ID_AS_NUMBER,
        "Answers have the digits of their request's textual id as a number.",
        || edit_answers(|answer| {
            if let Some(number) = answer["id"].as_str().and_then(|id| id.parse::<i64>().ok()) {
                answer["id"] = json!(number);
            }
        }),
    ),
    fault!(
        ID_ROUNDED,
        "Answers have their request's numeric id rounded to a double.",
        || edit_answers(|answer| {
            if let Some(id) = answer["id"].as_i64() {
                // As JavaScript does with every number.
                answer["id"] = json!(id as f64 as i64);
            }
        }),
    ),
    fault!(
        ID_OFF_BY_ONE,
        "Answers have the number after their request's id.",
        || edit_answers(|answer| {
            if let Some(id) = answer["id"].as_i64() {
                answer["id"] = json!(id.wrapping_add(1));
            }
        }),
    ),
    fault!(
        ID_NULL,
        "Answers have the id `null`.",
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
        "Each answer is followed by an answer to a request that was never sent.",
        || answers(|line, steps| {
            steps.client(&line.bytes);
            steps.client(line.edited(|answer| answer["id"] = json!("never sent")));
        }),
    ),
}
