//! What goes wrong when there are many at once.

use std::rc::Rc;

use serde_json::Value;

use crate::fault::fault;
use crate::message::{Id, Refusal};
use crate::server::Server;
use crate::threads::Thread;

/// Another thread whose turn runs.
fn another(server: &Server, thread: &Thread) -> Option<Rc<Thread>> {
    let mut others = server.threads().into_iter().filter(|other| other.id != thread.id);
    others.find(|other| other.active().is_some())
}

/// The thread for which a piece of a message is sent instead of its own.
pub(crate) fn taker(server: &Server, thread: &Thread) -> Option<Rc<Thread>> {
    if fault!(DELTAS_SWAPPED) { another(server, thread) } else { None }
}

/// What the model receives with the history of a thread.
pub(crate) fn overheard(server: &Server, thread: &Thread) -> Option<Value> {
    let other = another(server, thread).filter(|_| fault!(HISTORY_SHARED))?;
    let state = other.state();
    let mut said = state.history.iter().rev();
    let is_last = |item: &&Value| item["role"] == "user";
    said.find(is_last).cloned()
}

/// Whether the answer with this number is never sent.
pub(crate) fn leaves_gap(number: usize) -> bool {
    number > 150 && number.is_multiple_of(100) && fault!(BURST_LEAVES_GAPS)
}

/// The second answer to the request whose answer has this number.
pub(crate) fn also(number: usize, id: &Id) -> Option<(Id, Result<Value, Refusal>)> {
    let twice = number > 200 && number.is_multiple_of(50) && fault!(OVERLOAD_ANSWERED_TWICE);
    twice.then(|| (id.clone(), Err(Refusal::overloaded())))
}

/// Whether what is read now is dropped, so many lines being behind it.
pub(crate) fn drops(waiting: usize) -> bool {
    waiting > 200 && fault!(BURST_DROPPED)
}

/// The thread that a start returns instead of a new one.
pub(crate) fn shared_start(server: &Server) -> Option<Rc<Thread>> {
    let threads = server.threads();
    let shared = threads.len() % 20 == 19 && fault!(STARTS_AT_ONCE_SHARE_A_THREAD);
    threads.last().cloned().filter(|_| shared)
}

/// How often a message joins those that wait, of which there are so many.
pub(crate) fn copies(waiting: usize) -> usize {
    match waiting {
        10.. if fault!(LONG_QUEUE_CUT) => 0,
        19 if fault!(QUEUED_MESSAGE_REPEATED) => 2,
        _ => 1,
    }
}

/// Whether a conversation that another process stored is resumed without its history.
pub(crate) fn knows_its_own_only(server: &Server) -> bool {
    !server.threads().is_empty() && fault!(HISTORY_OF_OTHERS_LOST)
}

/// Whether the answer with this number is lost because it is an error.
pub(crate) fn loses(number: usize, outcome: &Result<Value, Refusal>) -> bool {
    number > 1_200 && outcome.is_err() && fault!(REFUSALS_LOST_IN_A_BURST)
}

/// Whether a line is dropped while so many bytes wait for a client that does not read.
pub(crate) fn overflows(waiting: usize, line: &[u8]) -> bool {
    let message = || serde_json::from_slice::<Value>(line).unwrap_or_default();
    let is_notice = || message().get("id").is_none();
    waiting > 32 << 10
        && (fault!(LATE_READER_LOSES_ANSWERS)
            || (fault!(LATE_READER_LOSES_NOTIFICATIONS) && is_notice()))
}

/// Takes from the history what is too old for a server that keeps four turns.
pub(crate) fn cut(history: &mut Vec<Value>) {
    let mut asked = history.iter().enumerate().rev().filter(|(_, item)| item["role"] == "user");
    if let Some((at, _)) = asked.nth(3).filter(|_| fault!(HISTORY_CUT_AFTER_FOUR_TURNS)) {
        history.drain(..at);
    }
}
