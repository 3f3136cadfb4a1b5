//! Settled: no state outlives what was to leave it.

use harness::{Course, Result, law};

use super::shown::{Shown, ShownTurn};
use super::story;
use super::story::{Story, Turn};

/// The live turn with this id, as it was announced before an event.
fn live<'s>(story: &'s Story, shown: &Shown, id: &str, before: usize) -> Option<&'s Turn> {
    let mut turns = story.turns.iter();
    turns.rfind(|turn| turn.thread == shown.thread && turn.id == id && turn.started < before)
}

/// Whether the process of a turn, another than the one that shows it, had ended before the answer.
fn is_gone(course: &Course<'_>, turn: &Turn, shown: &Shown) -> bool {
    let at = course.events()[shown.event].at;
    turn.process != shown.process && course.closing(turn.process) <= at
}

/// Whether a turn of the thread runs in a process that has not ended when the answer comes.
fn runs_somewhere(course: &Course<'_>, story: &Story, shown: &Shown) -> bool {
    let asked = story.requests[shown.request].event;
    let of_thread = story.turns.iter().filter(|turn| turn.thread == shown.thread);
    let mut running = of_thread.filter(|turn| {
        let ended = turn.ended.as_ref().is_some_and(|(end, _)| *end < asked);
        !ended && !is_gone(course, turn, shown) && turn.started < shown.event
    });
    running.next().is_some()
}

/// Whether a message was accepted before the answer came of which no turn was announced yet.
fn may_begin(story: &Story, shown: &Shown) -> bool {
    let asked = story.requests[shown.request].event;
    let starts = ["turn/start", "review/start", "thread/compact/start", "thread/shellCommand"];
    let mut open = story.about(&shown.thread, &starts).filter(|request| {
        let begun = story.turns.iter().any(|turn| {
            turn.process == request.process && turn.started > request.event && turn.started < asked
        });
        request.process == shown.process && request.event < shown.event && !begun
    });
    open.next().is_some()
}

/// A server MUST NOT show a turn as in progress after the process that ran it has ended.
#[law(
    v2(since = "0.66", fixed_in("0.120", "a turn that a crash cut short is shown as in progress")),
    source = "app-server README, thread/read; every release from 0.120 does",
    faults(KILL_LEAVES_IN_PROGRESS)
)]
fn no_turn_runs_after_its_process(course: &Course<'_>) -> Result {
    let story = story(course);
    for shown in &story.shown {
        let running = shown.turns.iter().filter(|turn| turn.status == "inProgress");
        for turn in running {
            let Some(live) = live(&story, shown, &turn.id, shown.event) else { continue };
            if is_gone(course, live, shown)
                && !runs_somewhere(course, &story, shown)
                && !may_begin(&story, shown)
            {
                return Err(course.contradiction(
                    format!("turn {} of a thread, as another process shows it", turn.id),
                    (
                        &course.events()[live.started],
                        "no turn in progress, since the process that ran it has ended",
                    ),
                    (&course.events()[shown.event], "it is shown as `inProgress`"),
                ));
            }
        }
    }
    Ok(())
}

/// A server MUST NOT show a turn as in progress in a thread that it reports as idle.
#[law(
    v2(since = "0.107"),
    source = "app-server README, thread/status/changed: idle when no turn runs",
    faults(ENDED_TURN_SHOWN_AS_RUNNING)
)]
fn an_idle_thread_has_no_turn_in_progress(course: &Course<'_>) -> Result {
    let story = story(course);
    for shown in &story.shown {
        let idle = shown.status.as_deref() == Some("idle");
        let running = |turn: &&ShownTurn| turn.status == "inProgress";
        let Some(turn) = shown.turns.iter().find(running).filter(|_| idle) else { continue };
        return Err(course.fault_at(
            format!("turn {} of a thread whose status is `idle`", turn.id),
            "no turn in progress",
            (&course.events()[shown.event], "it is shown as `inProgress`"),
        ));
    }
    Ok(())
}

/// A server MUST announce the end of every turn of a thread before it reports the thread as idle.
#[law(
    v2(since = "0.107"),
    source = "app-server README, Turns: every turn ends with turn/completed",
    faults(TURN_NEVER_ENDS)
)]
fn an_idle_thread_has_no_open_turn(course: &Course<'_>) -> Result {
    let story = story(course);
    for shown in story.shown.iter().filter(|shown| shown.status.as_deref() == Some("idle")) {
        let open = story.turns.iter().find(|turn| {
            let same = turn.process == shown.process && turn.thread == shown.thread;
            let asked = story.requests[shown.request].event;
            same && !turn.is_partial && turn.ended.is_none() && turn.started < asked
        });
        let Some(open) = open else { continue };
        return Err(course.contradiction(
            format!("turn {} of a thread that is reported as idle", open.id),
            (&course.events()[open.started], "a `turn/completed` of every turn that started"),
            (&course.events()[shown.event], "the status `idle`, and no `turn/completed` ever"),
        ));
    }
    Ok(())
}

/// A server MUST NOT show a turn as completed that the end of its process cut short.
#[law(
    v2(since = "0.66", fixed_in("0.107", "a turn that a crash cut short is shown as completed")),
    source = "app-server README, Turns: the status says how a turn ended; every release from 0.107 does",
    faults(KILL_COMPLETES_THE_TURN)
)]
fn a_cut_turn_is_not_completed(course: &Course<'_>) -> Result {
    let story = story(course);
    for shown in &story.shown {
        for turn in shown.turns.iter().filter(|turn| turn.status == "completed") {
            let Some(live) = live(&story, shown, &turn.id, shown.event) else { continue };
            // Its end may be stored and not announced, once the agent has said everything.
            let said_all = live
                .items
                .last()
                .is_some_and(|item| item.kind == "agentMessage" && item.completed.is_some());
            let cut = is_gone(course, live, shown) && live.ended.is_none() && !said_all;
            if cut && !live.is_partial {
                return Err(course.contradiction(
                    format!("turn {} of a thread, as another process shows it", turn.id),
                    (&course.events()[live.started], "no completed turn: its process ended first"),
                    (&course.events()[shown.event], "it is shown as `completed`"),
                ));
            }
        }
    }
    Ok(())
}
