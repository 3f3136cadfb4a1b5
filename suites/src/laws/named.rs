//! Named: an id or a cursor that a server has sent can be used wherever the protocol takes one.

use harness::{Course, Result, code, law};
use serde_json::Value;

use super::story;
use super::story::{Request, Story};

/// Whether the process was still to answer when the course ended, rather than killed before.
fn ended_in_peace(course: &Course<'_>, story: &Story, process: usize, thread: &str) -> bool {
    // The thread was shown as idle at the end, and nothing was said after that.
    let shown =
        story.shown.iter().rfind(|shown| shown.process == process && shown.thread == thread);
    let said = story.said.iter().rfind(|said| said.process == process && said.thread == thread);
    let idle = shown.is_some_and(|shown| {
        shown.status.as_deref() == Some("idle") && said.is_none_or(|said| said.answer < shown.event)
    });
    idle && course.processes[process].unanswered.is_empty()
}

/// A server MUST announce the turn under the id that it returned for it.
///
/// Judged when the thread is idle again: then the turn has been, or never was.
#[law(
    v2(
        since = "0.107",
        fixed_in(
            "0.169",
            "a message to a running turn is answered with the id of a turn that never starts"
        )
    ),
    source = "app-server README, turn/start: returns the turn, and turn/started follows",
    faults(SECOND_TURN_IS_A_GHOST)
)]
fn a_returned_turn_is_announced(course: &Course<'_>) -> Result {
    let story = story(course);
    for said in &story.said {
        let Some(id) = &said.turn else { continue };
        let announced = story.turns.iter().any(|turn| {
            turn.process == said.process && turn.thread == said.thread && turn.id == *id
        });
        if announced || !ended_in_peace(course, &story, said.process, &said.thread) {
            continue;
        }
        let method = &story.requests[said.request].method;
        let shown = story.shown.iter().rfind(|shown| shown.thread == said.thread);
        let last = shown.map_or(said.answer, |shown| shown.event);
        return Err(course.contradiction(
            format!("turn {id}, which the answer to `{method}` returned"),
            (&course.events()[said.answer], "`turn/started` with this id"),
            (&course.events()[last], "the thread is idle, and no such turn was ever announced"),
        ));
    }
    Ok(())
}

/// A server MUST accept `turn/interrupt` with the id of a turn that runs.
#[law(
    v2(since = "0.66"),
    source = "app-server README, turn/interrupt: threadId and turnId",
    faults(RUNNING_TURN_NOT_INTERRUPTIBLE)
)]
fn a_running_turn_can_be_interrupted(course: &Course<'_>) -> Result {
    let story = story(course);
    let interrupts = story.requests.iter().filter(|request| request.method == "turn/interrupt");
    for request in interrupts.filter(|request| !request.accepted) {
        let Some(answer) = request.answer else { continue };
        let id_of = |request: &Request| {
            course.events()[request.event].entry.params()["turnId"].as_str().map(str::to_owned)
        };
        let id = id_of(request);
        // One that is being interrupted need not be interrupted again.
        let again = story.requests.iter().any(|other| {
            let earlier = other.accepted && other.event < request.event;
            earlier && other.method == request.method && id_of(other) == id
        });
        let runs = story.turns.iter().find(|turn| {
            let same =
                turn.process == request.process && request.thread.as_deref() == Some(&*turn.thread);
            // It goes on after the refusal: an item of it begins or ends later, or it never ends.
            let goes_on = turn.ended.is_none()
                || turn.items.iter().any(|item| {
                    item.started.max(item.completed).is_some_and(|event| event > answer)
                });
            same && !again
                && !turn.is_partial
                && Some(&turn.id) == id.as_ref()
                && turn.started < request.event
                && goes_on
        });
        if let Some(turn) = runs {
            return Err(course.contradiction(
                format!("`turn/interrupt` of turn {}", turn.id),
                (&course.events()[turn.started], "a result, since the turn runs"),
                (&course.events()[answer], "an error, and the turn goes on"),
            ));
        }
    }
    Ok(())
}

/// The parameters with which a request only names a thread.
const PLAIN: [&str; 3] = ["threadId", "includeTurns", "excludeTurns"];

/// Whether the request asks for nothing but a thread, and was refused.
fn refused_plainly(course: &Course<'_>, request: &Request, methods: &[&str]) -> bool {
    let params = course.events()[request.event].entry.params().as_object();
    let plain = params.is_some_and(|params| params.keys().all(|name| PLAIN.contains(&&**name)));
    plain && request.answer.is_some() && !request.accepted && methods.contains(&&*request.method)
}

