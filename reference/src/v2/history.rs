//! What a thread consists of: shown in pages, compacted, taken back.

use std::rc::Rc;

use serde::Deserialize;
use serde_json::{Value, json};

use super::listing::LARGEST_PAGE;
use super::params::ThreadId;
use super::render::{self, Turns};
use super::threads::parse_id;
use super::turns::find;
use crate::cursor;
use crate::fault::fault;
use crate::items::{Item, Turn};
use crate::message::Refusal;
use crate::outbox::Reply;
use crate::paging;
use crate::rewind;
use crate::server::Server;
use crate::settings::Overrides;
use crate::threads::{Status, Thread};
use crate::turn::{Work, start_work};
use crate::{lifecycle, replay};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Rollback {
    thread_id: String,
    num_turns: u32,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Revert {
    thread_id: String,
    before_turn_id: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Direction {
    Asc,
    Desc,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
enum View {
    Summary,
    Full,
    NotLoaded,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TurnsList {
    thread_id: String,
    cursor: Option<String>,
    limit: Option<usize>,
    sort_direction: Option<Direction>,
    items_view: Option<View>,
}

/// The page of turns that comes with a thread.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct FirstPage {
    limit: Option<usize>,
    sort_direction: Option<Direction>,
    items_view: Option<View>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ItemsList {
    thread_id: String,
    turn_id: Option<String>,
    cursor: Option<String>,
    limit: Option<usize>,
    sort_direction: Option<Direction>,
}

/// Begins a compaction.
pub(super) fn compact(server: &Rc<Server>, params: &ThreadId) -> Result<Value, Refusal> {
    let thread = find(server, &params.thread_id)?;
    start_work(server, &thread, Work::Compact);
    Ok(json!({}))
}

/// Takes back the last turns.
pub(super) fn roll_back(server: &Server, params: &Rollback) -> Result<Value, Refusal> {
    let thread = find(server, &params.thread_id)?;
    if params.num_turns == 0 && !fault!(NO_TURN_ROLLED_BACK) {
        return Err(Refusal::invalid("numTurns must be >= 1"));
    }
    if thread.active().is_some() {
        return Err(Refusal::invalid("cannot roll back while a turn is in progress"));
    }
    rewind::thread(server, &thread, params.num_turns as usize);
    Ok(json!({ "thread": render::thread(server, &thread, Turns::All) }))
}

/// Takes back a turn and those after it. A turn that runs is interrupted first.
pub(super) fn revert(server: &Rc<Server>, reply: Reply, params: Revert) {
    let thread = match find(server, &params.thread_id) {
        Ok(thread) => thread,
        Err(refusal) => return reply.refuse(refusal),
    };
    let server = server.clone();
    tokio::task::spawn_local(async move {
        let mut known = None;
        if let Some(active) = thread.active() {
            active.interrupt.fire();
            active.over.fired().await;
            known = fault!(REVERT_KEEPS_THE_RUNNING_TURN).then(|| thread.state().history.clone());
        }
        reply.send(reverted(&server, &thread, &params.before_turn_id));
        if let Some(known) = known {
            thread.state_mut().history = known;
        }
    });
}

fn reverted(server: &Server, thread: &Thread, turn: &str) -> Result<Value, Refusal> {
    let count = {
        let turns = &thread.state().turns;
        turns.iter().position(|known| known.id == turn).map(|at| turns.len() - at)
    };
    if is_review(thread, turn) && fault!(REVIEW_NOT_REVERTED) {
        return Err(Refusal::invalid(format!("turn {turn} has no persisted start")));
    }
    let Some(count) = count else {
        if fault!(UNKNOWN_TURN_REVERTED) {
            return Ok(json!({ "thread": render::thread(server, thread, Turns::None) }));
        }
        return Err(Refusal::not_found("turn", turn));
    };
    rewind::thread(server, thread, count);
    for status in [Status::NotLoaded, Status::Idle] {
        let params = json!({ "threadId": thread.id, "status": render::status(&status) });
        server.out.notify_v2("thread/status/changed", &params);
    }
    thread.state_mut().status = Status::Idle;
    server.out.notify_v2("thread/reverted", &json!({ "threadId": thread.id }));
    Ok(json!({ "thread": render::thread(server, thread, Turns::None) }))
}

fn is_review(thread: &Thread, turn: &str) -> bool {
    let state = thread.state();
    let turn = state.turns.iter().find(|known| known.id == turn);
    turn.is_some_and(|turn| turn.items.iter().any(|item| matches!(item, Item::Mode { .. })))
}

/// The turns of a thread, loaded or stored.
pub(super) fn turns_of(server: &Server, id: &str) -> Result<Vec<Turn>, Refusal> {
    let id = parse_id(id, "thread")?;
    if let Some(thread) = server.thread(id) {
        if thread.state().turns.is_empty() && fault!(NEW_THREAD_BREAKS_THE_LIST) {
            return Err(Refusal::internal("the thread has no rollout"));
        }
        return Ok(thread.state().turns.clone());
    }
    let path = lifecycle::rollout(server, id).filter(|_| !fault!(STORED_TURNS_NOT_LISTED));
    let Some(path) = path else {
        if fault!(UNKNOWN_THREAD_HAS_NO_TURNS) {
            return Ok(Vec::new());
        }
        return Err(Refusal::invalid(format!("thread not loaded: {id}")));
    };
    let replay = replay::load(&path).map_err(|error| Refusal::internal(error.to_string()))?;
    if fault!(PAGES_LOAD_THE_THREAD)
        && let Ok(settings) = server.configs.derive(&Overrides::default())
    {
        lifecycle::resume(server, &replay, settings);
    }
    Ok(replay.turns)
}

/// What a cursor begins with that leads back to the first entry of a page, and to those before it.
const BACK: &str = "@";

/// The direction of a list.
fn way(asked: Option<Direction>, usual: Direction) -> Direction {
    asked.filter(|_| !fault!(DIRECTION_IGNORED)).unwrap_or(usual)
}

/// A page of what is there, each part with the name that a cursor has for it.
fn page(
    mut all: Vec<(String, Value)>,
    direction: Direction,
    cursor: Option<String>,
    limit: Option<usize>,
) -> Result<Value, Refusal> {
    if direction == Direction::Desc {
        all.reverse();
    }
    if fault!(HISTORY_CURSOR_COUNTS) {
        for (at, (name, _)) in all.iter_mut().enumerate() {
            *name = at.to_string();
        }
    }
    let from = match &cursor {
        None => 0,
        Some(cursor) => {
            let (back, named) = match cursor.strip_prefix(BACK) {
                Some(named) => (!fault!(BACKWARDS_CURSOR_SKIPS_ITS_TURN), named),
                None => (false, cursor.as_str()),
            };
            match all.iter().position(|(name, _)| name == named) {
                Some(at) => at + usize::from(!back && !fault!(HISTORY_PAGES_OVERLAP)),
                None if fault!(HISTORY_CURSOR_RESTARTS) => 0,
                None => return Err(Refusal::invalid(format!("invalid cursor: {cursor}"))),
            }
        }
    };
    if limit == Some(0) && fault!(EMPTY_PAGES_GO_ON) {
        let next = all.first().map(|(name, _)| name.clone());
        return Ok(json!({ "data": [], "nextCursor": next, "backwardsCursor": null }));
    }
    let limit = paging::limit(limit, LARGEST_PAGE);
    let rest = all.len().saturating_sub(from);
    let page: Vec<_> = all.drain(from..).take(limit).collect();
    let next = page.last().filter(|_| rest > limit).map(|(name, _)| name.clone());
    let back = page.first().map(|(name, _)| format!("{BACK}{name}"));
    let back = back.filter(|_| !fault!(NO_BACKWARDS_CURSOR));
    let data: Vec<Value> = page.into_iter().map(|(_, shown)| shown).collect();
    Ok(json!({
        "data": data,
        "nextCursor": cursor::shown(next),
        "backwardsCursor": cursor::shown(back),
    }))
}

pub(super) fn turns(server: &Server, params: TurnsList) -> Result<Value, Refusal> {
    let view = params.items_view.filter(|_| !fault!(VIEW_IGNORED)).unwrap_or(View::Summary);
    let shown = |turn: &Turn| match view {
        View::Full => render::full_turn(turn),
        View::NotLoaded => render::turn(turn, Vec::new(), "notLoaded"),
        View::Summary => {
            let first = turn.items.iter().find(|item| item.is_of_the_user());
            let answer = match turn.items.iter().find(|item| matches!(item, Item::Agent { .. })) {
                first if fault!(SUMMARY_HAS_THE_FIRST_ANSWER) => first,
                _ => turn.final_message(),
            };
            let items: Vec<&Item> = if fault!(SUMMARY_HAS_EVERYTHING) {
                turn.items.iter().collect()
            } else {
                first.into_iter().chain(answer).collect()
            };
            render::turn(turn, items.into_iter().map(render::item).collect(), "summary")
        }
    };
    let turns = turns_of(server, &params.thread_id)?;
    let all = turns.iter().map(|turn| (turn.id.clone(), shown(turn))).collect();
    let direction = way(params.sort_direction, Direction::Desc);
    page(all, direction, params.cursor, params.limit)
}

/// The page of turns that a client wants with the thread.
pub(super) fn first_page(
    server: &Server,
    thread: &Thread,
    wanted: FirstPage,
) -> Result<Value, Refusal> {
    let FirstPage { limit, sort_direction, items_view } = wanted;
    let limit = limit.filter(|_| !fault!(FIRST_PAGE_IGNORES_THE_LIMIT));
    let thread_id = thread.id.to_string();
    turns(server, TurnsList { thread_id, cursor: None, limit, sort_direction, items_view })
}

pub(super) fn items(server: &Server, params: ItemsList) -> Result<Value, Refusal> {
    let mut turns = turns_of(server, &params.thread_id)?;
    if let Some(id) = params.turn_id.as_ref().filter(|_| !fault!(ITEMS_OF_EVERY_TURN)) {
        turns.retain(|turn| turn.id == *id);
    }
    let items = turns.iter().flat_map(|turn| {
        turn.items.iter().enumerate().map(|(at, item)| {
            let shown = json!({ "turnId": turn.id, "item": render::item(item) });
            (format!("{}/{at}", turn.id), shown)
        })
    });
    let direction = way(params.sort_direction, Direction::Asc);
    page(items.collect(), direction, params.cursor, params.limit)
}
