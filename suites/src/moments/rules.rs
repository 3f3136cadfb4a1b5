//! What must hold in each cell of the table, whatever the kind, the moment and the action are.

use harness::show;
use mock_model::Request;

use super::action::Action;
use super::cell::{Cell, Next};
use super::heard::{Heard, Role};
use crate::client::End;

/// A contradiction in a cell.
#[derive(Clone, Debug)]
pub(super) struct Flaw {
    /// What was looked at.
    pub(super) what: &'static str,
    /// What it should be.
    pub(super) expected: String,
    /// What it is.
    pub(super) observed: String,
}

impl Flaw {
    /// A contradiction.
    pub(super) fn new(
        what: &'static str,
        expected: impl Into<String>,
        observed: impl Into<String>,
    ) -> Self {
        Self { what, expected: expected.into(), observed: observed.into() }
    }
}

/// A rule: the contradiction in a cell, if there is one.
pub(super) type Rule = fn(&Cell) -> Option<Flaw>;

/// The action is answered, and before anything else has to happen.
pub(super) fn answered(cell: &Cell) -> Option<Flaw> {
    let what = "the answer";
    match &cell.reply {
        None => Some(Flaw::new(what, "a result or an error", "none came")),
        Some(_) if cell.late => {
            Some(Flaw::new(what, "at once", "it came only when the turn had gone on"))
        }
        Some(_) => None,
    }
}

/// The action is answered again after the end of the turn.
pub(super) fn answered_again(cell: &Cell) -> Option<Flaw> {
    let what = "the answer to another one after the end of the turn";
    (cell.again == Some(false)).then(|| Flaw::new(what, "a result or an error", "none came"))
}

/// The turn has exactly one end.
pub(super) fn ends_once(cell: &Cell) -> Option<Flaw> {
    if !cell.is_heard() {
        return None;
    }
    let (heard, id) = (&cell.heard, cell.staged.begun.id());
    let (ends, wanted, what) = if id.is_empty() {
        // A turn that is interrupted at once may end without having been announced.
        (heard.ends.len(), heard.starts.len().max(1), "ends of turns")
    } else {
        (heard.ends_of(id), 1, "ends of the turn")
    };
    let observed = || format!("{ends}, of {} turns that were announced", heard.starts.len());
    (ends != wanted || cell.end.is_none()).then(|| Flaw::new(what, wanted.to_string(), observed()))
}

/// The compaction that the action began has an end.
pub(super) fn compacted(cell: &Cell) -> Option<Flaw> {
    let what = "the end of the compaction that was accepted";
    cell.compacted?.is_none().then(|| Flaw::new(what, "one", "none came"))
}

/// After a compaction the model's input has a summary, if the model gave one.
pub(super) fn summed_up(cell: &Cell) -> Option<Flaw> {
    let Next::Asked { request, before } = cell.next.as_ref()? else { return None };
    // Before the turn asks the model, the compaction may get the action that was meant for the turn.
    let early = matches!(cell.moment, harness::Moment::After(_) | harness::Moment::WithTheRequest);
    before.summed.filter(|_| !(early && cell.staged.kind.action().is_some()))?;
    let what = "the summary in the model's input of the next turn";
    (!has_summary(request)).then(|| Flaw::new(what, "one", show(request.input_items())))
}

/// Whether the input has a summary that the model gave: it is no message of the assistant.
fn has_summary(request: &Request) -> bool {
    request.input_items().iter().filter(|item| item["role"] != "assistant").any(|item| {
        let text = item.to_string();
        text.contains("more ") || text.contains("begun ")
    })
}

