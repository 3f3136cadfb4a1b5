//! Progress of requests.

use std::collections::HashMap;

use harness::{Conversation, Failure, Id, Message, Result, observer, show};
use serde_json::Value;

/// The notification of progress.
const PROGRESS: &str = "notifications/progress";

/// A request of the client that asks for progress.
struct Asked {
    id: Id,
    /// Whether it begins a task, which goes on after the answer.
    is_task: bool,
    is_answered: bool,
    /// The last progress.
    last: Option<f64>,
}

/// A server MUST report progress only with the token of a request that asks for it.
#[observer(
    mcp,
    source = "Progress, Behavior Requirements",
    faults(MCP_PROGRESS_OF_ANOTHER_TOKEN, MCP_PROGRESS_TOKEN_AS_TEXT)
)]
fn its_token_is_that_of_a_request(conversation: &Conversation<'_>) -> Result {
    each(conversation, |token, _, asked| {
        asked.is_none().then(|| {
            let expected = "the token of a request that the client has sent";
            Failure::mismatch("`progressToken` of `notifications/progress`", expected, show(token))
        })
    })
}

/// A server MUST report more progress each time.
#[observer(mcp, source = "Progress, Progress Flow", faults(MCP_PROGRESS_DECREASES))]
fn it_increases(conversation: &Conversation<'_>) -> Result {
    each(conversation, |token, params, asked| {
        let (now, asked) = (params["progress"].as_f64()?, asked?);
        let last = asked.last.replace(now)?;
        (now <= last).then(|| {
            let what = format!("`progress` with the token {}", show(token));
            Failure::mismatch(what, format!("more than {last}"), now.to_string())
        })
    })
}

/// A server MUST NOT report progress of a request that it has answered.
#[observer(mcp, source = "Progress, Behavior Requirements", faults(MCP_PROGRESS_AFTER_THE_ANSWER))]
fn it_stops_with_the_answer(conversation: &Conversation<'_>) -> Result {
    each(conversation, |token, params, asked| {
        asked.filter(|asked| asked.is_answered && !asked.is_task).map(|asked| {
            let what = format!("progress of request {} (token {})", asked.id, show(token));
            Failure::mismatch(what, "none after its answer", show(params))
        })
    })
}

/// Judges each report of progress by its token, its parameters and the request with that token.
fn each(
    conversation: &Conversation<'_>,
    mut judge: impl FnMut(&Value, &Value, Option<&mut Asked>) -> Option<Failure>,
) -> Result {
    let mut all: HashMap<String, Asked> = HashMap::new();
    for (line, entry) in conversation.transcript.entries().iter().enumerate() {
        let params = entry.params();
        match (&entry.message, entry.is_from_subject()) {
            (Message::Request { id, .. }, false) => {
                let Some(token) = params["_meta"].get("progressToken") else { continue };
                let (id, is_task) = (id.clone(), params.get("task").is_some());
                let asked = Asked { id, is_task, is_answered: false, last: None };
                all.insert(token.to_string(), asked);
            }
            (Message::Response { id } | Message::Error { id }, true) => {
                let answered = all.values_mut().filter(|asked| asked.id == *id);
                answered.for_each(|asked| asked.is_answered = true);
            }
            (Message::Notification { method }, true) if method == PROGRESS => {
                let token = &params["progressToken"];
                if let Some(failure) = judge(token, params, all.get_mut(&token.to_string())) {
                    return Err(failure.at_line(line));
                }
            }
            _ => {}
        }
    }
    Ok(())
}
