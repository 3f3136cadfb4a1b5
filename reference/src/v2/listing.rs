//! Threads in lists, and one at a time.

use std::path::Path;

use serde_json::{Value, json};
use uuid::Uuid;

use super::params::{Page, SortKey, ThreadList, ThreadRead};
use super::render::{self, Turns};
use super::threads::parse_id;
use crate::cursor;
use crate::fault::fault;
use crate::faults;
use crate::lifecycle;
use crate::message::Refusal;
use crate::paging::{self, Order};
use crate::replay;
use crate::server::Server;
use crate::settings::Overrides;
use crate::store::{self, Shelf, Summary};
use crate::threads::Status;

/// How many entries a page has at most.
pub(super) const LARGEST_PAGE: usize = 100;

/// The sources that count as a person at work.
const INTERACTIVE: [&str; 2] = ["cli", "vscode"];

/// The end of a cursor that brings its list along.
const OF_ARCHIVED: &str = "|archived";

pub(super) fn list(server: &Server, params: &ThreadList) -> Result<Value, Refusal> {
    let kept = fault!(CURSOR_KEEPS_ITS_FILTER);
    let cursor = params.cursor.as_deref();
    let of_archived = cursor.and_then(|cursor| cursor.strip_suffix(OF_ARCHIVED)).filter(|_| kept);
    let shelf = match params.archived {
        _ if of_archived.is_some() => Shelf::Archived,
        Some(true) if !fault!(ARCHIVED_IGNORED) => Shelf::Archived,
        _ => Shelf::Live,
    };
    let order = match params.sort_key {
        None | Some(SortKey::Created) => Order::Created,
        Some(SortKey::Updated | SortKey::Recency) => Order::Updated,
    };
    let limit = paging::limit(params.limit.map(|limit| limit as usize), LARGEST_PAGE);
    let unfiltered = fault!(FILTERS_IGNORED);
    let providers = lifecycle::wanted_providers(server, params.model_providers.as_deref());
    let wanted = |summary: &Summary| unfiltered || is_wanted(server, params, &providers, summary);
    let summaries = store::list(&server.home, shelf);
    let (page, next) = paging::page(summaries, wanted, order, of_archived.or(cursor), limit)?;
    let keeps = kept && matches!(shelf, Shelf::Archived);
    let next = next.map(|next| if keeps { next + OF_ARCHIVED } else { next });
    let data: Vec<Value> = page.iter().map(|summary| shown(server, summary)).collect();
    Ok(json!({ "data": data, "nextCursor": next, "backwardsCursor": null }))
}

fn is_wanted(
    server: &Server,
    params: &ThreadList,
    providers: &[String],
    summary: &Summary,
) -> bool {
    let head = &summary.head;
    let source = head.source.as_str().unwrap_or("unknown");
    let sources = params.source_kinds.as_deref().unwrap_or_default();
    let source_wanted = match sources {
        _ if params.cursor.is_some() && fault!(LATER_PAGES_OF_EVERY_SOURCE) => true,
        [] => INTERACTIVE.contains(&source) || fault!(LISTS_EVERY_SOURCE),
        sources => sources.iter().any(|kind| kind == source),
    };
    lifecycle::ran_with(server, summary, providers)
        && source_wanted
        && server.sections.has(params.section_id.as_deref(), summary.id)
        && params.cwd.as_ref().is_none_or(|wanted| {
            wanted.as_slice().iter().any(|cwd| is_about(&head.cwd, &server.cwd.join(cwd)))
        })
        && params.search_term.as_ref().is_none_or(|term| {
            let name = store::name(&server.home, summary.id);
            name.as_deref().unwrap_or(&summary.preview).contains(term)
        })
}

/// Whether a conversation in one directory is about another.
fn is_about(cwd: &Path, wanted: &Path) -> bool {
    let below = fault!(DIRECTORY_FILTER_TAKES_WHAT_IS_BELOW);
    cwd == wanted || (below && cwd.starts_with(wanted))
}

