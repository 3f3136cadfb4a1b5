//! What goes wrong with what is taken back, compacted or reviewed.

use serde_json::{Value, json};

use crate::fault::fault;
use crate::recorder::Recorder;
use crate::server::Server;
use crate::threads::Thread;

/// How much the model knew before a turn that is taken back.
pub(crate) fn known(history: &[Value], known: usize) -> usize {
    if !fault!(STEERED_TURN_HALF_ROLLED_BACK) {
        return known;
    }
    // A turn begins with what the user said last, as this defect sees it.
    let own = |item: &&Value| item["role"] == "user";
    let last = history.iter().rposition(|item| own(&item));
    last.map_or(known, |last| last.max(known))
}

/// Whether a compaction stays when its turn is taken back.
pub(crate) fn keeps_the_summary() -> bool {
    fault!(SUMMARY_OUTLIVES_ITS_TURN)
}

/// Takes the same turns back in the conversation that a thread was copied from.
pub(crate) fn rolled_back(server: &Server, thread: &Thread, count: usize) {
    let Some(from) = thread.forked_from else { return };
    if fault!(ROLLBACK_REACHES_THE_ORIGINAL)
        && let Some(path) = crate::lifecycle::rollout(server, from)
    {
        let event = json!({ "type": "thread_rolled_back", "num_turns": count });
        Recorder::resume(path).append("event_msg", &event);
    }
}

/// How many turns a stored mark takes back.
pub(crate) fn stored(count: usize, marks: &mut usize) -> usize {
    *marks += 1;
    if *marks > 1 && fault!(SECOND_ROLLBACK_UNREAD) { 0 } else { count }
}
