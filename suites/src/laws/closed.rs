//! Closed: what begins ends once, and what is inside ends before what is around it.

use harness::{Course, Entry, Result, law};

use super::story;
use super::story::{Item, Turn};

/// A server MUST complete a turn before it starts the next turn of the same thread.
#[law(
    v1,
    v2(since = "0.66"),
    source = "app-server README, Turns: one turn of a thread runs at a time, and ends with turn/completed",
    faults(SECOND_TURN_OVER_THE_FIRST)
)]
fn a_turn_ends_before_the_next_begins(course: &Course<'_>) -> Result {
    let story = story(course);
    for (number, next) in story.turns.iter().enumerate() {
        let mut before = story.turns[..number].iter();
        let open = before.rfind(|turn| {
            let same = turn.process == next.process && turn.thread == next.thread;
            same && turn.id != next.id && ended(turn).is_none_or(|end| end > next.started)
        });
        let Some(open) = open.filter(|open| !open.is_partial) else { continue };
        return Err(course.contradiction(
            format!("turn {} of a thread in which turn {} had started", next.id, open.id),
            (
                &course.events()[open.started],
                format!("the end of turn {} before another turn starts", open.id),
            ),
            (&course.events()[next.started], format!("turn {} starts first", next.id)),
        ));
    }
    Ok(())
}

fn ended(turn: &Turn) -> Option<usize> {
    turn.ended.as_ref().map(|(event, _)| *event)
}

/// Whether the server says that it asks the model again: what the model was saying is lost.
fn asks_again(entry: &Entry, turn: &Turn) -> bool {
    let params = entry.params();
    entry.method() == Some("error")
        && params["willRetry"] == true
        && params["turnId"].as_str().is_none_or(|id| id == turn.id)
}

/// The first item of a turn that is open when the turn ends: of one that was completed, or of one
/// that was cut short, by its end or because its stream broke (`is_cut`).
fn open_item<'t>(
    course: &Course<'_>,
    turn: &'t Turn,
    is_cut: bool,
) -> Option<(&'t Item, usize, usize)> {
    let (end, how) = turn.ended.as_ref()?;
    if turn.is_partial {
        return None;
    }
    let events = course.events();
    // An item may start after the end of its turn.
    let during = |from: usize| events.get(from..*end).unwrap_or_default();
    let broke = |from: usize| during(from).iter().any(|event| asks_again(event.entry, turn));
    turn.items.iter().find_map(|item| {
        let started = item.started?;
        if is_cut == (how == "completed" && !broke(started)) {
            return None;
        }
        let open = item.completed.is_none_or(|completed| completed > *end);
        // A command may go on in the background when the turn does, and may outlive it then.
        let goes_on = turn.items.iter().any(|other| other.started > Some(started));
        let outlives = item.kind == "commandExecution" && (how == "completed" || goes_on);
        (open && !outlives).then_some((item, started, *end))
    })
}

fn items_end_first(course: &Course<'_>, is_cut: bool) -> Result {
    let story = story(course);
    for turn in &story.turns {
        let Some((item, started, end)) = open_item(course, turn, is_cut) else { continue };
        let (kind, id) = (&item.kind, &item.id);
        return Err(course.contradiction(
            format!("item {id} ({kind}) of turn {}", turn.id),
            (
                &course.events()[started],
                "its `item/completed` before the `turn/completed` of its turn",
            ),
            (&course.events()[end], "the turn is completed, and the item is not"),
        ));
    }
    Ok(())
}

/// A server MUST complete every item of a turn before it reports the turn as completed, if the
/// model's stream did not break.
#[law(
    v2(since = "0.66"),
    source = "app-server README, Items: item/started, deltas, item/completed; the authoritative item",
    faults(ITEM_LEFT_OPEN, ITEM_AFTER_THE_END)
)]
fn items_end_before_their_turn(course: &Course<'_>) -> Result {
    items_end_first(course, false)
}

/// A server SHOULD complete every started item of a turn before it reports the end of the turn, if
/// the turn was interrupted or has failed, or if the model's stream broke.
#[law(
    v2(since = "0.66"),
    source = "app-server README, Items: every item that starts is completed",
    faults(ITEM_OF_A_CUT_TURN_LEFT_OPEN)
)]
fn items_of_a_cut_turn_end_before_it(course: &Course<'_>) -> Result {
    items_end_first(course, true)
}
