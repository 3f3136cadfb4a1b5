//! What goes wrong at a moment of a turn.

use std::fs;
use std::path::Path;
use std::rc::Rc;

use serde_json::Value;
use uuid::Uuid;

use crate::events::{Event, emit};
use crate::fault::fault;
use crate::history;
use crate::input::Input;
use crate::items::{Item, Outcome, Turn};
use crate::server::Server;
use crate::settings::TurnOverrides;
use crate::store;
use crate::threads::{Active, Thread};
use crate::turn::Kind;

/// Interrupts the turn that runs in a thread that is forked, read, renamed or listened to.
pub(crate) fn disturbed(thread: &Thread, by: Request) {
    let compacts = thread.active().is_some_and(|active| active.kind == Kind::Compact);
    let disturbs = match by {
        Request::Read if compacts && fault!(READ_ENDS_A_COMPACTION) => true,
        Request::Fork => fault!(FORK_ENDS_THE_TURN),
        Request::Read => fault!(READ_ENDS_THE_TURN),
        Request::Rename => fault!(RENAME_ENDS_THE_TURN),
        Request::Inject => fault!(INJECTION_ENDS_THE_TURN),
        Request::SetGoal => fault!(GOAL_ENDS_THE_TURN),
        Request::Describe => fault!(METADATA_END_THE_TURN),
        Request::Listen => fault!(LISTENER_ENDS_THE_TURN),
    };
    if let (Some(active), true) = (thread.active(), disturbs) {
        active.interrupt.fire();
    }
}

/// A request that is about a thread, and not about its turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Request {
    Fork,
    Read,
    Rename,
    Listen,
    Inject,
    SetGoal,
    Describe,
}

/// Whether the model forgets a turn that a compaction replaces.
pub(crate) fn is_replaced(active: &Active) -> bool {
    let next = active.next.borrow();
    next.as_ref().is_some_and(|next| next.kind == Kind::Compact)
        && fault!(COMPACTION_FORGETS_THE_RUNNING_TURN)
}

/// Lets the model hear a message that was rejected during a compaction.
pub(crate) fn rejected(thread: &Thread, content: &[Input]) {
    let compacts = thread.active().is_some_and(|active| active.kind == Kind::Compact);
    if compacts && fault!(REJECTED_WORDS_ARE_HEARD) {
        let parts: Vec<Value> = content.iter().filter_map(Input::content).collect();
        let item = history::message("user", &Value::Array(parts));
        thread.state_mut().history.push(item);
    }
}

/// What comes too late while a defect takes its time to end a turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Late {
    Interrupt,
    Words,
    Resume,
}

fn late() -> Option<Late> {
    if fault!(LATE_INTERRUPT_UNANSWERED) {
        Some(Late::Interrupt)
    } else if fault!(LATE_WORDS_LOST) {
        Some(Late::Words)
    } else if fault!(LATE_RESUME_ENDS_TWICE) {
        Some(Late::Resume)
    } else {
        None
    }
}

/// How long a defect takes to end a turn, in milliseconds.
const LINGERING: usize = 10;

/// Takes its time to end a turn in which nothing more is to be done.
pub(crate) async fn linger(active: &Active) {
    active.closing.set(late());
    if active.closing.get().is_some() {
        let mut clock = tokio::time::interval(std::time::Duration::from_millis(1));
        for _ in 0..LINGERING {
            clock.tick().await;
        }
    }
}

/// Whether an interruption gets no answer, because the turn is about to end.
pub(crate) fn closes(active: &Active) -> bool {
    active.closing.get() == Some(Late::Interrupt)
}

/// Whether an interruption is lost that comes before the model has begun to answer.
pub(crate) fn comes_too_early(active: &Active) -> bool {
    active.open.borrow().is_empty() && fault!(EARLY_INTERRUPT_LOST)
}

/// Whether the model is in the middle of a message.
pub(crate) fn speaks(active: &Active) -> bool {
    let open = active.open.borrow();
    open.iter().any(|item| matches!(item, Item::Agent { text, .. } if !text.is_empty()))
}

