//! Stored conversations: seed, list, resume, archive and inspect them.

pub mod files;

use std::path::PathBuf;

use fixtures::Rollout;
use fixtures::rollout::Turn;
use harness::{Context, Failure, OrInconclusive, Result, ensure_eq, show};
use jiff::{SignedDuration, Timestamp};
use mock_model::Request;
use uuid::Uuid;

/// When the first seeded conversation began, in seconds since 1970: 2025-03-04 10:00:00 UTC.
const FIRST: i64 = 1_741_082_400;

/// The id of no conversation.
pub const UNKNOWN: &str = "01956000-0000-7000-8000-ffffffffffff";

/// The id of the conversation with this number.
pub fn id(number: u32) -> Uuid {
    Uuid::from_u128(0x0195_6000_0000_7000_8000_0000_0000_0000 + u128::from(number))
}

/// When the conversation with this number began: each one a minute after the one before.
pub fn begun(number: u32) -> Timestamp {
    let first = Timestamp::from_second(FIRST).unwrap_or_default();
    first + SignedDuration::from_mins(i64::from(number))
}

/// The conversation with this number, in which the user said `conversation NUMBER`.
pub fn conversation(number: u32) -> Rollout {
    Rollout::new(id(number), begun(number)).preview(&format!("conversation {number}"))
}

/// What was said in [`two_turns`], as role and text.
pub const SAID: [(&str, &str); 4] = [
    ("user", "the first question"),
    ("assistant", "the first answer"),
    ("user", "the second question"),
    ("assistant", "the second answer"),
];

/// A conversation of two turns.
pub fn two_turns(number: u32) -> Rollout {
    conversation(number).turns([Turn::new(SAID[0].1, SAID[1].1), Turn::new(SAID[2].1, SAID[3].1)])
}

/// The need of whatever begins with conversations in the home.
pub const STORED: &str = "a server that finds what Codex stored";

/// Puts a conversation into the home of the check; the path of its file.
pub fn seed(cx: &Context, rollout: &Rollout) -> Result<PathBuf> {
    cx.needs(STORED)?;
    rollout.write(cx.home.path()).or_inconclusive("seeding a conversation")
}

/// Puts the conversations with these numbers into the home of the check, in this order.
pub fn seed_all(cx: &Context, numbers: impl IntoIterator<Item = u32>) -> Result {
    numbers.into_iter().try_for_each(|number| seed(cx, &conversation(number)).map(|_| ()))
}

/// The last request to the model.
pub fn last_request(cx: &Context) -> Result<Request> {
    cx.model
        .requests()
        .last()
        .cloned()
        .ok_or_else(|| Failure::mismatch("requests to the model", "at least one", "none"))
}

/// The texts of the messages that the model receives, each with the role of its message.
pub fn model_input(request: &Request) -> Vec<(&str, &str)> {
    let messages = request.input_items().iter();
    let texts = messages.filter_map(|item| Some((item["role"].as_str()?, &item["content"])));
    texts
        .flat_map(|(role, content)| {
            let parts = content.as_array().into_iter().flatten();
            parts.filter_map(move |part| Some((role, part["text"].as_str()?)))
        })
        .collect()
}

/// Fails unless the model receives these messages, role and text, each once and in this order.
pub fn ensure_model_input(request: &Request, wanted: &[(&str, &str)]) -> Result {
    let line = |(role, text): &(&str, &str)| format!("{role}: {text}");
    let wanted: Vec<String> = wanted.iter().map(line).collect();
    let input: Vec<String> = model_input(request).iter().map(line).collect();
    // What surrounds the conversation, instructions and environment, differs from release to
    // release.
    let received: Vec<String> =
        input.iter().filter(|line| wanted.contains(line)).cloned().collect();
    let compare = || -> Result {
        ensure_eq!(received, wanted, "messages of the history in the input of the model");
        Ok(())
    };
    compare().map_err(|failure| failure.note(format!("all input {}", show(&input))))
}
