//! Messages that wait for the end of a turn, as clients queue them.

use std::collections::VecDeque;
use std::rc::Rc;

use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::params::ThreadId;
use super::render;
use super::threads::{no_rollout, parse_id};
use super::turns::find;
use crate::fault::fault;
use crate::input::{self, Input};
use crate::items::{Turn, fresh_id};
use crate::lifecycle;
use crate::line::{self, Waiting};
use crate::message::Refusal;
use crate::outbox::Reply;
use crate::server::Server;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Add {
    thread_id: String,
    input: Vec<Input>,
    client_user_message_id: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Update {
    thread_id: String,
    queued_submission_id: String,
    input: Vec<Input>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Delete {
    thread_id: String,
    queued_submission_id: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Reorder {
    thread_id: String,
    queued_submission_ids: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Start {
    thread_id: String,
    queued_submission_id: Option<String>,
}

/// The thread of that id, which may be stored only, and what waits in it.
fn line_of(server: &Server, id: &str) -> Result<(Uuid, VecDeque<Waiting>), Refusal> {
    let id = parse_id(id, "thread")?;
    if lifecycle::is_known(server, id) || fault!(QUEUE_OF_NO_THREAD) {
        return Ok((id, line::of(server, id)));
    }
    Err(no_rollout(id))
}

fn check(input: &[Input]) -> Result<(), Refusal> {
    if input.is_empty() && !fault!(QUEUE_TAKES_NOTHING) {
        return Err(Refusal::invalid("only user input can be added to the user-message queue"));
    }
    input::check(input)
}

/// Puts a message at the end, and lets it run if nothing does.
pub(super) fn add(server: &Rc<Server>, reply: Reply, params: Add) {
    let added = check(&params.input).and_then(|()| {
        let (id, mut line) = line_of(server, &params.thread_id)?;
        let client_user_message_id = Some(params.client_user_message_id);
        let waiting = Waiting { id: fresh_id(), input: params.input, client_user_message_id };
        line.push_back(waiting.clone());
        Ok((id, line, waiting))
    });
    match added {
        Err(refusal) => reply.refuse(refusal),
        Ok((id, line, waiting)) => {
            reply.ok(json!({ "queuedSubmission": line::shown(&waiting) }));
            // What cannot be kept is not in the list either, which clients see.
            let kept = line::keep(server, id, &line).is_ok();
            let idle = server.thread(id).filter(|thread| thread.active().is_none());
            if let Some(thread) = idle.filter(|_| kept && !fault!(IDLE_THREAD_LETS_THE_QUEUE_WAIT))
            {
                line::advance(server, &thread, None);
            }
        }
    }
}

pub(super) fn list(server: &Server, params: &ThreadId) -> Result<Value, Refusal> {
    let (_, line) = line_of(server, &params.thread_id)?;
    let data: Vec<Value> = line.iter().map(line::shown).collect();
    Ok(json!({ "data": data, "nextCursor": null }))
}

pub(super) fn update(server: &Server, params: Update) -> Result<Value, Refusal> {
    check(&params.input)?;
    let (id, mut line) = line_of(server, &params.thread_id)?;
    let meant = &params.queued_submission_id;
    let Some(waiting) = line.iter_mut().find(|waiting| waiting.id == *meant) else {
        return Err(Refusal::not_found("queued submission", meant));
    };
    if !fault!(QUEUED_TEXT_STAYS) {
        waiting.input = params.input;
    }
    let shown = line::shown(waiting);
    line::keep(server, id, &line)?;
    Ok(json!({ "queuedSubmission": shown }))
}

pub(super) fn delete(server: &Server, params: &Delete) -> Result<Value, Refusal> {
    let (id, mut line) = line_of(server, &params.thread_id)?;
    let before = line.len();
    if !fault!(DELETED_MESSAGE_RUNS) {
        line.retain(|waiting| waiting.id != params.queued_submission_id);
    }
    let deleted = line.len() < before;
    if deleted {
        line::keep(server, id, &line)?;
    }
    Ok(json!({ "deleted": deleted }))
}

pub(super) fn reorder(server: &Server, params: &Reorder) -> Result<Value, Refusal> {
    let (id, line) = line_of(server, &params.thread_id)?;
    let ids = &params.queued_submission_ids;
    let named = |waiting: &Waiting| ids.iter().filter(|named| **named == waiting.id).count() == 1;
    let all = ids.len() == line.len() && line.iter().all(named);
    if !all && !fault!(REORDER_LOSES_MESSAGES) {
        return Err(Refusal::invalid(
            "queue reorder must include every queued submission exactly once",
        ));
    }
    if !fault!(QUEUE_ORDER_STAYS) {
        let meant = |named: &String| line.iter().find(|waiting| waiting.id == *named).cloned();
        line::keep(server, id, &ids.iter().filter_map(meant).collect())?;
    }
    Ok(json!({}))
}

pub(super) fn start(server: &Rc<Server>, params: &Start) -> Result<Value, Refusal> {
    let thread = find(server, &params.thread_id)?;
    if thread.active().is_some() {
        return Err(Refusal::invalid("thread already has an active or pending turn"));
    }
    if fault!(QUEUE_STARTS_WITHOUT_A_TURN) {
        return Ok(
            json!({ "turn": render::turn(&Turn::new(fresh_id()), Vec::new(), "notLoaded") }),
        );
    }
    let id = line::advance(server, &thread, params.queued_submission_id.as_deref())
        .ok_or_else(|| Refusal::invalid("queue is empty"))?;
    Ok(json!({ "turn": render::turn(&Turn::new(id), Vec::new(), "notLoaded") }))
}
