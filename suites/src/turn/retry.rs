//! A model service that breaks off and is asked again: the client, the thread and the model hear
//! the same messages, each of them once.

use std::time::Duration;

use harness::{Call, Context, Failure, Result, check, ensure, ensure_eq, show};
use mock_model::{Script, runs_command, says, server_error};

use super::observed::Marker;
use crate::client::{ContextExt, End, Protocol, Thread, Turn};
use crate::template::configure;

/// What the model says in a stream that breaks.
const FIRST: &str = "the first answer, which is long enough to come in pieces";

/// The numbers of events of a message in three pieces after which its stream is broken: the creation
/// of the response, the beginnings of the message and of its part, the pieces, and three ends.
const BREAKS: [(usize, &str); 5] = [
    (0, "before its first event"),
    (2, "when the message has begun"),
    (5, "inside the message"),
    (8, "behind the text of the message"),
    (9, "behind the message"),
];

/// Configures how often a request that failed, and a stream that broke, is repeated.
fn with_retries(cx: &Context, requests: i64, streams: i64) -> Result {
    configure(cx, |config| {
        config
            .set("model_providers.mock.request_max_retries", requests)
            .set("model_providers.mock.stream_max_retries", streams)
    })
}

/// A turn whose stream broke, and what came of it.
struct Broken {
    /// Where the stream broke.
    place: &'static str,
    question: String,
    turn: Turn,
    /// The agent's messages in the first request of the turn.
    before: Vec<String>,
    /// The messages of the user in the second request, if there was one.
    asked_again: Option<Vec<String>>,
}

impl Broken {
    fn name(&self) -> String {
        format!("a stream that breaks {}", self.place)
    }
}

/// Runs a turn in a thread for each place at which a stream can break; another answer follows.
async fn broken(cx: &mut Context) -> Result<(Thread, Vec<Broken>)> {
    with_retries(cx, 0, 3)?;
    let thread = cx.client().start().await?;
    let mut all = Vec::new();
    for (events, place) in BREAKS {
        let asked = cx.model.requests().len();
        let first = says(FIRST).deltas(3).cut_after(events);
        cx.model.script(Script::new([first]).then_forever(says(answer(place))));
        let question = format!("what comes {place}?");
        let turn = cx.client().turn(&thread, &question).await?;
        let requests = cx.model.requests();
        let owned = |texts: Vec<&str>| texts.into_iter().map(str::to_owned).collect();
        let before = requests.get(asked).map(|request| owned(request.assistant_texts()));
        let asked_again = requests.get(asked + 1).map(|request| owned(request.user_texts()));
        let before = before.unwrap_or_default();
        all.push(Broken { place, question, turn, before, asked_again });
    }
    Ok((thread, all))
}

/// What the model says when it is asked again.
fn answer(place: &str) -> String {
    format!("the second answer, after a break {place}")
}

/// The same; not applicable if the model was asked again in no turn.
async fn repeated(cx: &mut Context) -> Result<(Thread, Vec<Broken>)> {
    let (thread, all) = broken(cx).await?;
    let any = all.iter().any(|broken| broken.asked_again.is_some());
    if any { Ok((thread, all)) } else { Err(never_again()) }
}

/// The server has no retries that can be configured like this.
fn never_again() -> Failure {
    Failure::not_offered("stream_max_retries")
}

/// Not applicable unless the server asks the model again after a stream has broken.
async fn asks_again(cx: &mut Context, thread: &Thread) -> Result {
    let asked = cx.model.requests().len();
    cx.model.script([says(FIRST).cut_after(2), says("here I am")]);
    cx.client().turn(thread, "is anybody there?").await?;
    if cx.model.requests().len() - asked < 2 { Err(never_again()) } else { Ok(()) }
}

