//! Messages whose members do not fit their kind.

use serde_json::{Value, json};

use crate::bend::{edit_answers, every, of_subject};
use crate::fault::{fault, faults};
use crate::line::line_of;

faults! {
    fault!(
        RESULT_AND_ERROR,
        "Answers have both a result and an error.",
        || edit_answers(|answer| {
            if answer.get("error").is_some() {
                answer["result"] = json!({});
            } else {
                answer["error"] = json!({ "code": -32603, "message": "and an error" });
            }
        }),
    ),
    fault!(
        NEITHER_RESULT_NOR_ERROR,
        "Answers have neither a result nor an error.",
        || edit_answers(|answer| {
            remove(Some(answer), "result");
            remove(Some(answer), "error");
        }),
    ),
    fault!(
        VERSION_MEMBER,
        "Every message has a `jsonrpc` member.",
        || of_subject(|line, steps| if line.value.is_object() { steps.client(line.edited(|message| message["jsonrpc"] = json!("2.0"))) } else { steps.client(&line.bytes) }),
    ),
    fault!(
        JSONRPC_MISSING,
        "No message has a `jsonrpc` member.",
        || of_subject(|line, steps| if line.value.get("jsonrpc").is_some() { steps.client(line.edited(|message| remove(Some(message), "jsonrpc"))) } else { steps.client(&line.bytes) }),
    ),
    fault!(
        ERROR_CODE_POSITIVE,
        "The code of an error is 1.",
        || edit_answers(|answer| if let Some(error) = answer.get_mut("error") {
            error["code"] = json!(1);
        }),
    ),
    fault!(
        ERROR_CODE_AS_TEXT,
        "The code of an error is a text.",
        || edit_answers(|answer| if let Some(error) = answer.get_mut("error") {
            error["code"] = json!(error["code"].to_string());
        }),
    ),
    fault!(
        ERROR_CODE_MISSING,
        "Errors have no code.",
        || edit_answers(|answer| remove(answer.get_mut("error"), "code")),
    ),
    fault!(
        ERROR_MESSAGE_MISSING,
        "Errors have no message.",
        || edit_answers(|answer| remove(answer.get_mut("error"), "message")),
    ),
    fault!(
        ERROR_AS_TEXT,
        "An error is a text instead of an object.",
        || edit_answers(|answer| if let Some(error) = answer.get_mut("error") {
            *error = error["message"].take();
        }),
    ),
    fault!(
        ANSWER_WITH_METHOD,
        "Answers have a method too.",
        || edit_answers(|answer| answer["method"] = json!("bent/answer")),
    ),
    fault!(
        ANSWER_IN_ARRAY,
        "Answers come as a batch of one.",
        || edit_answers(|answer| *answer = json!([answer.take()])),
    ),
    fault!(
        METHOD_MISSING,
        "Every fifth notification has no method.",
        || every(5, |line, steps| {
            steps.client(line.edited(|call| remove(Some(call), "method")));
        }),
    ),
    fault!(
        METHOD_AS_NUMBER,
        "Every fifth notification has a number as its method.",
        || every(5, |line, steps| {
            steps.client(line.edited(|call| call["method"] = json!(5)));
        }),
    ),
    fault!(
        PARAMS_AS_ARRAY,
        "The parameters of every fifth notification come in an array.",
        || every(5, |line, steps| {
            steps.client(line.edited(|call| call["params"] = json!([call["params"].take()])));
        }),
    ),
    fault!(
        PARAMS_AS_TEXT,
        "The parameters of every fifth notification come as JSON in a text.",
        || every(5, |line, steps| {
            let text = line.value["params"].to_string();
            steps.client(line_of(&json!({ "method": line.value["method"], "params": text })));
        }),
    ),
}

fn remove(value: Option<&mut Value>, member: &str) {
    if let Some(members) = value.and_then(Value::as_object_mut) {
        members.shift_remove(member);
    }
}
