//! Apart: threads and turns never see what is another's.

use std::collections::{BTreeSet, HashMap};

use harness::{Course, Result, law};

use super::story;
use super::story::Story;

/// The shortest id that is taken to be unique: the first releases count the turns of a thread.
const UNIQUE: usize = 16;

/// A server MUST NOT use the id of a turn for a turn of another thread.
#[law(
    v2(since = "0.66"),
    source = "app-server README, Turns: a turn belongs to one thread",
    faults(TURN_ID_IN_TWO_THREADS)
)]
fn a_turn_belongs_to_one_thread(course: &Course<'_>) -> Result {
    let story = story(course);
    let mut owners: HashMap<&str, usize> = HashMap::new();
    for (number, turn) in story.turns.iter().enumerate().filter(|(_, turn)| turn.id.len() >= UNIQUE)
    {
        let first = &story.turns[*owners.entry(&turn.id).or_insert(number)];
        if first.thread != turn.thread {
            return Err(course.contradiction(
                format!("the thread of turn {}", turn.id),
                (&course.events()[first.started], format!("thread {}", first.thread)),
                (&course.events()[turn.started], format!("thread {}", turn.thread)),
            ));
        }
    }
    Ok(())
}

/// The thread and all threads from which it was forked or resumed.
fn family<'s>(story: &'s Story, thread: &'s str) -> BTreeSet<&'s str> {
    let mut family = BTreeSet::new();
    let mut next = Some(thread);
    while let Some(thread) = next.filter(|thread| family.insert(*thread)) {
        next = story.opening(thread).and_then(|opened| opened.parent.as_deref());
    }
    family
}

/// A server MUST NOT send the model a message of another thread.
#[law(
    v1,
    v2(since = "0.66"),
    source = "app-server README, Threads: a thread is a conversation of its own",
    faults(MESSAGE_OF_ANOTHER_THREAD)
)]
fn messages_stay_in_their_thread(course: &Course<'_>) -> Result {
    let story = story(course);
    let threads: BTreeSet<&str> = story.said.iter().map(|said| said.thread.as_str()).collect();
    // A thread that takes over another's history, whose words may be anyone's.
    let inherits = |thread: &&str| {
        let forked = story.opening(thread).is_some_and(|opened| opened.parent.is_some());
        !story.is_new(thread) && !forked
    };
    if threads.len() < 2 || threads.iter().any(inherits) {
        return Ok(());
    }
    let words = |thread: &str| -> BTreeSet<&str> {
        let family = family(&story, thread);
        let own = story.said.iter().filter(|said| family.contains(&*said.thread));
        own.map(|said| said.text.trim()).collect()
    };
    let all: BTreeSet<&str> = story.said.iter().map(|said| said.text.trim()).collect();
    let of_threads: Vec<_> = threads.iter().map(|thread| words(thread)).collect();
    for asked in course.model_requests() {
        let texts: BTreeSet<&str> = asked.request.user_texts().into_iter().map(str::trim).collect();
        let said: BTreeSet<&str> = texts.intersection(&all).copied().collect();
        if of_threads.iter().any(|of_thread| said.is_subset(of_thread)) {
            continue;
        }
        let texts: Vec<_> = said.into_iter().collect();
        let spoken = |text: &str| story.said.iter().find(|said| said.text.trim() == text);
        let mut sources = texts.iter().filter_map(|text| spoken(text));
        let (Some(first), Some(last)) = (sources.next(), sources.next_back()) else { continue };
        return Err(course.contradiction(
            format!(
                "the user's messages in request {} to the model",
                asked.request.number().unwrap_or(0)
            ),
            (&course.events()[first.event], "messages of one thread"),
            (&course.events()[last.event], format!("messages of several: {}", texts.join(" | "))),
        ));
    }
    Ok(())
}
