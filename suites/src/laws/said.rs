//! What the user said in requests that were accepted.

use harness::Course;
use serde_json::Value;

use super::story::{Request, input_text};

/// A message of the user.
#[derive(Debug)]
pub(super) struct Said {
    /// The request, by its number.
    pub(super) request: usize,
    /// The process.
    pub(super) process: usize,
    /// The event of the request.
    pub(super) event: usize,
    /// The event of the answer.
    pub(super) answer: usize,
    /// The thread.
    pub(super) thread: String,
    /// The words.
    pub(super) text: String,
    /// The id of the turn that the answer names.
    pub(super) turn: Option<String>,
    /// Whether it was added to a running turn.
    pub(super) steers: bool,
    /// Whether it is text alone, so that the model hears it as it is.
    pub(super) is_plain: bool,
}

/// The methods that say something.
const SAYING: [&str; 4] = ["turn/start", "turn/steer", "sendUserMessage", "sendUserTurn"];

impl Said {
    /// What an accepted request said.
    pub(super) fn of(
        course: &Course<'_>,
        (number, request): (usize, &Request),
        (answer, result): (usize, &Value),
    ) -> Option<Self> {
        if !SAYING.contains(&request.method.as_str()) {
            return None;
        }
        let params = course.events()[request.event].entry.params();
        let input = params.get("input").or_else(|| params.get("items"))?;
        let parts = input.as_array()?;
        let turn = result.pointer("/turn/id").or_else(|| result.get("turnId"));
        Some(Self {
            request: number,
            process: request.process,
            event: request.event,
            answer,
            thread: request.thread.clone()?,
            text: input_text(input),
            turn: turn.and_then(Value::as_str).map(str::to_owned),
            steers: request.method == "turn/steer",
            is_plain: parts.len() == 1 && parts.iter().all(|part| part["type"] == "text"),
        })
    }
}
