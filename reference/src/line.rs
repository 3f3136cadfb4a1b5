//! Messages that wait for the end of a thread's turn.

use std::collections::VecDeque;
use std::rc::Rc;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::fault::fault;
use crate::goal;
use crate::input::Input;
use crate::items::{Item, Outcome};
use crate::message::Refusal;
use crate::server::Server;
use crate::settings::TurnOverrides;
use crate::store::kept::Kept;
use crate::threads::{Face, Message, Thread};
use crate::turn;

/// One message that waits.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Waiting {
    pub(crate) id: String,
    pub(crate) input: Vec<Input>,
    pub(crate) client_user_message_id: Option<String>,
}

/// The messages that wait in a thread, the first first.
pub(crate) fn of(server: &Server, thread: Uuid) -> VecDeque<Waiting> {
    let forgotten = server.thread(thread).is_none() && fault!(QUEUE_NOT_STORED);
    let kept = Kept::Queue.read(&server.home, thread).filter(|_| !forgotten);
    kept.and_then(|kept| serde_json::from_value(kept).ok()).unwrap_or_default()
}

/// Keeps the messages that wait in a thread, and tells that they are others.
pub(crate) fn keep(server: &Server, thread: Uuid, line: &VecDeque<Waiting>) -> Result<(), Refusal> {
    Kept::Queue
        .write(&server.home, thread, &json!(line))
        .map_err(|error| Refusal::internal(format!("failed to keep the queue: {error}")))?;
    if !fault!(QUEUE_CHANGES_UNANNOUNCED) {
        server.out.notify_v2("thread/queue/changed", &json!({ "threadId": thread }));
    }
    Ok(())
}

/// Begins the turn of the first message that waits, or of the one that is meant. Returns the turn's id.
pub(crate) fn advance(
    server: &Rc<Server>,
    thread: &Rc<Thread>,
    meant: Option<&str>,
) -> Option<String> {
    let mut line = of(server, thread.id);
    let at = match meant {
        Some(id) => line.iter().position(|waiting| waiting.id == id)?,
        None if fault!(QUEUE_IS_A_STACK) => line.len().checked_sub(1)?,
        None => 0,
    };
    let next = line.remove(at)?;
    keep(server, thread.id, &line).ok()?;
    let client_id = next.client_user_message_id.filter(|_| !fault!(QUEUED_IDS_LOST));
    let message = Message { content: next.input, client_id };
    Some(turn::start(server, thread, Face::V2, message, &TurnOverrides::default()))
}

/// Goes on with what waits when a turn has ended: messages first, then the goal.
pub(crate) fn after(server: &Rc<Server>, thread: &Rc<Thread>, outcome: &Outcome) {
    let loaded = server.thread(thread.id).is_some_and(|known| Rc::ptr_eq(&known, thread));
    let interrupted = *outcome == Outcome::Interrupted;
    if !loaded
        || thread.active().is_some()
        || (interrupted && !fault!(QUEUE_RUNS_AFTER_AN_INTERRUPT))
        || (fault!(QUEUE_FORGOTTEN_BEHIND_A_TOOL) && used_a_tool(thread))
    {
        return;
    }
    let never = fault!(QUEUE_NEVER_RUNS);
    if (never || advance(server, thread, None).is_none()) && *outcome == Outcome::Completed {
        goal::pursue(server, thread);
    }
}

/// Whether the model ran a command in the last turn of a thread.
fn used_a_tool(thread: &Thread) -> bool {
    let state = thread.state();
    let mut items = state.turns.last().into_iter().flat_map(|turn| &turn.items);
    items.any(|item| matches!(item, Item::Command(_)))
}

/// A message as clients see it.
pub(crate) fn shown(waiting: &Waiting) -> Value {
    json!(waiting)
}
