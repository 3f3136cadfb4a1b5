//! The goal of a thread, as clients set it.

use std::rc::Rc;

use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::params::{ThreadId, given};
use super::threads::parse_id;
use crate::fault::fault;
use crate::faults;
use crate::goal::{self, Goal, Status};
use crate::lifecycle;
use crate::message::Refusal;
use crate::outbox::Reply;
use crate::server::Server;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Set {
    thread_id: String,
    objective: Option<String>,
    status: Option<Status>,
    /// Left out, null or a number.
    #[serde(default, deserialize_with = "given")]
    token_budget: Option<Option<i64>>,
}

/// The thread of that id, which may be stored only.
fn find(server: &Server, id: &str) -> Result<Uuid, Refusal> {
    let id = parse_id(id, "thread")?;
    if lifecycle::is_known(server, id) || fault!(GOAL_OF_NO_THREAD) {
        return Ok(id);
    }
    Err(Refusal::not_found("thread", id))
}

/// Creates or changes a goal, and begins to work towards it.
pub(super) fn set(server: &Rc<Server>, reply: Reply, params: Set) {
    match changed(server, params) {
        Err(refusal) => reply.refuse(refusal),
        Ok((id, goal)) => {
            reply.ok(json!({ "goal": goal.shown(id) }));
            goal::announce(server, id, None, &goal);
            if let Some(thread) = server.thread(id) {
                faults::moments::disturbed(&thread, faults::moments::Request::SetGoal);
                goal::pursue(server, &thread);
            }
        }
    }
}

fn changed(server: &Server, params: Set) -> Result<(Uuid, Goal), Refusal> {
    let id = find(server, &params.thread_id)?;
    let blank = params.objective.as_ref().is_some_and(|objective| objective.trim().is_empty());
    if blank && !fault!(GOAL_WITHOUT_OBJECTIVE) {
        return Err(Refusal::invalid("goal objective must not be empty"));
    }
    let none = params.token_budget.flatten().is_some_and(|budget| budget < 1);
    if none && !fault!(GOAL_WITHOUT_BUDGET) {
        return Err(Refusal::invalid("goal budgets must be positive when provided"));
    }
    let before = server.thread(id).map_or(0, |thread| thread.state().tokens.total);
    let mut goal = match (goal::of(server, id), params.objective) {
        (Some(goal), None) => goal,
        (None, None) => return Err(Refusal::invalid("the thread has no goal")),
        (Some(mut goal), Some(objective)) if !fault!(GOAL_UPDATE_FORGETS) => {
            goal.objective = objective;
            goal
        }
        (_, Some(objective)) => Goal::new(objective, before),
    };
    if let Some(status) = params.status {
        goal.status = status;
    }
    if let Some(budget) = params.token_budget
        && !(budget.is_none() && fault!(NULL_KEEPS_THE_BUDGET))
    {
        goal.token_budget = budget;
    }
    goal::keep(server, id, Some(&goal))?;
    Ok((id, goal))
}

/// The goal of a thread.
pub(super) fn get(server: &Server, params: &ThreadId) -> Result<Value, Refusal> {
    let id = find(server, &params.thread_id)?;
    let forgotten = server.thread(id).is_none() && fault!(GOAL_NOT_STORED);
    let goal = goal::of(server, id).filter(|_| !forgotten);
    Ok(json!({ "goal": goal.map(|goal| goal.shown(id)) }))
}

/// Takes the goal away.
pub(super) fn clear(server: &Server, reply: Reply, params: &ThreadId) {
    let cleared = find(server, &params.thread_id).and_then(|id| {
        let known = goal::of(server, id).is_some();
        if known && !fault!(GOAL_NOT_CLEARED) {
            goal::keep(server, id, None)?;
        }
        Ok((id, known))
    });
    match cleared {
        Err(refusal) => reply.refuse(refusal),
        Ok((id, known)) => {
            reply.ok(json!({ "cleared": known || fault!(GOAL_CLEARED_AGAIN) }));
            if known && !fault!(GOAL_CLEARED_UNANNOUNCED) {
                server.out.notify_v2("thread/goal/cleared", &json!({ "threadId": id }));
            }
        }
    }
}
