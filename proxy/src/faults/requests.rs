//! What becomes of the server's requests to the client, and of the answers.

use std::collections::HashSet;

use serde_json::{Value, json};

use crate::bend::{Bend, each, of_subject};
use crate::fault::{fault, faults};
use crate::line::{Kind, Line, line_of};
use crate::steps::{Side, Steps};

faults! {
    fault!(
        ANSWERED_FOR_THE_CLIENT,
        "What the server asks the client is refused on the client's behalf.",
        || Box::<OnBehalf>::default(),
    ),
    fault!(
        CLIENT_ANSWERS_DROPPED,
        "What the client answers to the server's requests does not reach it.",
        || each(Side::Client, Kind::Answer, 0, |_, _| {}),
    ),
    fault!(
        CLIENT_ANSWERS_ALTERED,
        "Every text in the client's answers to the server's requests is another one.",
        || each(Side::Client, Kind::Answer, 0, |line, steps| {
            steps.subject(line.edited(|answer| garble(&mut answer["result"])));
        }),
    ),
    fault!(
        CLIENT_ANSWERS_MISDIRECTED,
        "The client's answers reach the server with the id of another request.",
        || each(Side::Client, Kind::Answer, 0, |line, steps| {
            steps.subject(line.edited(|answer| answer["id"] = json!("another request")));
        }),
    ),
    fault!(
        SERVER_REQUEST_WITHOUT_ID,
        "What the server asks the client has no id, so that nobody can answer.",
        || of_subject(|line, steps| match line.kind {
            Kind::Request => steps.client(line.edited(|call| {
                if let Some(members) = call.as_object_mut() {
                    members.shift_remove("id");
                }
            })),
            _ => steps.client(&line.bytes),
        }),
    ),
    fault!(
        SERVER_REQUEST_IDS_ALIKE,
        "All that the server asks the client has the same id.",
        || of_subject(|line, steps| match line.kind {
            Kind::Request => steps.client(line.edited(|call| call["id"] = json!(0))),
            _ => steps.client(&line.bytes),
        }),
    ),
}

/// Requests that were answered on the client's behalf.
#[derive(Default)]
struct OnBehalf {
    answered: HashSet<String>,
}

impl Bend for OnBehalf {
    fn line(&mut self, from: Side, line: &Line, steps: &mut Steps) {
        match (from, line.kind) {
            (Side::Subject, Kind::Request) => {
                self.answered.insert(line.id());
                let error = json!({ "code": -32603, "message": "refused on the client's behalf" });
                steps.subject(line_of(&json!({ "id": line.value["id"], "error": error })));
                steps.client(&line.bytes);
            }
            // The server has its answer.
            (Side::Client, Kind::Answer) if self.answered.remove(&line.id()) => {}
            _ => steps.send(from.other(), &line.bytes),
        }
    }
}

/// Makes every text another one.
fn garble(value: &mut Value) {
    match value {
        Value::String(text) => *text = "bent".to_owned(),
        Value::Array(items) => items.iter_mut().for_each(garble),
        Value::Object(members) => members.values_mut().for_each(garble),
        _ => {}
    }
}