/// The next turn in the thread asks the model, with what was said before in its input.
pub(super) fn goes_on(cell: &Cell) -> Option<Flaw> {
    let what = "the next turn in the thread";
    match cell.next.as_ref()? {
        Next::Refused(method, error) => {
            Some(Flaw::new(what, "accepted", format!("`{method}` is rejected: {error}")))
        }
        Next::Silent(silence) => Some(Flaw::new(what, "completed", *silence)),
        Next::Asked { request, before } => match request.violations().first() {
            Some(violation) => {
                let what = "calls and their outputs in the model's input of the next turn";
                Some(Flaw::new(what, "an output for each call", violation.to_string()))
            }
            None => heard_by_the_model(request, before),
        },
    }
}

/// What the client heard before is in the model's input: once, and in order.
fn heard_by_the_model(request: &Request, before: &Heard) -> Option<Flaw> {
    let mut wanted: Vec<&str> = before.texts(Role::User).collect();
    // Each listener of a client hears a message.
    wanted.dedup();
    let said = request.user_texts();
    let mut rest = said.iter();
    let lost = wanted.iter().find(|text| !rest.any(|said| said == *text));
    let twice = wanted.iter().find(|text| said.iter().filter(|said| said == text).count() > 1);
    let what = "the user's messages in the model's input of the next turn";
    if let Some(lost) = lost {
        return Some(Flaw::new(what, format!("{lost:?}, in order"), show(&said)));
    }
    if let Some(twice) = twice {
        return Some(Flaw::new(what, format!("{twice:?} once"), show(&said)));
    }
    let agent = request.assistant_texts();
    // A compaction that is cut short when the summary is complete may have its effect or not.
    if before.is_summed_up() && has_summary(request) {
        return None;
    }
    let lost = before.answers().find(|text| !agent.contains(text))?;
    let what = "the agent's messages in the model's input of the next turn";
    Some(Flaw::new(what, show(lost), show(&agent)))
}

/// A message that was accepted reaches the model once, and one that was rejected never.
pub(super) fn said_once(cell: &Cell) -> Option<Flaw> {
    let Some(Next::Asked { request, .. }) = &cell.next else { return None };
    let aside = cell.staged.aside();
    let count = request.user_texts().into_iter().filter(|text| *text == aside).count();
    let wanted = usize::from(cell.is_done());
    let what = "how often the message is in the model's input of the next turn";
    let answer = if cell.is_done() { "accepted" } else { "rejected" };
    (count != wanted)
        .then(|| Flaw::new(what, format!("{wanted}: it was {answer}"), count.to_string()))
}

/// A turn that nothing disturbs ends as turns of its kind do.
pub(super) fn undisturbed(cell: &Cell) -> Option<Flaw> {
    let natural = cell.staged.kind.natural_end();
    let end = cell.end?;
    let v1_failure = cell.staged.begun.id().is_empty() && natural == End::Failed;
    (end != natural && !v1_failure)
        .then(|| Flaw::new("how the turn ended", natural.to_string(), end.to_string()))
}

/// A turn that only requests disturb that are not about turns ends as turns of its kind do.
pub(super) fn left_alone(cell: &Cell) -> Option<Flaw> {
    let alone = matches!(cell.plan.action, Action::Read | Action::Resume | Action::Fork);
    alone.then(|| undisturbed(cell)).flatten()
}

/// A turn that waits when it is interrupted, and whose interruption is accepted, ends as
/// interrupted.
pub(super) fn interrupted(cell: &Cell) -> Option<Flaw> {
    let waits = matches!(cell.moment, harness::Moment::While(_));
    let end = cell.end.filter(|end| *end != End::Interrupted)?;
    let interrupts = cell.plan.action == Action::Interrupt && cell.is_done();
    (waits && interrupts)
        .then(|| Flaw::new("how the turn ended", End::Interrupted.to_string(), end.to_string()))
}

/// A turn that the client interrupts in the end is interrupted, if it was still running.
pub(super) fn interrupted_after(cell: &Cell) -> Option<Flaw> {
    let waits = matches!(cell.moment, harness::Moment::While(_));
    let end = cell.end.filter(|end| *end != End::Interrupted)?;
    waits.then(|| Flaw::new("how the turn ended", End::Interrupted.to_string(), end.to_string()))
}
