//! Twenty turns in each of eight threads, over one connection.

use std::time::Instant;

use harness::{Call, Context, Failure, Result, check, ensure, ensure_eq};
use mock_model::{Request, Script, says};

use crate::client::{ContextExt, End, Thread, is_of};

/// How many threads have turns at the same time, and how many turns each has.
const THREADS: usize = 8;
const ROUNDS: usize = 20;

/// What is asked in this round in the thread at this place.
fn question(round: usize, at: usize) -> String {
    format!("question {round} of thread {at}")
}

/// The questions in a request to the model.
fn questions(request: &Request) -> Vec<&str> {
    request.user_texts().into_iter().filter(|text| text.starts_with("question ")).collect()
}

/// The place of the thread, and the round, in which this was asked.
fn asker(request: &Request) -> Result<(usize, usize)> {
    let asked = questions(request).last().copied().unwrap_or_default().to_owned();
    let all = (0..THREADS).flat_map(|at| (0..ROUNDS).map(move |round| (at, round)));
    let mut all = all.filter(|(at, round)| question(*round, *at) == asked);
    all.next().ok_or_else(|| {
        Failure::mismatch("the last question in a request to the model", "one of 160", asked)
    })
}

/// What the agent said in a turn, by pieces and as a message.
#[derive(Default)]
struct Heard {
    pieces: String,
    said: Vec<String>,
}

/// Runs a turn in each thread, all at the same time.
async fn round(cx: &mut Context, threads: &[Thread], round: usize) -> Result<Vec<Heard>> {
    let (mut begun, mut heard) = (Vec::new(), Vec::new());
    for (at, thread) in threads.iter().enumerate() {
        begun.push(cx.client().begin_turn(thread, &question(round, at)).await?);
    }
    let delta = &cx.protocol().delta;
    for (at, (thread, begun)) in threads.iter().zip(&begun).enumerate() {
        let turn = cx.client().end_turn(thread, begun).await?;
        turn.ended(End::Completed, &format!("the end of turn {round} of thread {at}"))?;
        let own = turn.calls.iter().filter(|call| delta.is(call, thread));
        let pieces = own.filter_map(|call| delta.content(call)["delta"].as_str()).collect();
        heard.push(Heard { pieces, said: turn.said });
    }
    Ok(heard)
}

/// A server MUST keep 160 turns apart, twenty in each of eight threads, in its notifications and in what
/// the model receives.
#[check(
    v2,
    source = "app-server README, Threads; every release does",
    faults(HISTORY_CUT_AFTER_FOUR_TURNS, THREADS_MIXED)
)]
async fn many_turns_do_not_mix(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let mut threads = Vec::new();
    for _ in 0..THREADS {
        threads.push(cx.client().start_thread().await?);
    }
    let answer = |number: usize| format!("answer {number} of many");
    cx.model.script(Script::new((0..THREADS * ROUNDS).map(|number| says(answer(number)))));
    let mut rounds = Vec::new();
    // A subject that is slow has fewer turns to show it with, and is not judged for that.
    let late = Instant::now() + cx.peer.settings().check / 3;
    while rounds.len() < ROUNDS && Instant::now() < late {
        rounds.push(round(cx, &threads, rounds.len()).await?);
    }
    let (requests, turns) = (cx.model.requests(), THREADS * rounds.len());
    ensure_eq!(requests.len(), turns, "requests to the model for {turns} turns");
    let mut answers = vec![Vec::new(); THREADS];
    for (number, request) in requests.iter().enumerate() {
        let (at, round) = asker(request)?;
        let asked: Vec<_> = (0..=round).map(|round| question(round, at)).collect();
        ensure_eq!(questions(request), asked, "questions in request {round} of thread {at}");
        ensure_eq!(request.assistant_texts(), answers[at], "answers in the same request");
        let Heard { pieces, said } = &rounds[round][at];
        ensure_eq!(said, &[answer(number)], "the agent's messages in turn {round} of thread {at}");
        // The first release of `v2` sends no pieces.
        let text = if pieces.is_empty() { &said[0] } else { pieces };
        ensure_eq!(text, &answer(number), "the pieces of the message of the same turn");
        answers[at].push(answer(number));
    }
    ended_once(cx, &threads, rounds.len())
}

/// Fails if a thread has announced more ends than it had turns.
pub(super) fn ended_once(cx: &Context, threads: &[Thread], rounds: usize) -> Result {
    let (calls, completed) = (cx.peer.calls_since(0), cx.protocol().turn_completed);
    for (at, thread) in threads.iter().enumerate() {
        let is_end = |call: &&Call| is_of(call, thread, completed);
        let ends = calls.iter().filter(is_end).count();
        // The first release of `v2` announces the end otherwise.
        let (what, most) =
            (format!("ends of the turns of thread {at}"), format!("at most {rounds}"));
        ensure!(ends <= rounds, what, most, ends.to_string());
    }
    Ok(())
}
