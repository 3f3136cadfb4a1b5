//! What comes with a request for a turn, and how such requests are answered.

use serde_json::Value;
use uuid::Uuid;

use crate::fault::fault;
use crate::message::Refusal;
use crate::outbox::Reply;
use crate::server::Server;
use crate::settings::TurnOverrides;
use crate::threads::{Active, Message, Thread};

/// Lets a message wait until the model can hear it.
pub(super) fn wait(active: &Active, message: Message) {
    let mut inbox = active.inbox.borrow_mut();
    if fault!(LAST_MESSAGE_WAITS) {
        inbox.clear();
    }
    for _ in 0..crate::faults::crowd::copies(inbox.len()) {
        if fault!(MESSAGES_WAIT_IN_REVERSE) {
            inbox.push_front(message.clone());
        } else {
            inbox.push_back(message.clone());
        }
    }
}

/// The form that the answer of this turn is to have.
pub(super) fn schema(thread: &Thread, overrides: &TurnOverrides) -> Option<Value> {
    let mut state = thread.state_mut();
    let sticks = fault!(ANSWER_FORM_STICKS);
    if overrides.output_schema.is_some() || !sticks {
        state.schema.clone_from(&overrides.output_schema);
    }
    let ignored = fault!(ANSWER_FORM_IGNORED);
    state.schema.clone().filter(|_| !ignored)
}

/// Answers the request for a turn.
pub(crate) fn answer(
    server: &Server,
    thread: Option<Uuid>,
    reply: Reply,
    outcome: Result<Value, Refusal>,
) {
    let active = thread.and_then(|id| server.thread(id)).and_then(|thread| thread.active());
    match (active, outcome) {
        (Some(active), Ok(result)) if fault!(TURN_ANSWERED_AT_ITS_END) => {
            active.late.borrow_mut().push((reply, result));
        }
        (_, outcome) => reply.send(outcome),
    }
}

/// Whether a defect takes turns for threads that do not exist.
pub(crate) fn heard_by_nobody() -> bool {
    fault!(UNKNOWN_THREAD_TAKEN)
}

/// Whether a defect takes interruptions of threads that do not exist.
pub(crate) fn interrupts_nobody() -> bool {
    fault!(UNKNOWN_THREAD_INTERRUPTED)
}
