//! Searches in what was said.

use serde::Deserialize;
use serde_json::{Value, json};

use super::history::turns_of;
use super::render;
use crate::fault::fault;
use crate::input::text_of;
use crate::items::Item;
use crate::message::Refusal;
use crate::outbox::Reply;
use crate::replay;
use crate::server::Server;
use crate::store::{self, Shelf};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Search {
    search_term: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Occurrences {
    thread_id: String,
    search_term: String,
}

/// What somebody has said in an item.
fn text(item: &Item) -> Option<String> {
    match item {
        Item::User { content, .. } => Some(text_of(content)),
        Item::Agent { text, .. } => Some(text.clone()),
        _ => None,
    }
}

/// Where a text has another, in whatever case.
fn place(text: &str, term: &str) -> Option<usize> {
    if fault!(OCCURRENCES_IN_THIS_CASE_ONLY) {
        return text.find(term);
    }
    // Lower case may be longer; then the places of both texts differ, and it is no match.
    let at = text.to_lowercase().find(&term.to_lowercase())?;
    text.get(at..at + term.len()).map(|_| at)
}

fn refuse_blank(term: &str) -> Result<(), Refusal> {
    if term.trim().is_empty() && !fault!(EMPTY_SEARCH_TAKEN) {
        return Err(Refusal::invalid("a search requires a non-empty searchTerm"));
    }
    Ok(())
}

/// The stored threads in which somebody said the text.
pub(super) fn threads(server: &Server, params: &Search) -> Result<Value, Refusal> {
    let term = &params.search_term;
    refuse_blank(term)?;
    let mut data = Vec::new();
    for summary in store::list(&server.home, Shelf::Live) {
        let Ok(replay) = replay::load(&summary.path) else { continue };
        let said = replay.turns.iter().flat_map(|turn| turn.items.iter().filter_map(text));
        let mut said = said.take(if fault!(SEARCH_OF_FIRST_MESSAGES) { 1 } else { usize::MAX });
        let any = fault!(SEARCH_FINDS_EVERY_THREAD);
        if let Some(snippet) = said.find(|said| any || place(said, term).is_some()) {
            let thread = render::stored(server, &summary, Vec::new());
            data.push(json!({ "thread": thread, "snippet": snippet }));
        }
    }
    Ok(json!({ "data": data, "nextCursor": null, "backwardsCursor": null }))
}

/// The same, told while it is found and answered as a whole.
pub(super) fn stream(server: &Server, reply: Reply, params: &Search) {
    let found = match threads(server, params) {
        Ok(found) => found,
        Err(refusal) => return reply.refuse(refusal),
    };
    let mut announced = found["data"].as_array().cloned().unwrap_or_default();
    if fault!(SEARCH_STREAMS_OTHERS) {
        for entry in &mut announced {
            entry["thread"]["id"] = json!(uuid::Uuid::now_v7());
        }
    }
    for entry in announced {
        let params = json!({ "requestId": reply.id(), "data": [entry] });
        server.out.notify_v2("thread/search/partial", &params);
    }
    reply.ok(found);
}

/// The places in a thread where somebody said the text.
pub(super) fn occurrences(server: &Server, params: &Occurrences) -> Result<Value, Refusal> {
    let term = &params.search_term;
    refuse_blank(term)?;
    let mut data = Vec::new();
    for turn in turns_of(server, &params.thread_id)? {
        for item in &turn.items {
            if !item.is_of_the_user() && fault!(OCCURRENCES_OF_THE_USER_ONLY) {
                continue;
            }
            let Some(said) = text(item) else { continue };
            let Some(at) = place(&said, term) else { continue };
            data.push(json!({
                "turnId": turn.id,
                "itemId": item.id(),
                "snippet": said,
                "snippetMatchRange": { "start": at, "end": at + term.len() },
                "turnCursor": turn.id,
            }));
        }
    }
    Ok(json!({ "data": data, "nextCursor": null }))
}
