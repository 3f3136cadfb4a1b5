//! Turns that are taken back: what the model knew before each of them.

use serde_json::{Value, json};

use super::server::Server;
use super::threads::{Announced, Thread};
use crate::fault::fault;
use crate::faults;

/// How it was before a turn.
#[derive(Debug, Clone, Default)]
pub(crate) struct Before {
    /// How much the model knew.
    pub(crate) known: usize,
    /// What it had been told about its surroundings.
    pub(crate) announced: Option<Announced>,
    /// What it knew, if a compaction in the turn has made something shorter of it.
    pub(crate) whole: Option<Vec<Value>>,
}

/// What the model knows, as far as it can be taken back.
pub(crate) struct Memory<'a> {
    pub(crate) history: &'a mut Vec<Value>,
    pub(crate) announced: &'a mut Option<Announced>,
    pub(crate) before: &'a mut Vec<Before>,
}

impl Memory<'_> {
    /// Takes back the last turns.
    pub(crate) fn rewind(self, count: usize) {
        for _ in 0..count {
            let Some(before) = self.before.pop() else { return };
            if let Some(whole) = before.whole.filter(|_| !faults::history::keeps_the_summary()) {
                *self.history = whole;
            }
            let known = faults::history::known(self.history, before.known);
            self.history.truncate(known);
            *self.announced = before.announced;
        }
    }
}

/// Takes back the last turns of a thread, here and in its rollout.
pub(crate) fn thread(server: &Server, thread: &Thread, count: usize) {
    {
        let state = &mut *thread.state_mut();
        let left = state.turns.len().saturating_sub(count);
        if !fault!(ROLLED_BACK_TURNS_SHOWN) {
            state.turns.truncate(left);
        }
        let history = &mut state.history;
        let memory = Memory { history, announced: &mut state.announced, before: &mut state.before };
        if !fault!(MODEL_KNOWS_ROLLED_BACK_TURNS) {
            memory.rewind(count);
        }
    }
    if !fault!(ROLLBACK_NOT_STORED) {
        let event = json!({ "type": "thread_rolled_back", "num_turns": count });
        thread.record("event_msg", &event);
    }
    faults::history::rolled_back(server, thread, count);
}
