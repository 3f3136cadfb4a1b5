//! What happened in a thread, in one line: turns that begin and end, and the items between.

use serde::Deserialize;
use serde_json::{Value, json};

use super::history::turns_of;
use super::render;
use crate::cursor;
use crate::fault::fault;
use crate::items::{Outcome, Turn};
use crate::message::Refusal;
use crate::server::Server;

/// Parameters of `thread/timeline/list`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct List {
    thread_id: String,
    cursor: Option<String>,
    limit: Option<usize>,
}

/// Parameters of `thread/items/read`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Read {
    thread_id: String,
    turn_id: String,
    item_ids: Vec<String>,
}

/// The entries of a turn.
fn entries(turn: &Turn) -> Vec<Value> {
    let id = &turn.id;
    let mut all =
        vec![json!({ "type": "turnStarted", "turnId": id, "startedAt": turn.started_at })];
    let items = turn.items.iter();
    all.extend(
        items.map(|item| json!({ "type": "item", "turnId": id, "item": render::item(item) })),
    );
    if turn.outcome != Outcome::Running && !fault!(TIMELINE_WITHOUT_ENDS) {
        let shown = render::turn(turn, Vec::new(), "notLoaded");
        all.push(json!({ "type": "turnCompleted", "turnId": id, "status": shown["status"],
            "error": shown["error"], "startedAt": shown["startedAt"],
            "completedAt": shown["completedAt"], "durationMs": shown["durationMs"] }));
    }
    all
}

/// `thread/timeline/list`: the last entries first, page by page; each page in the order of time.
pub(super) fn list(server: &Server, params: &List) -> Result<Value, Refusal> {
    let turns = turns_of(server, &params.thread_id)?;
    let mut all: Vec<Value> = turns.iter().flat_map(entries).collect();
    for (at, entry) in all.iter_mut().enumerate() {
        entry["position"] = json!(at);
    }
    let until = match &params.cursor {
        None => all.len(),
        Some(cursor) => {
            let until = cursor.parse().ok().filter(|until| *until <= all.len());
            until.ok_or_else(|| Refusal::invalid(format!("invalid cursor: {cursor}")))?
        }
    };
    let limit = params.limit.unwrap_or(all.len()).max(1);
    let from = until.saturating_sub(limit);
    let next = (from > 0).then(|| {
        let skipped = usize::from(fault!(TIMELINE_SKIPS_BETWEEN_PAGES));
        from.saturating_sub(skipped).to_string()
    });
    let next = cursor::shown(next);
    let data: Vec<Value> = all.drain(from..until).collect();
    Ok(json!({ "data": data, "nextCursor": next, "activeRealtimeSessionAtPageStart": null }))
}

/// `thread/items/read`: the named items of a turn.
pub(super) fn read(server: &Server, params: &Read) -> Result<Value, Refusal> {
    if params.item_ids.is_empty() {
        return Err(Refusal::invalid("itemIds must not be empty"));
    }
    let any = fault!(ITEMS_READ_UNASKED);
    let turns = turns_of(server, &params.thread_id)?;
    let turn = turns.iter().find(|turn| turn.id == params.turn_id);
    let items = turn.into_iter().flat_map(|turn| &turn.items);
    let named = items.filter(|item| any || params.item_ids.iter().any(|id| id == item.id()));
    let data: Vec<Value> =
        named.map(|item| json!({ "turnId": params.turn_id, "item": render::item(item) })).collect();
    Ok(json!({ "data": data }))
}