/// A server SHOULD complete a turn whose stream from the model breaks, at whatever event, if the
/// stream that it is configured to ask for again is complete.
#[check(
    v1,
    v2(since = "0.66"),
    source = "config reference, stream_max_retries; every release does",
    faults(BROKEN_STREAM_NOT_REPEATED)
)]
async fn a_broken_stream_is_asked_for_again(cx: &mut Context) -> Result {
    for broken in broken(cx).await?.1 {
        broken.turn.ended(End::Completed, &format!("the end of the turn: {}", broken.name()))?;
        let (last, wanted) = (broken.turn.said.last(), answer(broken.place));
        ensure!(
            last == Some(&wanted),
            format!("the last message of the agent: {}", broken.name()),
            show(&wanted),
            show(&last)
        );
        let texts = broken.asked_again.iter().flatten();
        let questions = texts.filter(|text| **text == broken.question).count();
        ensure_eq!(questions, 1, "the user's message when asked again: {}", broken.name());
    }
    Ok(())
}

/// A server MUST send the model, in the next turn, the agent's messages that it has completed for
/// the client, after a stream of the turn before has broken.
#[check(
    v1(fixed_in("0.66", "a whole message before the break of a stream is forgotten")),
    v2(since = "0.66"),
    source = "app-server README, Turns: the history of a thread; every release does",
    faults(BROKEN_MESSAGE_IS_KEPT)
)]
async fn the_model_hears_what_the_client_heard(cx: &mut Context) -> Result {
    let (thread, all) = repeated(cx).await?;
    cx.model.script([says("and more")]);
    cx.client().turn(&thread, "and now?").await?;
    let requests = cx.model.requests();
    let last = requests.last().map(|request| request.assistant_texts()).unwrap_or_default();
    let last = last.into_iter().map(str::to_owned).collect();
    let known = all.iter().map(|broken| &broken.before).skip(1).chain([&last]);
    let mut said = Vec::new();
    for (broken, known) in all.iter().zip(known) {
        said.extend(broken.turn.said.clone());
        ensure!(
            *known == said,
            format!("the agent's messages in the request after {}", broken.name()),
            show(&said),
            show(known)
        );
    }
    Ok(())
}

/// A server MUST show a turn with the messages that it has completed for the client, after a stream
/// of the turn has broken.
#[check(
    v2(since = "0.90"),
    source = "app-server README, thread/read: includeTurns; every release does",
    faults(BROKEN_MESSAGE_IS_SHOWN)
)]
async fn the_thread_shows_what_the_client_heard(cx: &mut Context) -> Result {
    let (thread, all) = repeated(cx).await?;
    let thread = cx.client().read_thread(&thread.id, true).await?;
    let turns = thread["turns"].as_array().map(Vec::as_slice).unwrap_or_default();
    ensure_eq!(turns.len(), all.len(), "the number of turns in the thread");
    for (broken, turn) in all.iter().zip(turns) {
        let items = turn["items"].as_array().into_iter().flatten();
        let messages = items.filter(|item| item["type"] == "agentMessage");
        let shown: Vec<&str> = messages.filter_map(|item| item["text"].as_str()).collect();
        ensure!(
            shown == broken.turn.said,
            format!("the agent's messages in the turn with {}", broken.name()),
            show(&broken.turn.said),
            show(&shown)
        );
    }
    Ok(())
}

/// A server MUST NOT run a command again when the stream breaks that asked for it, unless the model
/// asks again.
#[check(
    v1,
    v2,
    source = "Responses API: a call has an id and one output; every release does",
    faults(BROKEN_CALL_RUNS_TWICE)
)]
async fn a_call_runs_no_more_than_once(cx: &mut Context) -> Result {
    with_retries(cx, 0, 3)?;
    let thread = cx.client().start().await?;
    let marker = Marker::new(cx, "ran");
    for events in [2, 4, 5] {
        let before = marker.runs();
        let call = runs_command(marker.command()).id(format!("call {events}")).cut_after(events);
        cx.model.script(Script::new([call]).then_forever(says("here I am")));
        cx.client().turn(&thread, &format!("question {events}")).await?;
        let runs = marker.runs() - before;
        let what = format!("runs of a command whose stream breaks after {events} events");
        ensure!(runs <= 1, what, "one or none", runs.to_string());
    }
    Ok(())
}

