//! What clients keep with the server about threads, and what is counted for them.

use std::cell::RefCell;
use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::attachments::Attachments;
use super::params::ThreadId;
use super::projects::Projects;
use super::threads::{no_rollout, parse_id};
use super::turns::find;
use crate::fault::fault;
use crate::lifecycle;
use crate::message::Refusal;
use crate::outbox::Reply;
use crate::server::Server;

/// What is kept, as long as the server runs.
#[derive(Debug, Default)]
pub(crate) struct Kept {
    pub(crate) projects: Projects,
    pub(super) attachments: Attachments,
    /// The features that clients have switched.
    pub(super) features: RefCell<BTreeMap<String, bool>>,
    /// How many questions of others each thread waits for.
    waiting: RefCell<BTreeMap<Uuid, u32>>,
    /// What of each thread is unread.
    read: RefCell<BTreeMap<Uuid, ReadState>>,
}

/// What of a thread is unread, and the version of this state.
#[derive(Debug, Clone)]
struct ReadState {
    unread: bool,
    revision: String,
}

/// Parameters of `thread/readState/update`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ReadUpdate {
    thread_id: String,
    expected_revision: String,
    operation: Operation,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(tag = "type", rename_all = "camelCase")]
enum Operation {
    Read,
    Unread,
}

/// Parameters of `thread/memoryMode/set`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "there are no memories; that the mode is one is enough")]
pub(crate) struct MemoryMode {
    thread_id: String,
    mode: Mode,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Mode {
    Enabled,
    Disabled,
}

impl ReadState {
    fn new(unread: bool) -> Self {
        Self { unread, revision: Uuid::new_v4().to_string() }
    }

    fn shown(&self) -> Value {
        let first = self.unread.then(|| json!({ "type": "threadStart" }));
        json!({ "firstUnread": first, "revision": self.revision })
    }
}

/// `thread/increment_elicitation` and `thread/decrement_elicitation`.
pub(super) fn count(server: &Server, params: &ThreadId, more: bool) -> Result<Value, Refusal> {
    let id = find(server, &params.thread_id)?.id;
    let mut waiting = server.kept.waiting.borrow_mut();
    let count = waiting.entry(id).or_default();
    match (more, *count) {
        (true, _) if fault!(ELICITATIONS_NOT_COUNTED) => *count = 1,
        (true, _) => *count += 1,
        (false, 0) if fault!(ELICITATIONS_BELOW_ZERO) => {}
        (false, 0) => return Err(Refusal::invalid("elicitation count is already zero")),
        (false, _) => *count -= 1,
    }
    Ok(json!({ "count": *count, "paused": *count > 0 }))
}

/// `thread/readState/update`: if nobody has changed it meanwhile.
pub(super) fn read(server: &Server, reply: Reply, params: &ReadUpdate) {
    let id = match find(server, &params.thread_id) {
        Ok(thread) => thread.id,
        Err(refusal) => return reply.refuse(refusal),
    };
    let mut all = server.kept.read.borrow_mut();
    let state = all.entry(id).or_insert_with(|| ReadState::new(true));
    if state.revision != params.expected_revision && !fault!(READ_STATE_OVERWRITTEN) {
        let data = json!({ "reason": "readStateConflict", "readState": state.shown() });
        return reply.refuse(Refusal::invalid("read state changed").with_data(data));
    }
    *state = ReadState::new(matches!(params.operation, Operation::Unread));
    reply.ok(json!({ "readState": state.shown() }));
    if !fault!(READ_STATE_UNTOLD) {
        let params = json!({ "threadId": id, "readState": state.shown() });
        server.out.notify_v2("thread/readState/changed", &params);
    }
}

/// `thread/memoryMode/set`: of a thread that there is.
pub(super) fn memory_mode(server: &Server, params: &MemoryMode) -> Result<Value, Refusal> {
    known(server, &params.thread_id)?;
    Ok(json!({}))
}

/// `thread/memory/read`: there is none.
pub(super) fn memory(server: &Server, params: &ThreadId) -> Result<Value, Refusal> {
    known(server, &params.thread_id)?;
    Ok(json!({ "summary": fault!(MEMORY_MADE_UP).then_some("It was about nothing.") }))
}

fn known(server: &Server, id: &str) -> Result<(), Refusal> {
    let id = parse_id(id, "thread")?;
    if lifecycle::is_known(server, id) || fault!(MEMORY_OF_NO_THREAD) {
        return Ok(());
    }
    Err(no_rollout(id))
}
