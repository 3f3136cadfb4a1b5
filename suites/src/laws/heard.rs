//! Heard: what the user said in a request that was accepted reaches the model, once and in order,
//! with the settings that were accepted.

use std::collections::BTreeSet;

use harness::{Asked, Course, Event, Failure, Result, law};

use super::said::Said;
use super::story;
use super::story::{Story, Turn};

/// The turn that a message began, if it came to its end by itself.
fn completed<'s>(story: &'s Story, said: &Said) -> Option<&'s Turn> {
    let mut turns = story.turns.iter().filter(|turn| {
        turn.process == said.process && turn.thread == said.thread && turn.started > said.event
    });
    let turn = match &said.turn {
        Some(id) => turns.find(|turn| turn.id == *id),
        None => turns.next().filter(|turn| is_begun_by(story, turn, said)),
    };
    let is_completed =
        |turn: &&Turn| turn.ended.as_ref().is_some_and(|(_, how)| how == "completed");
    turn.filter(is_completed)
}

/// Whether the turn, the next one after a message, can only have been begun by it: no other message
/// waits for its turn, and no turn runs.
fn is_begun_by(story: &Story, turn: &Turn, said: &Said) -> bool {
    let of_thread = |process: usize, thread: &str| process == said.process && thread == said.thread;
    let said_in_thread = || {
        let all = story.said.iter();
        all.filter(|other| of_thread(other.process, &other.thread) && other.event != said.event)
    };
    let later = said_in_thread().find(|other| other.event > said.event);
    let earlier = said_in_thread().filter(|other| other.event < said.event).count();
    let before: Vec<_> = story
        .turns
        .iter()
        .filter(|turn| of_thread(turn.process, &turn.thread) && turn.started < said.event)
        .collect();
    let is_over = |turn: &&Turn| turn.ended.as_ref().is_some_and(|(end, _)| *end < said.event);
    later.is_none_or(|later| turn.started < later.event)
        && before.len() >= earlier
        && before.iter().all(is_over)
}

/// The requests to the model between a message and the end of its turn; none if the journal does
/// not have them whole.
fn asked<'c>(course: &'c Course<'_>, said: &Said, turn: &Turn) -> Option<Vec<&'c Asked>> {
    let from = course.events()[said.event].at;
    let until = course.events()[turn.ended.as_ref()?.0].at;
    let all = course.model_requests();
    // The oldest ones may have been dropped.
    let first = all.first().and_then(|first| first.request.number());
    if first.is_some_and(|number| number > 1) || all.iter().any(|one| one.request.is_truncated()) {
        return None;
    }
    Some(all.iter().filter(|one| one.at >= from && one.at <= until).collect())
}

/// A server MUST include every message of the user that it accepts in a request to the model, if it
/// completes the turn.
#[law(
    v1,
    v2(since = "0.66"),
    source = "app-server README, turn/start: the input is sent to the model",
    faults(MESSAGE_NEVER_SENT)
)]
fn every_message_reaches_the_model(course: &Course<'_>) -> Result {
    let story = story(course);
    for said in story.said.iter().filter(|said| said.is_plain && !said.steers) {
        let Some(turn) = completed(&story, said) else { continue };
        let Some(requests) = asked(course, said, turn) else { continue };
        // A turn in which the model is not asked at all is another matter.
        if requests.is_empty() || requests.iter().any(|one| has(one, &said.text)) {
            continue;
        }
        return Err(unheard(course, said, turn, &requests, "the message among them"));
    }
    Ok(())
}

fn has(asked: &Asked, text: &str) -> bool {
    asked.request.user_texts().iter().any(|heard| heard.trim() == text.trim())
}

fn unheard(
    course: &Course<'_>,
    said: &Said,
    turn: &Turn,
    requests: &[&Asked],
    expected: &str,
) -> Failure {
    let end = turn.ended.as_ref().map_or(turn.started, |(end, _)| *end);
    let last = requests.last().map(|one| one.request.user_texts().join(" | "));
    let observed = match last {
        Some(texts) => format!("in the last request of the turn: {}", shown::shorten(&texts, 600)),
        None => "no request to the model".to_owned(),
    };
    let text = shown::shorten(&said.text, 80);
    course.contradiction(
        format!("the user's messages in the requests to the model after {text:?}"),
        (&course.events()[said.event], expected),
        (&course.events()[end], observed),
    )
}