/// The thread was archived, deleted or ended before this request.
fn is_gone(story: &Story, thread: &str, before: usize) -> bool {
    const AWAY: [&str; 4] =
        ["thread/archive", "thread/delete", "thread/unsubscribe", "thread/unarchive"];
    story.about(thread, &AWAY).any(|request| request.event < before)
}

fn told_thread(course: &Course<'_>, methods: &[&str]) -> Result {
    let story = story(course);
    for request in story.requests.iter().filter(|one| refused_plainly(course, one, methods)) {
        let (Some(thread), Some(answer)) = (request.thread.as_deref(), request.answer) else {
            continue;
        };
        let Some(opening) = story.opening(thread).filter(|opening| !opening.is_ephemeral) else {
            continue;
        };
        let opened = &story.requests[opening.request];
        let Some(told) = opened.answer.filter(|told| *told < request.event) else { continue };
        let same_process = opened.process == request.process;
        if !story.is_new(thread) || !same_process || is_gone(&story, thread, request.event) {
            continue;
        }
        return Err(course.contradiction(
            format!("`{}` with the id of a thread that was started", request.method),
            (&course.events()[told], "a result"),
            (&course.events()[answer], "an error"),
        ));
    }
    Ok(())
}

/// A server MUST NOT return the error code -32601 for a method that it has.
#[law(
    v1,
    v2,
    source = "JSON-RPC 2.0 §5.1: -32601 means that the method does not exist",
    faults(METHOD_FOUND_SOMETIMES)
)]
fn a_method_that_exists_is_found(course: &Course<'_>) -> Result {
    let story = story(course);
    let code_of = |request: &Request| {
        let value = course.events()[request.answer?].entry.value.as_ref()?;
        value.pointer("/error/code").and_then(Value::as_i64)
    };
    let missing = |request: &&Request| code_of(request) == Some(code::METHOD_NOT_FOUND);
    for request in story.requests.iter().filter(missing) {
        let found = story.requests.iter().find(|other| {
            let same = other.process == request.process && other.method == request.method;
            same && other.answer.is_some() && !missing(other)
        });
        let answers = found.and_then(|found| Some((found.answer?, request.answer?)));
        if let Some((found, answer)) = answers {
            return Err(course.contradiction(
                format!("the error code in an answer to `{}`", request.method),
                (&course.events()[found], "another one than -32601, since the method exists"),
                (&course.events()[answer], "-32601, which says that it does not exist"),
            ));
        }
    }
    Ok(())
}

/// A server SHOULD accept `thread/read` with the id of a thread that it has started, even if nothing
/// was said in it.
#[law(
    v2(since = "0.66"),
    source = "app-server README, thread/read: reads a stored or loaded thread by its id; 0.98 does",
    faults(STARTED_THREAD_CANNOT_BE_READ)
)]
fn a_started_thread_can_be_read(course: &Course<'_>) -> Result {
    told_thread(course, &["thread/read"])
}

/// A server SHOULD accept `thread/resume` and `thread/fork` with the id of a thread that it has
/// started, even if nothing was said in it.
#[law(
    v2(since = "0.66"),
    source = "app-server README, thread/resume: continues a thread by its id; releases up to 0.98 do",
    faults(STARTED_THREAD_CANNOT_BE_RESUMED)
)]
fn a_started_thread_can_be_resumed(course: &Course<'_>) -> Result {
    told_thread(course, &["thread/resume", "thread/fork"])
}

/// A server MUST accept a cursor that it returned for the same list.
#[law(
    v1,
    v2(since = "0.66"),
    source = "app-server README, Pagination: pass nextCursor as cursor",
    faults(ITS_OWN_CURSOR_REJECTED)
)]
fn a_returned_cursor_is_accepted(course: &Course<'_>) -> Result {
    let story = story(course);
    let cursor = |value: &Value, name: &str| value[name].as_str().map(str::to_owned);
    for request in story.requests.iter().filter(|request| !request.accepted) {
        let params = course.events()[request.event].entry.params();
        let (Some(used), Some(answer)) = (cursor(params, "cursor"), request.answer) else {
            continue;
        };
        let told = story.requests.iter().find_map(|other| {
            let event = other.answer.filter(|event| *event < request.event)?;
            let result = course.events()[event].entry.value.as_ref()?.get("result")?;
            let listed = |index: usize| course.events()[index].entry.params()["threadId"].clone();
            let same = other.method == request.method
                && other.process == request.process
                && listed(other.event) == listed(request.event);
            (same && cursor(result, "nextCursor")? == used).then_some(event)
        });
        if let Some(told) = told {
            return Err(course.contradiction(
                format!("`{}` with a cursor that it had returned", request.method),
                (&course.events()[told], "the next page"),
                (&course.events()[answer], "an error"),
            ));
        }
    }
    Ok(())
}