/// A stored thread, with the state that it has in memory if it is there.
fn shown(server: &Server, summary: &Summary) -> Value {
    let mut shown = render::stored(server, summary, Vec::new());
    if let Some(thread) = server.thread(summary.id) {
        let state = thread.state();
        shown["status"] = render::status(&state.status);
        shown["model"] = json!(state.settings.model);
        shown["reasoningEffort"] = json!(state.settings.effort);
    }
    shown
}

pub(super) fn loaded(server: &Server, params: &Page) -> Result<Value, Refusal> {
    let mut ids: Vec<Uuid> = server.threads().iter().map(|thread| thread.id).collect();
    let taken =
        |cursor: &&String| !fault!(LOADED_CURSOR_UNCHECKED) || Uuid::parse_str(cursor).is_ok();
    if let Some(cursor) = params.cursor.as_ref().filter(taken) {
        let after = Uuid::parse_str(cursor)
            .map_err(|_| Refusal::invalid(format!("invalid cursor: {cursor}")))?;
        let again = fault!(LOADED_PAGES_OVERLAP);
        ids.retain(|id| *id > after || (again && *id == after));
    }
    let whole = fault!(LOADED_IN_ONE_PAGE);
    let limit = params.limit.filter(|_| !whole);
    let limit = limit.map_or(ids.len(), |limit| limit.max(1) as usize);
    let next = cursor::shown((limit < ids.len()).then(|| ids[limit - 1].to_string()));
    ids.truncate(limit);
    Ok(json!({ "data": ids, "nextCursor": next }))
}

pub(super) fn read(server: &Server, params: &ThreadRead) -> Result<Value, Refusal> {
    let mut id = parse_id(&params.thread_id, "thread")?;
    if fault!(UPPER_CASE_ID_IS_ANOTHER)
        && params.thread_id.contains(char::is_uppercase)
        && let Some(newest) = store::list(&server.home, Shelf::Live).next()
    {
        id = newest.id;
    }
    if let Some(thread) = server.thread(id) {
        if fault!(READ_OF_STORED_ONES_ONLY) {
            return Err(Refusal::invalid(format!("thread {id} is in use")));
        }
        let is_new = params.include_turns && !thread.is_stored();
        if is_new && fault!(METHOD_FOUND_SOMETIMES) {
            return Err(Refusal::unknown("thread/read is not supported yet"));
        }
        if is_new && fault!(STARTED_THREAD_CANNOT_BE_READ) {
            return Err(Refusal::invalid(format!("thread {id} is not materialized yet")));
        }
        faults::moments::disturbed(&thread, faults::moments::Request::Read);
        let turns = if params.include_turns { Turns::All } else { Turns::None };
        return Ok(json!({ "thread": render::thread(server, &thread, turns) }));
    }
    let found = store::find(&server.home, Shelf::Live, id)
        .or_else(|| store::find(&server.home, Shelf::Archived, id));
    let Some(path) = found else {
        if fault!(READ_OF_AN_UNKNOWN_ONE) {
            return Ok(json!({ "thread": null }));
        }
        return Err(Refusal::invalid(format!("thread not loaded: {id}")));
    };
    let (loads, always) = (fault!(READ_LOADS), fault!(READ_ALWAYS_WITH_TURNS));
    if !params.include_turns && !loads && !always {
        // What a list shows is at the head of a rollout, however long that is.
        let summary = store::summary(&path).ok().flatten().ok_or_else(|| {
            Refusal::internal(format!("failed to load rollout `{}`", path.display()))
        })?;
        return Ok(json!({ "thread": render::stored(server, &summary, Vec::new()) }));
    }
    let replay = replay::load(&path).map_err(|error| Refusal::internal(error.to_string()))?;
    if loads && let Ok(settings) = server.configs.derive(&Overrides::default()) {
        lifecycle::resume(server, &replay, settings);
    }
    let mut turns: Vec<Value> = render::full_turns(&replay.turns, Status::NotLoaded);
    if fault!(READ_WITHOUT_THE_LAST_TURN) {
        turns.pop();
    }
    if !params.include_turns && !always {
        turns.clear();
    }
    Ok(json!({ "thread": render::stored(server, &replay.summary, turns) }))
}