/// How a turn is stored whose end is not: the process that ran it ended first.
pub(crate) fn unfinished() -> Outcome {
    if fault!(KILL_LEAVES_IN_PROGRESS) {
        Outcome::Running
    } else if fault!(KILL_COMPLETES_THE_TURN) {
        Outcome::Completed
    } else {
        Outcome::Interrupted
    }
}

/// Takes a turn that was running when its process ended from what the model knows; whether it is not
/// to be shown either.
pub(crate) fn cut(history: &mut Vec<Value>) -> bool {
    let forgets = fault!(KILL_FORGETS_THE_TURN);
    if forgets || fault!(KILL_HIDES_THE_TURN_FROM_THE_MODEL) {
        let said = |item: &Value| item["role"] == "user";
        history.truncate(history.iter().rposition(said).unwrap_or_default());
    }
    forgets
}

/// How a turn is stored that was cut short.
pub(crate) fn aborted() -> Outcome {
    if fault!(ABORTED_STAYS_IN_PROGRESS) { Outcome::Running } else { Outcome::Interrupted }
}

/// The id of a stored turn.
pub(crate) fn stored_id(id: String, number: usize) -> String {
    if fault!(STORE_RENAMES_TURNS) { format!("turn-{number}") } else { id }
}

/// A turn as it is shown.
pub(crate) fn shown(turn: &Turn) -> Turn {
    let mut turn = turn.clone();
    if turn.outcome == Outcome::Running && fault!(READ_COMPLETES_THE_TURN) {
        turn.outcome = Outcome::Completed;
    }
    if fault!(READ_LOSES_ASIDES) {
        let mut heard = false;
        turn.items.retain(|item| {
            !matches!(item, Item::User { .. }) || !std::mem::replace(&mut heard, true)
        });
    }
    turn
}

/// Takes the last turn of a fork for completed.
pub(crate) fn complete_fork(thread: &Thread) {
    if fault!(FORK_COMPLETES_THE_TURN)
        && let Some(turn) = thread.state_mut().turns.last_mut()
    {
        turn.outcome = Outcome::Completed;
    }
}

/// Interrupts the turn that runs in a thread, or makes it unknown to later requests.
pub(crate) fn split(server: &Server, thread: &Thread) {
    let active = thread.active();
    let late = |active: &&Rc<Active>| active.closing.get() == Some(Late::Resume);
    if let Some(active) = active.as_ref().filter(late) {
        let mut turn = Turn::new(active.id.clone());
        turn.outcome = Outcome::Completed;
        emit(server, thread, &turn.id, &Event::TurnCompleted(&turn));
    }
    if let (Some(active), true) = (active, fault!(RESUME_ENDS_THE_TURN)) {
        active.interrupt.fire();
    }
    if fault!(RESUME_MAKES_A_SECOND_SESSION) {
        thread.state_mut().active = None;
    }
}

/// Forgets what was said in a thread that nobody listens to.
pub(crate) fn left(thread: &Thread) {
    if fault!(UNSUBSCRIBE_FORGETS) {
        thread.state_mut().history.clear();
    }
}

/// The settings of a message that count if it joins the running turn.
pub(crate) fn joined(thread: &Thread, mut overrides: TurnOverrides) -> TurnOverrides {
    let joins = thread.active().is_some();
    if joins && fault!(JOINED_MODEL_IGNORED) {
        overrides.model = None;
    }
    if joins && fault!(JOINED_POLICY_IGNORED) {
        overrides.approval = None;
    }
    overrides
}

/// Cuts the last turn off a rollout that is archived, or takes its name.
pub(crate) fn archived(home: &Path, path: &Path, id: Uuid) {
    if fault!(NAME_LOST_IN_THE_ARCHIVE) {
        // A name that cannot be written stays, and the fault is not found.
        let _ = store::set_name(home, id, "");
    }
    if !fault!(ARCHIVE_LOSES_THE_TURN) {
        return;
    }
    let text = fs::read_to_string(path).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    let last = lines.iter().rposition(|line| line.contains("task_started"));
    let kept = lines[..last.unwrap_or(lines.len())].join("\n");
    // A file that cannot be written stays whole, and the fault is not found.
    let _ = fs::write(path, kept + "\n");
}