/// The messages that the user said in a thread before this one, in the order of their acceptance;
/// `None` if it is not known which of them the model must hear.
fn before<'s>(story: &'s Story, said: &Said) -> Option<Vec<&'s Said>> {
    if !story.is_new(&said.thread) || story.is_rewritten(&said.thread) {
        return None;
    }
    let earlier: Vec<_> = story
        .said
        .iter()
        .filter(|other| other.thread == said.thread && other.event < said.event)
        .collect();
    // A message that joined a running turn has its place in that turn, and one that is no plain
    // text cannot be recognized.
    let is_certain = |other: &&Said| {
        other.is_plain
            && !other.steers
            && completed(story, other)
                .is_some_and(|turn| turn.ended.as_ref().is_some_and(|(end, _)| *end < said.event))
    };
    earlier.iter().all(is_certain).then_some(earlier)
}

/// A server MUST send the model the messages of a thread in order, each of them once.
#[law(
    v1,
    v2(
        since = "0.66",
        fixed_in("0.107", "a resume of a loaded thread makes a second session beside the first")
    ),
    source = "app-server README, Threads: a thread is a conversation; every release does",
    faults(OLDER_MESSAGE_FORGOTTEN, OLDER_MESSAGE_REPEATED)
)]
fn the_history_is_sent_in_order(course: &Course<'_>) -> Result {
    let story = story(course);
    let all: BTreeSet<&str> = story.said.iter().map(|said| said.text.trim()).collect();
    for said in story.said.iter().filter(|said| said.is_plain && !said.steers) {
        let Some(turn) = completed(&story, said) else { continue };
        let Some(earlier) = before(&story, said) else { continue };
        let Some(requests) = asked(course, said, turn) else { continue };
        let mut wanted: Vec<&str> = earlier.iter().map(|said| said.text.trim()).collect();
        wanted.push(said.text.trim());
        let of_thread: Vec<_> = requests.iter().filter(|one| has(one, &said.text)).collect();
        let fits = |one: &&&&Asked| heard(one, &all) == wanted;
        // Words that join the turn while it runs come after the message that began it.
        let joined = story.said.iter().any(|other| {
            other.thread == said.thread && other.event > said.event && other.event < turn_end(turn)
        });
        if of_thread.is_empty() || joined || of_thread.iter().any(|one| fits(&one)) {
            continue;
        }
        let expected = format!("in this order and nothing else of it: {}", wanted.join(" | "));
        return Err(unheard(course, said, turn, &requests, &expected));
    }
    Ok(())
}

fn turn_end(turn: &Turn) -> usize {
    turn.ended.as_ref().map_or(usize::MAX, |(end, _)| *end)
}

/// The texts of the user in a request, as far as clients said them in this course.
fn heard<'a>(asked: &'a Asked, all: &BTreeSet<&str>) -> Vec<&'a str> {
    let texts = asked.request.user_texts().into_iter().map(str::trim);
    texts.filter(|text| all.contains(text)).collect()
}

/// A server MUST send the model the messages that it shows of a thread, and no others.
#[law(
    v2(
        since = "0.66",
        fixed_in("0.147", "after a rollback the model still hears what is no longer shown")
    ),
    source = "app-server README, thread/rollback, thread/resume: the turns are the thread's history",
    faults(MODEL_HEARS_WHAT_IS_NOT_SHOWN)
)]
fn the_model_hears_what_is_shown(course: &Course<'_>) -> Result {
    let story = story(course);
    for said in story.said.iter().filter(|said| said.is_plain && !said.steers) {
        let Some(turn) = completed(&story, said) else { continue };
        let Some(requests) = asked(course, said, turn) else { continue };
        let mut shown = story.shown.iter().filter(|shown| {
            shown.thread == said.thread && shown.process == said.process && shown.event < said.event
        });
        let Some(shown) = shown.next_back() else { continue };
        if changed(&story, said, shown.event) || (!shown.has_items && !shown.turns.is_empty()) {
            continue;
        }
        let words = shown.turns.iter().flat_map(|turn| turn.words("userMessage"));
        let mut wanted: Vec<&str> = words.map(str::trim).collect();
        wanted.push(said.text.trim());
        let mut all: BTreeSet<&str> = story.said.iter().map(|said| said.text.trim()).collect();
        all.extend(wanted.iter().copied());
        let of_thread: Vec<_> = requests.iter().filter(|one| has(one, &said.text)).collect();
        if of_thread.is_empty() || of_thread.iter().any(|one| heard(one, &all) == wanted) {
            continue;
        }
        let last = of_thread.last().map(|one| heard(one, &all).join(" | "));
        return Err(course.contradiction(
            format!("the user's messages in the request to the model for {:?}", said.text),
            (
                place(course, shown.event),
                format!(
                    "those that the thread was shown with, and this one: {}",
                    wanted.join(" | ")
                ),
            ),
            (place(course, turn_end(turn)), last.unwrap_or_default()),
        ));
    }
    Ok(())
}

