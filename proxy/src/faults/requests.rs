//! What becomes of the server's requests to the client, and of the answers.

use std::collections::HashSet;

use serde_json::{Value, json};

use crate::bend::{Bend, each, of_subject};
use crate::fault::{Fault, fault};
use crate::line::{Kind, Line, line_of};
use crate::steps::{Side, Steps};

pub(super) const FAULTS: &[Fault] = &[
    fault!(
        "answered-for-the-client",
        "What the server asks the client is refused on the client's behalf.",
        [
            "turn::approval::session::each_command_is_asked_for",
            "turn::patch::is_asked_before_anything_is_written"
        ],
        || Box::<OnBehalf>::default(),
    ),
    fault!(
        "client-answers-dropped",
        "What the client answers to the server's requests does not reach it.",
        ["turn::approval::denied_is_told_to_the_model"],
        || each(Side::Client, Kind::Answer, 0, |_, _| {}),
    ),
    fault!(
        "client-answers-altered",
        "Every text in the client's answers to the server's requests is another one.",
        [
            "turn::approval::is_asked_before_anything_runs",
            "turn::patch::is_asked_before_anything_is_written"
        ],
        || each(Side::Client, Kind::Answer, 0, |line, steps| {
            steps.subject(line.edited(|answer| garble(&mut answer["result"])));
        }),
    ),
    fault!(
        "client-answers-misdirected",
        "The client's answers reach the server with the id of another request.",
        ["turn::approval::denied_is_told_to_the_model"],
        || each(Side::Client, Kind::Answer, 0, |line, steps| {
            steps.subject(line.edited(|answer| answer["id"] = json!("another request")));
        }),
    ),
    fault!(
        "server-request-without-id",
        "What the server asks the client has no id, so that nobody can answer.",
        ["turn::approval::is_asked_before_anything_runs"],
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
        "server-request-ids-alike",
        "All that the server asks the client has the same id.",
        ["conversation::its_own_requests_have_their_own_ids"],
        || of_subject(|line, steps| match line.kind {
            Kind::Request => steps.client(line.edited(|call| call["id"] = json!(0))),
            _ => steps.client(&line.bytes),
        }),
    ),
];

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
