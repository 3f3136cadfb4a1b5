//! What a thread consists of: shown in pages, compacted, taken back.

use std::rc::Rc;

use serde::Deserialize;
use serde_json::{Value, json};

use super::params::ThreadId;
use super::render::{self, Turns};
use super::threads::parse_id;
use super::turns::find;
use crate::cursor;
use crate::fault::fault;
use crate::items::{Item, Turn};
use crate::message::Refusal;
use crate::outbox::Reply;
use crate::rewind;
use crate::server::Server;
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
        if let Some(active) = thread.active() {
            active.interrupt.fire();
            active.over.fired().await;
        }
        reply.send(reverted(&server, &thread, &params.before_turn_id));
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
        return Err(Refusal::invalid(format!("turn not found: {turn}")));
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
fn turns_of(server: &Server, id: &str) -> Result<Vec<Turn>, Refusal> {
    let id = parse_id(id, "thread")?;
    if let Some(thread) = server.thread(id) {
        return Ok(thread.state().turns.clone());
    }
    let unknown = || Refusal::invalid(format!("thread not loaded: {id}"));
    let path = lifecycle::rollout(server, id).ok_or_else(unknown)?;
    let replay = replay::load(&path).map_err(|error| Refusal::internal(error.to_string()))?;
    Ok(replay.turns)
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
        Some(cursor) => match all.iter().position(|(name, _)| name == cursor) {
            Some(at) => at + usize::from(!fault!(HISTORY_PAGES_OVERLAP)),
            None if fault!(HISTORY_CURSOR_RESTARTS) => 0,
            None => return Err(Refusal::invalid(format!("invalid cursor: {cursor}"))),
        },
    };
    let limit = limit.unwrap_or(25).clamp(1, 100);
    let rest = all.len().saturating_sub(from);
    let page: Vec<_> = all.drain(from..).take(limit).collect();
    let next = page.last().filter(|_| rest > limit).map(|(name, _)| name.clone());
    let back = page.first().map(|(name, _)| name.clone());
    let data: Vec<Value> = page.into_iter().map(|(_, shown)| shown).collect();
    Ok(json!({
        "data": data,
        "nextCursor": cursor::shown(next),
        "backwardsCursor": cursor::shown(back),
    }))
}

pub(super) fn turns(server: &Server, params: TurnsList) -> Result<Value, Refusal> {
    let view = params.items_view.unwrap_or(View::Summary);
    let shown = |turn: &Turn| match view {
        View::Full => render::full_turn(turn),
        View::NotLoaded => render::turn(turn, Vec::new(), "notLoaded"),
        View::Summary => {
            let first = turn.items.iter().find(|item| item.is_of_the_user());
            let items = first.into_iter().chain(turn.final_message());
            render::turn(turn, items.map(render::item).collect(), "summary")
        }
    };
    let turns = turns_of(server, &params.thread_id)?;
    let all = turns.iter().map(|turn| (turn.id.clone(), shown(turn))).collect();
    let direction = params.sort_direction.unwrap_or(Direction::Desc);
    page(all, direction, params.cursor, params.limit)
}

pub(super) fn items(server: &Server, params: ItemsList) -> Result<Value, Refusal> {
    let mut turns = turns_of(server, &params.thread_id)?;
    if let Some(id) = &params.turn_id {
        turns.retain(|turn| turn.id == *id);
    }
    let items = turns.iter().flat_map(|turn| {
        turn.items.iter().enumerate().map(|(at, item)| {
            let shown = json!({ "turnId": turn.id, "item": render::item(item) });
            (format!("{}/{at}", turn.id), shown)
        })
    });
    let direction = params.sort_direction.unwrap_or(Direction::Asc);
    page(items.collect(), direction, params.cursor, params.limit)
}