fn place<'c, 'a>(course: &'c Course<'a>, event: usize) -> &'c Event<'a> {
    &course.events()[event]
}

/// Whether something else was done with the thread between the answer that shows it and a message.
fn changed(story: &Story, said: &Said, shown: usize) -> bool {
    let compacts = story.about(&said.thread, &["thread/compact/start", "thread/inject_items"]);
    let said_between = story.said.iter().any(|other| {
        // The next message may come before the turn of this one has ended.
        other.thread == said.thread && other.event != said.event && {
            let end = completed(story, other).map_or(usize::MAX, turn_end);
            (other.event < said.event && end > shown)
                || (other.event > said.event
                    && completed(story, said).is_some_and(|turn| other.event < turn_end(turn)))
        }
    });
    let rewrites = story.about(&said.thread, &["thread/revert", "thread/rollback"]);
    compacts.count() > 0
        || rewrites.filter(|request| request.event > shown).count() > 0
        || said_between
}

/// A server MUST ask for the model that the last accepted request named for the thread.
#[law(
    v1(fixed_in("0.47", "the next turn forgets the settings of the last")),
    v2(since = "0.66"),
    source = "app-server README, thread/start and turn/start: model",
    faults(ANOTHER_MODEL_IS_ASKED)
)]
fn the_model_that_was_named_is_asked(course: &Course<'_>) -> Result {
    let story = story(course);
    for said in story.said.iter().filter(|said| said.is_plain && !said.steers) {
        let Some(turn) = completed(&story, said) else { continue };
        let Some(requests) = asked(course, said, turn) else { continue };
        let Some((source, model)) = named_model(course, &story, said) else { continue };
        let of_thread: Vec<_> = requests.iter().filter(|one| has(one, &said.text)).collect();
        let is_asked = |one: &&&&Asked| one.request.model_name() == Some(model);
        if of_thread.is_empty() || of_thread.iter().any(|one| is_asked(&one)) {
            continue;
        }
        let asked = of_thread.last().and_then(|one| one.request.model_name());
        return Err(course.contradiction(
            format!("`model` in the request to the model for {:?}", said.text),
            (place(course, source), format!("{model:?}")),
            (place(course, turn_end(turn)), format!("{:?}", asked.unwrap_or_default())),
        ));
    }
    Ok(())
}

/// The model that the last accepted request named for the thread, in the process of a message.
fn named_model<'c>(course: &'c Course<'_>, story: &Story, said: &Said) -> Option<(usize, &'c str)> {
    let opening = story.opening(&said.thread)?;
    let opened = &story.requests[opening.request];
    if opened.process != said.process || !story.is_new(&said.thread) {
        return None;
    }
    let of_thread = story.requests.iter().filter(|request| {
        let same = request.thread.as_deref() == Some(&*said.thread);
        same && request.process == said.process && request.event <= said.event && request.accepted
    });
    // What a resume of a loaded thread changes, if anything, differs from server to server.
    let opened_again = story
        .opened
        .iter()
        .any(|other| other.thread == said.thread && !std::ptr::eq(other, opening));
    if opened_again || of_thread.clone().any(|request| request.method == "thread/settings/update") {
        return None;
    }
    let settings = of_thread.chain([opened]);
    let named = settings.filter_map(|request| {
        let params = course.events()[request.event].entry.params();
        Some((request.event, params["model"].as_str()?))
    });
    named.max_by_key(|(event, _)| *event)
}
