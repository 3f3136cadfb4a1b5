//! What is shown of a thread itself: when it was made, its name, its preview, its directory.

use std::collections::HashMap;

use harness::{Course, Message, Result, law};
use serde_json::Value;

use crate::laws::story;
use crate::laws::story::{Request, Story};

/// One place at which a thread is shown.
struct Sight<'c> {
    /// The event that shows it.
    event: usize,
    /// The event of the request that asked for it; the same event if none did.
    asked: usize,
    thread: &'c Value,
}

/// The threads that were made in this course, with the places at which each is shown.
fn sights<'c>(course: &'c Course<'_>, story: &Story) -> Vec<(&'c str, Vec<Sight<'c>>)> {
    let answers: HashMap<usize, &Request> =
        story.requests.iter().filter_map(|request| Some((request.answer?, request))).collect();
    let (mut all, mut places) = (Vec::<(&str, Vec<Sight<'_>>)>::new(), HashMap::new());
    for (event, said) in course.events().iter().enumerate() {
        let request = answers.get(&event);
        let (shown, listed) = match (&said.entry.message, request) {
            (Message::Response { .. }, Some(request)) => {
                let Some(value) = &said.entry.value else { continue };
                let lists = request.method == "thread/list";
                let listed = value["result"]["data"].as_array().filter(|_| lists);
                (value["result"].get("thread"), listed)
            }
            (Message::Notification { method }, _) if method == "thread/started" => {
                (said.entry.params().get("thread"), None)
            }
            _ => continue,
        };
        for thread in shown.into_iter().chain(listed.into_iter().flatten()) {
            let Some(id) = thread["id"].as_str().filter(|id| story.is_new(id)) else { continue };
            let place = *places.entry(id).or_insert_with(|| {
                all.push((id, Vec::new()));
                all.len() - 1
            });
            let asked = request.map_or(event, |request| request.event);
            all[place].1.push(Sight { event, asked, thread });
        }
    }
    all
}

/// Whether a request of the client about this thread gives the member a value.
fn is_set(course: &Course<'_>, story: &Story, id: &str, member: &str) -> bool {
    let of_thread = |request: &&Request| request.thread.as_deref() == Some(id);
    story.requests.iter().filter(of_thread).any(|request| {
        let params = course.events()[request.event].entry.params();
        params.get(member).is_some_and(|value| !value.is_null())
    })
}

/// Fails if two places show different values, as far as both show one.
fn same<'c>(
    course: &Course<'_>,
    (id, sights): (&str, &[Sight<'c>]),
    member: &str,
    differ: impl Fn(&Value, &Value) -> bool,
) -> Result {
    let value = |sight: &Sight<'c>| sight.thread.get(member).filter(|value| !value.is_null());
    let mut shown = sights.iter().filter_map(|sight| Some((sight.event, value(sight)?)));
    let Some((first, expected)) = shown.next() else { return Ok(()) };
    match shown.find(|(_, observed)| differ(expected, observed)) {
        None => Ok(()),
        Some((event, observed)) => Err(course.contradiction(
            format!("`{member}` of thread {id}"),
            (&course.events()[first], expected.to_string()),
            (&course.events()[event], observed.to_string()),
        )),
    }
}

/// A server MUST show a thread with the same creation time wherever it shows it.
#[law(
    v2(since = "0.66"),
    source = "app-server protocol, Thread: createdAt",
    faults(CREATION_TIME_IN_LOCAL_TIME)
)]
fn keep_their_creation_time(course: &Course<'_>) -> Result {
    // One place may round up what the other rounds down.
    let differ = |a: &Value, b: &Value| match (a.as_i64(), b.as_i64()) {
        (Some(a), Some(b)) => a.abs_diff(b) > 1,
        _ => a != b,
    };
    for (id, sights) in sights(course, &story(course)) {
        same(course, (id, &sights), "createdAt", differ)?;
    }
    Ok(())
}

/// A server SHOULD show a thread with the same working directory wherever it shows it, in the same
/// spelling, as long as no request changes it.
#[law(
    v2(since = "0.66"),
    source = "app-server protocol, Thread: cwd",
    faults(STORED_DIRECTORY_IS_THE_HOME)
)]
fn keep_their_directory(course: &Course<'_>) -> Result {
    let story = story(course);
    for (id, sights) in sights(course, &story) {
        if !is_set(course, &story, id, "cwd") {
            same(course, (id, &sights), "cwd", |a, b| a != b)?;
        }
    }
    Ok(())
}

/// A server MUST show a thread with the same preview wherever it shows it, once it has one, as long
/// as no turn is taken back.
#[law(
    v2(since = "0.66"),
    source = "app-server protocol, Thread: preview, usually the first user message",
    faults(STORED_PREVIEW_IS_CUT)
)]
fn keep_their_preview(course: &Course<'_>) -> Result {
    let story = story(course);
    for (id, mut sights) in sights(course, &story) {
        sights.retain(|sight| sight.thread["preview"] != "");
        if !story.is_rewritten(id) {
            same(course, (id, &sights), "preview", |a, b| a != b)?;
        }
    }
    Ok(())
}

/// The event with which a naming is done: its answer, or the notification of it if that comes later.
fn done(course: &Course<'_>, id: &str, naming: &Request) -> usize {
    let Some(answer) = naming.answer else { return usize::MAX };
    let events = course.events();
    let given = &events[naming.event].entry.params()["name"];
    let mut later = events.iter().enumerate().skip(naming.event);
    let told = later.find(|(_, event)| {
        let params = event.entry.params();
        event.entry.is_from_subject()
            && event.entry.method() == Some("thread/name/updated")
            && params["threadId"] == id
            && params["threadName"] == *given
    });
    told.map_or(answer, |(told, _)| told.max(answer))
}

/// A server MUST show a thread with the name that the client gave it last.
#[law(v2(since = "0.98"), source = "app-server README, thread/name/set", faults(FIRST_NAME_STAYS))]
fn keep_their_name(course: &Course<'_>) -> Result {
    let story = story(course);
    for (id, sights) in sights(course, &story) {
        let namings: Vec<&Request> = story.about(id, &["thread/name/set"]).collect();
        for sight in sights.iter().filter(|sight| sight.thread.get("name").is_some()) {
            // One that was asked for meanwhile may show either.
            if namings
                .iter()
                .any(|naming| naming.event < sight.event && done(course, id, naming) > sight.asked)
            {
                continue;
            }
            let before = |naming: &&&Request| naming.accepted && naming.event < sight.asked;
            let Some(last) = namings.iter().rfind(before) else { continue };
            let given = course.events()[last.event].entry.params()["name"].as_str();
            let Some(given) = given else { continue };
            let shown = sight.thread["name"].as_str();
            if shown.map(str::trim) == Some(given.trim()) {
                continue;
            }
            return Err(course.contradiction(
                format!("`name` of thread {id}"),
                (&course.events()[last.event], format!("{given:?}")),
                (&course.events()[sight.event], sight.thread["name"].to_string()),
            ));
        }
    }
    Ok(())
}
