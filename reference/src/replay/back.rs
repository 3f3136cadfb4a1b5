//! What a rollout takes back of what it told before, or makes shorter.

use serde_json::Value;

use super::{Replay, Turns};
use crate::fault::fault;
use crate::faults;
use crate::history::text_message;
use crate::items::{Outcome, Turn};
use crate::rewind::{Before, Memory};

/// What has to be known to take turns back.
#[derive(Debug, Default)]
pub(super) struct Back {
    /// How many events there were before each turn.
    events: Vec<usize>,
    /// How often turns were taken back.
    marks: usize,
}

impl Back {
    /// Sees an event, which may begin a turn or take turns back.
    pub(super) fn see(&mut self, replay: &mut Replay, turns: &mut Turns, event: &Value) {
        while replay.before.len() < turns.count() {
            let said = replay.history.last().is_some_and(|item| item["role"] == "user");
            // A turn without a mark of its start begins with what the user said.
            let own = usize::from(said && !turns.is_marked());
            replay.before.push(Before {
                known: replay.history.len() - own,
                announced: replay.announced.clone(),
                whole: None,
            });
            self.events.push(replay.messages.len());
        }
        if event["type"] != "thread_rolled_back" {
            return;
        }
        let count = event["num_turns"].as_u64().and_then(|count| usize::try_from(count).ok());
        let count = faults::history::stored(count.unwrap_or(0), &mut self.marks);
        turns.forget(count);
        let left = replay.before.len().saturating_sub(count);
        replay.messages.truncate(self.events.get(left).copied().unwrap_or(usize::MAX));
        self.events.truncate(left);
        let memory = Memory {
            history: &mut replay.history,
            announced: &mut replay.announced,
            before: &mut replay.before,
        };
        memory.rewind(count);
    }
}

/// Puts what a compaction has made of the history in its place.
pub(super) fn compact(replay: &mut Replay, compacted: &Value) {
    if fault!(COMPACTION_UNREAD) {
        return;
    }
    let shorter = match compacted["replacement_history"].as_array() {
        Some(history) => history.clone(),
        None => {
            let user = replay.history.iter().filter(|item| item["role"] == "user").cloned();
            let summary = compacted["message"].as_str().unwrap_or_default();
            user.chain([text_message("user", summary)]).collect()
        }
    };
    let whole = std::mem::replace(&mut replay.history, shorter);
    if let Some(before) = replay.before.last_mut() {
        before.whole.get_or_insert(whole);
    }
}

impl Turns {
    /// How many turns there are.
    fn count(&self) -> usize {
        self.done.len() + usize::from(self.open.is_some())
    }

    /// Whether the turn that goes on has a mark of its start.
    fn is_marked(&self) -> bool {
        matches!(self.open, Some((_, true)))
    }

    /// Lets a new turn begin where a defect finds no other end of a review.
    pub(super) fn split(&mut self) {
        if fault!(REVIEW_SPLIT_BY_A_RESTART)
            && let Some((turn, marked)) = self.open.take()
        {
            self.open = Some((Turn::new(format!("{}-2", turn.id)), marked));
            self.done.push(turn);
        }
    }

    /// Forgets the last turns.
    fn forget(&mut self, count: usize) {
        self.close(Outcome::Interrupted);
        self.done.truncate(self.done.len().saturating_sub(count));
    }
}
