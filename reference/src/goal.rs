//! The goal of a thread: what the model works towards without being asked, within its budget.

use std::rc::Rc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::fault::fault;
use crate::history::text_message;
use crate::message::Refusal;
use crate::server::Server;
use crate::store::kept::Kept;
use crate::threads::Thread;
use crate::turn::{Work, start_work};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Status {
    Active,
    Paused,
    Blocked,
    UsageLimited,
    BudgetLimited,
    Complete,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Goal {
    pub(crate) objective: String,
    pub(crate) status: Status,
    pub(crate) token_budget: Option<i64>,
    tokens_used: u64,
    created_at: i64,
    updated_at: i64,
    /// How many tokens the thread had used when the goal was set.
    before: u64,
}

impl Goal {
    /// A goal that begins now.
    pub(crate) fn new(objective: String, before: u64) -> Self {
        let now = Timestamp::now().as_second();
        Self {
            objective,
            status: Status::Active,
            token_budget: None,
            tokens_used: 0,
            created_at: now,
            updated_at: now,
            before,
        }
    }

    /// The goal as clients see it.
    pub(crate) fn shown(&self, thread: Uuid) -> Value {
        json!({
            "threadId": thread,
            "objective": self.objective,
            "status": self.status,
            "tokenBudget": self.token_budget,
            "tokensUsed": self.tokens_used,
            "timeUsedSeconds": 0,
            "createdAt": self.created_at,
            "updatedAt": self.updated_at,
        })
    }
}

/// The goal of a thread, if it has one.
pub(crate) fn of(server: &Server, thread: Uuid) -> Option<Goal> {
    serde_json::from_value(Kept::Goal.read(&server.home, thread)?).ok()
}

/// Keeps the goal of a thread, or that it has none.
pub(crate) fn keep(server: &Server, thread: Uuid, goal: Option<&Goal>) -> Result<(), Refusal> {
    Kept::Goal
        .write(&server.home, thread, &json!(goal))
        .map_err(|error| Refusal::internal(format!("failed to keep the goal: {error}")))
}

/// Tells about the goal of a thread, as it is now or as a turn has left it.
pub(crate) fn announce(server: &Server, thread: Uuid, turn: Option<&str>, goal: &Goal) {
    if !fault!(GOAL_UNANNOUNCED) {
        let params = json!({ "threadId": thread, "turnId": turn, "goal": goal.shown(thread) });
        server.out.notify_v2("thread/goal/updated", &params);
    }
}

/// Counts what a turn has spent.
pub(crate) fn count(server: &Server, thread: &Thread, turn: &str) {
    let Some(mut goal) = of(server, thread.id).filter(|goal| goal.status == Status::Active) else {
        return;
    };
    let used = thread.state().tokens.total.saturating_sub(goal.before);
    goal.tokens_used = if fault!(SPENT_TOKENS_NOT_COUNTED) { 0 } else { used };
    let spent =
        goal.token_budget.is_some_and(|budget| i64::try_from(used).unwrap_or(i64::MAX) >= budget);
    if spent && !fault!(GOAL_IGNORES_ITS_BUDGET) {
        goal.status = Status::BudgetLimited;
    }
    if keep(server, thread.id, Some(&goal)).is_ok() {
        announce(server, thread.id, Some(turn), &goal);
    }
}

/// Begins a turn that works towards the goal, if there is one to work towards and nothing else to do.
pub(crate) fn pursue(server: &Rc<Server>, thread: &Rc<Thread>) {
    let Some(goal) = of(server, thread.id) else { return };
    let wanted = match goal.status {
        Status::Active => !fault!(ACTIVE_GOAL_STARTS_NO_TURN),
        Status::Paused => fault!(PAUSED_GOAL_STARTS_A_TURN),
        _ => false,
    };
    if !wanted || thread.active().is_some() {
        return;
    }
    let objective = if fault!(OBJECTIVE_NOT_SENT) { "" } else { goal.objective.as_str() };
    let text = format!("Go on working towards this goal:\n<objective>\n{objective}\n</objective>");
    thread.remember(text_message("developer", &text));
    start_work(server, thread, Work::Talk);
}
