//! The end of a turn: what is cut short, kept, recorded and told.

use std::time::Instant;

use jiff::Timestamp;
use serde_json::json;

use super::{Kind, Running};
use crate::events::Event;
use crate::fault::fault;
use crate::faults;
use crate::goal;
use crate::history;
use crate::items::{Item, Outcome, Turn};
use crate::threads::Status;

impl Running {
    /// Takes back what the model would be told of this turn, where a defect says so.
    pub(super) fn forget(&self, outcome: &Outcome, known: usize) {
        let lost = match outcome {
            Outcome::Interrupted => {
                fault!(INTERRUPT_FORGETS_THE_TURN) || faults::moments::is_replaced(&self.active)
            }
            Outcome::Failed(_) => fault!(FAILED_TURN_IS_FORGOTTEN),
            _ => false,
        };
        if lost {
            self.thread.state_mut().history.truncate(known);
        }
    }

    pub(super) fn end(&self, mut turn: Turn, outcome: Outcome, started: Instant) {
        let mut open: Vec<Item> = self.active.open.borrow_mut().drain(..).collect();
        if fault!(CUT_CALL_STAYS_OPEN) {
            open.retain(|item| !matches!(item, Item::Served(_)));
        }
        if !faults::laws::leaves_open(&outcome) {
            for item in open {
                self.record_message(&item);
                self.cut_short(item);
            }
        }
        self.leave_review(None);
        let missing = history::missing_outputs(&self.thread.state().history, "aborted");
        if !fault!(INTERRUPTED_CALL_STAYS_OPEN) {
            missing.into_iter().for_each(|output| self.thread.remember(output));
        }
        {
            let state = self.thread.state();
            if outcome == Outcome::Interrupted {
                state.sessions.interrupted();
            }
            state.sessions.turn_over();
        }
        let outcome = told(outcome);
        let status = status_after(&outcome);
        if fault!(TURN_SETTINGS_FORGOTTEN) {
            self.thread.state_mut().settings = self.before.clone();
        }
        crate::faults::settings::take_back(&mut self.thread.state_mut().settings, &self.before);
        {
            let mut state = self.thread.state_mut();
            state.active = self.active.next.take();
            state.status = status;
            if let Some(stored) = state.turns.last_mut() {
                turn.items = std::mem::take(&mut stored.items);
                turn.outcome = outcome;
                turn.completed_at = Some(Timestamp::now().as_second());
                turn.duration = Some(started.elapsed());
                *stored = turn.clone();
            }
        }
        self.record_end(&turn);
        self.tell(&Event::StatusChanged(&status));
        if let Outcome::Failed(error) = &turn.outcome {
            self.tell(&Event::Failed(error));
        }
        if started_late() {
            self.tell(&Event::TurnStarted(&turn));
        }
        goal::count(&self.server, &self.thread, &turn.id);
        if !fault!(TURN_NEVER_COMPLETES) && !faults::laws::never_ends(&turn) {
            self.tell(&Event::TurnCompleted(&turn));
        }
        let unsettled = std::mem::take(&mut self.thread.state_mut().unsettled);
        for id in unsettled {
            self.tell(&Event::RequestResolved(id));
        }
        for (reply, result) in self.active.late.borrow_mut().drain(..) {
            reply.ok(result);
        }
        for reply in self.active.interrupters.borrow_mut().drain(..) {
            reply.ok(json!({ "abortReason": "interrupted" }));
        }
        self.active.over.fire();
    }

    /// Completes an item whose turn ends before it does.
    fn cut_short(&self, item: Item) {
        let left_open = match &item {
            Item::Agent { .. } if self.active.kind == Kind::Review => {
                fault!(REVIEWERS_MESSAGE_LEFT_OPEN)
            }
            Item::Agent { .. } => fault!(MESSAGE_LEFT_OPEN),
            Item::Command(_) => fault!(COMMAND_LEFT_OPEN),
            Item::Patch(_) => fault!(PATCH_LEFT_OPEN),
            Item::Dynamic(_) => fault!(CALL_OF_THE_CLIENT_LEFT_OPEN),
            Item::Compaction { .. } => fault!(COMPACTION_LEFT_OPEN),
            _ => false,
        };
        match item {
            _ if left_open => {}
            // What has come to nothing is no part of the conversation.
            Item::Compaction { .. } => self.tell(&Event::ItemCompleted(&item)),
            item => self.complete(item.cut_short()),
        }
    }

    fn record_end(&self, turn: &Turn) {
        let event = match &turn.outcome {
            Outcome::Interrupted => {
                json!({ "type": "turn_aborted", "turn_id": turn.id, "reason": "interrupted" })
            }
            outcome => {
                if let Outcome::Failed(error) = outcome {
                    let event = json!({ "type": "error", "message": error.message });
                    self.thread.record("event_msg", &event);
                }
                let last = match turn.final_message() {
                    Some(Item::Agent { text, .. }) => Some(text),
                    _ => None,
                };
                json!({
                    "type": "task_complete",
                    "turn_id": turn.id,
                    "last_agent_message": last,
                    "completed_at": turn.completed_at,
                })
            }
        };
        self.thread.record("event_msg", &event);
    }
}

/// Whether a defect tells the start of a turn only when it ends.
pub(super) fn started_late() -> bool {
    fault!(START_TOLD_AT_THE_END)
}

/// The outcome that is told, which a defect bends.
fn told(outcome: Outcome) -> Outcome {
    match outcome {
        Outcome::Interrupted if fault!(INTERRUPTED_TOLD_AS_COMPLETED) => Outcome::Completed,
        outcome => outcome,
    }
}

/// The status of a thread whose turn ended so.
fn status_after(outcome: &Outcome) -> Status {
    match outcome {
        Outcome::Failed(_) if !fault!(FAILED_THREAD_IS_IDLE) => Status::SystemError,
        _ => Status::Idle,
    }
}