/// Whether the call says that the server asks the model again.
fn is_notice(cx: &Context, call: &Call, thread: &Thread) -> bool {
    let &Protocol { error: event, retried_error: retried, .. } = cx.protocol();
    match retried {
        Some(retried) => retried.is(call, thread),
        None => event.is(call, thread) && call.params["willRetry"] == true,
    }
}

/// A server SHOULD report an error with `willRetry`, in `v1` a stream error, before it asks the
/// model again.
#[check(
    v1,
    v2(since = "0.66"),
    source = "app-server README, Errors: the error notification, willRetry",
    faults(RETRY_NOT_REPORTED)
)]
async fn each_retry_is_reported(cx: &mut Context) -> Result {
    with_retries(cx, 0, 2)?;
    let thread = cx.client().start().await?;
    asks_again(cx, &thread).await?;
    let cut = || says(FIRST).deltas(3).cut_after(4);
    cx.model.script([cut(), cut(), says("here I am")]);
    let turn = cx.client().turn(&thread, "the question").await?;
    turn.ended(End::Completed, "the end of a turn whose stream broke twice")?;
    let notices = turn.calls.iter().filter(|call| is_notice(cx, call, &thread)).count();
    ensure_eq!(notices, 2, "notices that the model is asked again, of two retries");
    Ok(())
}

/// A server MUST fail a turn when the model service fails once more often than it is configured to
/// ask again.
#[check(
    v1,
    v2,
    source = "config reference, request_max_retries and stream_max_retries; every release does",
    faults(ONE_RETRY_MORE)
)]
async fn gives_up_after_the_configured_number(cx: &mut Context) -> Result {
    let rows = [
        ("`request_max_retries = 2`, answered with 500", 2, 0, server_error()),
        ("`stream_max_retries = 1`, broken streams", 0, 1, says(FIRST).cut_after(3)),
    ];
    with_retries(cx, 0, 1)?;
    let thread = cx.client().start().await?;
    asks_again(cx, &thread).await?;
    for (row, requests, streams, reply) in rows {
        with_retries(cx, requests, streams)?;
        cx.restart().await;
        let thread = cx.client().start().await?;
        cx.model.script(Script::forever(reply));
        let asked = cx.model.requests().len();
        let turn = cx.client().turn(&thread, "the question").await?;
        turn.ended(End::Failed, &format!("the end of the turn: {row}"))?;
        let asked = cx.model.requests().len() - asked;
        let expected = usize::try_from(requests + streams + 1).unwrap_or_default();
        ensure_eq!(asked, expected, "requests to the model: {row}");
    }
    Ok(())
}

/// A server MUST end a turn as interrupted, and ask the model no more, when the client interrupts
/// it between two attempts.
#[check(
    v1,
    v2,
    source = "app-server README, turn/interrupt; every release does",
    faults(RETRIES_OUTLIVE_THE_INTERRUPT)
)]
async fn an_interrupt_ends_the_retries(cx: &mut Context) -> Result {
    with_retries(cx, 0, 20)?;
    let thread = cx.client().start().await?;
    asks_again(cx, &thread).await?;
    let asked = cx.model.requests().len();
    cx.model.script(Script::forever(says(FIRST).deltas(3).cut_after(4)));
    let begun = cx.client().begin_turn(&thread, "the question").await?;
    // Now comes a pause of some 400 ms.
    cx.asked(asked + 2).await?;
    let ticket = cx.client().interrupt(&thread, &begun).await?;
    let turn = cx.client().end_turn(&thread, &begun).await?;
    turn.ended(End::Interrupted, "the end of a turn that was interrupted between two attempts")?;
    cx.peer.answer(&ticket).await?;
    let asked = cx.model.requests().len();
    // Another attempt would come before this answer does.
    let late = says("well again").first_byte_after(Duration::from_millis(700));
    cx.model.script(Script::forever(late));
    let next = cx.client().turn(&thread, "try again").await?;
    next.says(&["well again"], "the agent's messages in the next turn")?;
    let more = cx.model.requests().len() - asked;
    ensure_eq!(more, 1, "requests to the model after the interrupt, for the next turn");
    Ok(())
}
