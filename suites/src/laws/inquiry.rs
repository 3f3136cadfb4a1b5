//! What is asked at the end of each check, so that the laws can compare it with what was heard.

use harness::{Context, Entry, Result, inquiry};
use serde_json::json;

use crate::client::ContextExt;

/// The number of threads that are asked for.
const THREADS: usize = 3;

/// Asks the server to show the threads that it has opened in this conversation, the latest first.
#[inquiry]
async fn show_the_threads(cx: &mut Context) -> Result {
    let Some(read) = cx.protocol().read_thread else { return Ok(()) };
    if cx.peer.gate().offers(read).is_err() {
        return Ok(());
    }
    let opened = cx.peer.look(opened).unwrap_or_default();
    let unused = cx.peer.look(unused).flatten();
    let mut tickets = Vec::new();
    for thread in opened.iter().rev().take(THREADS) {
        let params = json!({ "threadId": thread, "includeTurns": true });
        tickets.push(cx.peer.send(read, params).await?);
    }
    for ticket in &tickets {
        cx.peer.answer(ticket).await?;
    }
    // What was started and not used yet exists too.
    if let Some(thread) = unused {
        let resume = cx.protocol().resume;
        cx.peer.request(resume, json!({ "threadId": thread })).await?;
    }
    Ok(())
}

/// The thread that was opened last, if no request has named it since.
fn unused(entries: &[Entry]) -> Option<String> {
    let id = |entry: &Entry| started(entry).map(str::to_owned);
    let mut results = entries.iter().filter(|entry| entry.is_from_subject());
    let last = results.rfind(|entry| id(entry).is_some()).and_then(id)?;
    let of_thread = |entry: &&Entry| entry.params()["threadId"].as_str() == Some(&last);
    let mut requests = entries.iter().filter(|entry| !entry.is_from_subject());
    requests
        .all(|entry| !of_thread(&entry) || entry.method() == Some("thread/read"))
        .then_some(last)
}

/// The ids of the threads that were started, or in which a turn was, each once, in the order of
/// their last mention. Others may be of any size, and have nothing to compare them with.
fn opened(entries: &[Entry]) -> Vec<String> {
    let mut opened: Vec<String> = Vec::new();
    for entry in entries.iter().filter(|entry| entry.is_from_subject()) {
        let id = match entry.method() {
            Some("turn/started") => entry.params()["threadId"].as_str(),
            Some(_) => None,
            None => started(entry),
        };
        if let Some(id) = id {
            opened.retain(|other| other != id);
            opened.push(id.to_owned());
        }
    }
    opened
}

/// The id of the thread that this answer reports as new.
fn started(entry: &Entry) -> Option<&str> {
    let result = entry.value.as_ref()?.get("result")?;
    let is_new = result.get("model").is_some() && result["thread"]["preview"] == "";
    result["thread"]["id"].as_str().filter(|_| is_new)
}
