//! One truth: what was reported live is what is shown later.

pub mod threads;

use harness::{Course, Failure, Result, law};

use super::shown::{Shown, ShownTurn};
use super::story;
use super::story::{Item, Story, Turn};

/// The live turns that a list of turns must show: announced and ended before it was asked for, in a
/// thread whose history nothing has rewritten.
fn lived<'s>(story: &'s Story, shown: &Shown) -> Vec<&'s Turn> {
    if story.is_rewritten(&shown.thread) || !story.is_new(&shown.thread) {
        return Vec::new();
    }
    let asked = story.requests[shown.request].event;
    let of_thread = story.turns.iter().filter(|turn| turn.thread == shown.thread);
    let over = of_thread.filter(|turn| turn.ended.as_ref().is_some_and(|(end, _)| *end < asked));
    over.filter(|turn| !turn.is_partial).collect()
}

/// Pairs each live turn with the turn that is shown under its id.
fn pairs<'s>(story: &'s Story, shown: &'s Shown) -> Vec<(&'s Turn, &'s ShownTurn)> {
    let lived = lived(story, shown);
    let find = |turn: &&ShownTurn, live: &Turn| turn.id == live.id;
    let pair = |live: &'s Turn| Some((live, shown.turns.iter().find(|turn| find(turn, live))?));
    // The ids of the first releases count anew in each process, and are not unique.
    let unique = |live: &&Turn| lived.iter().filter(|other| other.id == live.id).count() == 1;
    lived.iter().copied().filter(unique).filter_map(pair).collect()
}

/// The failure of a shown turn that differs from the live one.
fn differs(
    course: &Course<'_>,
    what: String,
    (live, shown): (&Turn, &Shown),
    (expected, observed): (String, String),
) -> Failure {
    let end = live.ended.as_ref().map_or(live.started, |(end, _)| *end);
    course.contradiction(
        what,
        (&course.events()[end], expected),
        (&course.events()[shown.event], observed),
    )
}

/// A server MUST show every turn that has ended under the id under which it was reported.
#[law(
    v2(
        since = "0.66",
        fixed_in(
            "0.101",
            "the turns of a resumed thread have other ids than those that were reported"
        )
    ),
    source = "app-server README, Turns: a turn has one id; every release from 0.101 does",
    faults(SHOWN_TURN_HAS_ANOTHER_ID)
)]
fn turns_keep_their_ids(course: &Course<'_>) -> Result {
    let story = story(course);
    for shown in &story.shown {
        for live in lived(&story, shown) {
            if shown.turns.iter().any(|turn| turn.id == live.id) {
                continue;
            }
            let ids: Vec<_> = shown.turns.iter().map(|turn| turn.id.as_str()).collect();
            return Err(differs(
                course,
                format!("the turns of a thread in the answer to `{}`", method(&story, shown)),
                (live, shown),
                (format!("turn {} among them", live.id), format!("the ids {}", ids.join(", "))),
            ));
        }
    }
    Ok(())
}

fn method<'s>(story: &'s Story, shown: &Shown) -> &'s str {
    &story.requests[shown.request].method
}

/// A server MUST show a turn that has ended with the status that it reported at its end.
#[law(
    v2(since = "0.66", fixed_in("0.147", "a failed turn is shown as completed")),
    source = "app-server README, Turns: the status says how a turn ended",
    faults(SHOWN_STATUS_DIFFERS)
)]
fn turns_keep_their_status(course: &Course<'_>) -> Result {
    let story = story(course);
    for shown in &story.shown {
        for (live, turn) in pairs(&story, shown) {
            let Some((_, status)) = &live.ended else { continue };
            if *status != turn.status {
                return Err(differs(
                    course,
                    format!("the status of turn {}", live.id),
                    (live, shown),
                    (format!("`{status}`, as at its end"), format!("`{}`", turn.status)),
                ));
            }
        }
    }
    Ok(())
}

/// Whether it is a message without words, which nobody misses.
fn is_empty(item: &Item) -> bool {
    item.text.as_ref().is_none_or(String::is_empty)
}

/// A server MUST show the messages of a turn as it reported them.
#[law(
    v2(since = "0.66", fixed_in("0.169", "the parts of a message are joined into one")),
    source = "app-server README, thread/read and thread/resume: the turns with their items",
    faults(SHOWN_MESSAGE_DIFFERS)
)]
fn turns_keep_their_messages(course: &Course<'_>) -> Result {
    let story = story(course);
    for shown in story.shown.iter().filter(|shown| shown.has_items) {
        for (live, turn) in pairs(&story, shown) {
            for kind in ["userMessage", "agentMessage"] {
                let said = live.items.iter().filter(|item| item.kind == kind);
                let said = said.filter(|item| item.completed.is_some() && !is_empty(item));
                let said: Vec<_> = said.filter_map(|item| item.text.as_deref()).collect();
                let written: Vec<_> = turn.words(kind).filter(|text| !text.is_empty()).collect();
                if said != written {
                    return Err(differs(
                        course,
                        format!("the items of type `{kind}` in turn {}", live.id),
                        (live, shown),
                        (format!("{said:?}"), format!("{written:?}")),
                    ));
                }
            }
        }
    }
    Ok(())
}

/// A server MUST show the messages of a turn under the ids under which it reported them.
#[law(
    v2(
        since = "0.66",
        fixed_in("0.169", "messages are shown under other ids than those that were reported")
    ),
    source = "app-server README, Items: an item has one id; every release from 0.169 does",
    faults(SHOWN_ITEM_HAS_ANOTHER_ID)
)]
fn messages_keep_their_ids(course: &Course<'_>) -> Result {
    let story = story(course);
    for shown in story.shown.iter().filter(|shown| shown.has_items) {
        for (live, turn) in pairs(&story, shown) {
            for item in live.items.iter().filter(|item| item.completed.is_some()) {
                let is_message = item.text.is_some() && !is_empty(item);
                let found =
                    turn.items.iter().any(|(id, kind, _)| *id == item.id && *kind == item.kind);
                if is_message && !found {
                    let ids: Vec<_> = turn.items.iter().map(|(id, ..)| id.as_str()).collect();
                    return Err(differs(
                        course,
                        format!("the items of turn {}", live.id),
                        (live, shown),
                        (
                            format!("the {} with the id {}", item.kind, item.id),
                            format!("the ids {}", ids.join(", ")),
                        ),
                    ));
                }
            }
        }
    }
    Ok(())
}

/// A server MUST show the commands and patches of a turn that it reported.
#[law(
    v2(
        since = "0.66",
        fixed_in("0.169", "the commands of a turn are missing when its thread is shown")
    ),
    source = "app-server README, thread/read and thread/resume: the turns with their items",
    faults(COMMANDS_ARE_NOT_SHOWN)
)]
fn turns_keep_their_actions(course: &Course<'_>) -> Result {
    let story = story(course);
    for shown in story.shown.iter().filter(|shown| shown.has_items) {
        let asked = story.requests[shown.request].event;
        for (live, turn) in pairs(&story, shown) {
            for kind in ["commandExecution", "fileChange"] {
                let done = live.items.iter().filter(|item| item.kind == kind);
                // A command that goes on in the background may end later.
                let done = done.filter(|item| item.completed.is_some_and(|event| event < asked));
                let done = done.count();
                let there = turn.items.iter().filter(|(_, of, _)| of == kind).count();
                if there < done {
                    return Err(differs(
                        course,
                        format!("the items of type `{kind}` in turn {}", live.id),
                        (live, shown),
                        (format!("the {done} that were completed"), format!("{there} of them")),
                    ));
                }
            }
        }
    }
    Ok(())
}
