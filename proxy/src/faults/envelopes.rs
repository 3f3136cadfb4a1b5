//! Messages whose members are not those of their kind.

use serde_json::{Value, json};

use crate::bend::{edit_answers, every, of_subject};
use crate::fault::{Fault, fault};
use crate::line::line_of;

pub(super) const FAULTS: &[Fault] = &[
    fault!(
        "result-and-error",
        "Answers have both a result and an error.",
        ["conversation::every_message_is_of_one_kind"],
        || edit_answers(|answer| {
            if answer.get("error").is_some() {
                answer["result"] = json!({});
            } else {
                answer["error"] = json!({ "code": -32603, "message": "and an error" });
            }
        }),
    ),
    fault!(
        "neither-result-nor-error",
        "Answers have neither a result nor an error.",
        ["conversation::every_message_is_of_one_kind"],
        || edit_answers(|answer| *answer = json!({ "id": answer["id"] })),
    ),
    fault!(
        "version-member",
        "Every message has a `jsonrpc` member.",
        ["conversation::no_version_member"],
        || of_subject(|line, steps| match line.value.is_object() {
            true => steps.client(line.edited(|message| message["jsonrpc"] = json!("2.0"))),
            false => steps.client(&line.bytes),
        }),
    ),
    fault!(
        "error-code-as-text",
        "The code of an error is a text.",
        ["conversation::errors_have_a_code_and_a_message"],
        || edit_answers(|answer| if let Some(error) = answer.get_mut("error") {
            error["code"] = json!(error["code"].to_string());
        }),
    ),
    fault!(
        "error-code-missing",
        "Errors have no code.",
        ["conversation::errors_have_a_code_and_a_message"],
        || edit_answers(|answer| remove(answer.get_mut("error"), "code")),
    ),
    fault!(
        "error-message-missing",
        "Errors have no message.",
        ["conversation::errors_have_a_code_and_a_message"],
        || edit_answers(|answer| remove(answer.get_mut("error"), "message")),
    ),
    fault!(
        "error-as-text",
        "An error is a text instead of an object.",
        ["conversation::errors_have_a_code_and_a_message"],
        || edit_answers(|answer| if let Some(error) = answer.get_mut("error") {
            *error = error["message"].take();
        }),
    ),
    fault!(
        "answer-with-method",
        "Answers have a method as well.",
        ["conversation::every_message_is_of_one_kind"],
        || edit_answers(|answer| answer["method"] = json!("bent/answer")),
    ),
    fault!(
        "answer-in-array",
        "Answers come as a batch of one.",
        ["conversation::every_message_is_of_one_kind"],
        || edit_answers(|answer| *answer = json!([answer.take()])),
    ),
    fault!(
        "method-missing",
        "Every fifth notification has no method.",
        ["conversation::every_message_is_of_one_kind"],
        || every(5, |line, steps| {
            steps.client(line.edited(|call| remove(Some(call), "method")));
        }),
    ),
    fault!(
        "method-as-number",
        "Every fifth notification has a number as its method.",
        ["conversation::every_message_is_of_one_kind"],
        || every(5, |line, steps| {
            steps.client(line.edited(|call| call["method"] = json!(5)));
        }),
    ),
    fault!(
        "params-as-array",
        "The parameters of every fifth notification come in an array.",
        ["conversation::envelope::parameters_are_named"],
        || every(5, |line, steps| {
            steps.client(line.edited(|call| call["params"] = json!([call["params"].take()])));
        }),
    ),
    fault!(
        "params-as-text",
        "The parameters of every fifth notification come as JSON in a text.",
        ["conversation::envelope::parameters_are_named"],
        || every(5, |line, steps| {
            let text = line.value["params"].to_string();
            steps.client(line_of(&json!({ "method": line.value["method"], "params": text })));
        }),
    ),
];

fn remove(value: Option<&mut Value>, member: &str) {
    if let Some(members) = value.and_then(Value::as_object_mut) {
        members.shift_remove(member);
    }
}
