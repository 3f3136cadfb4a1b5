//! Turns of many threads at the same time.

use harness::{Call, Context, Failure, Result, check, ensure, ensure_eq};
use mock_model::{Request, Script, runs_command, says};

use super::turns::ended_once;
use crate::client::{Begun, ContextExt, Decision, Thread};

/// How many threads have a turn at the same time.
const THREADS: usize = 8;

/// Starts threads and begins a turn in each, without waiting for its end.
async fn begin_all(cx: &mut Context, threads: &[Thread], round: &str) -> Result<Vec<Begun>> {
    let mut begun = Vec::new();
    for (at, thread) in threads.iter().enumerate() {
        begun.push(cx.client().begin_turn(thread, &question(round, at)).await?);
    }
    Ok(begun)
}

/// What is asked in this round in the thread at this place.
fn question(round: &str, at: usize) -> String {
    format!("{round} question of thread {at}")
}

/// The place of the thread in which this was asked.
fn asker(request: &Request, round: &str) -> Result<usize> {
    let texts = request.user_texts();
    let place = (0..THREADS).find(|at| texts.last() == Some(&question(round, *at).as_str()));
    place.ok_or_else(|| {
        Failure::mismatch(
            "the last message of the user in a request to the model",
            format!("the {round} question of a thread"),
            harness::show(&texts.last()),
        )
    })
}

/// The questions in a request, of any thread.
fn questions(request: &Request) -> Vec<&str> {
    request.user_texts().into_iter().filter(|text| text.contains("question of thread")).collect()
}

/// The pieces of the agent's message that were sent for a thread, together.
fn streamed(cx: &Context, calls: &[Call], thread: &Thread) -> String {
    let delta = &cx.protocol().delta;
    let own = calls.iter().filter(|call| delta.is(call, thread));
    own.filter_map(|call| delta.content(call)["delta"].as_str()).collect()
}

/// A server MUST send the events and the history of each of several threads, whose turns run at the
/// same time, for that thread only.
#[check(
    v1,
    v2,
    source = "app-server README, Threads; every release does",
    faults(DELTAS_SWAPPED, HISTORY_SHARED, THREADS_MIXED)
)]
async fn turns_do_not_mix(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let mut threads = Vec::new();
    for _ in 0..THREADS {
        threads.push(cx.client().start_thread().await?);
    }
    let reply = |number| format!("begin-{number} end-{number}");
    let script = (1..=THREADS).map(|number| {
        says(format!("begin-{number} "))
            .hold(format!("gate-{number}"))
            .continues(format!("end-{number}"))
    });
    cx.model.script(Script::new(script).then_forever(says("again")));
    let begun = begin_all(cx, &threads, "first").await?;
    for number in 1..=THREADS {
        cx.reached(&format!("gate-{number}")).await?;
    }
    // Which thread was asked for which reply is known by what it asked.
    let mut answered = vec![0; THREADS];
    for (number, request) in (1..).zip(cx.model.requests()) {
        let at = asker(&request, "first")?;
        ensure_eq!(questions(&request), [question("first", at)], "questions in request {number}");
        answered[at] = number;
    }
    for number in (1..=THREADS).rev() {
        cx.model.open(&format!("gate-{number}"));
    }
    for ((thread, begun), number) in threads.iter().zip(&begun).zip(&answered) {
        let turn = cx.client().end_turn(thread, begun).await?;
        turn.says(&[&reply(*number)], "the agent's messages in one of eight turns")?;
        // The first release of `v2` sends no pieces.
        let text = streamed(cx, &turn.calls, thread);
        let whole = text.is_empty() || text == reply(*number);
        let what = "the pieces of the message in one of eight turns";
        ensure!(whole, what, harness::show(&reply(*number)), harness::show(&text));
    }
    let begun = begin_all(cx, &threads, "second").await?;
    for (thread, begun) in threads.iter().zip(&begun) {
        let turn = cx.client().end_turn(thread, begun).await?;
        turn.says(&["again"], "the agent's messages in the second turn")?;
    }
    for request in cx.model.requests().iter().skip(THREADS) {
        let at = asker(request, "second")?;
        let wanted = [question("first", at), question("second", at)];
        ensure_eq!(questions(request), wanted, "questions in the second request of a thread");
        let said = request.assistant_texts();
        ensure_eq!(said, [reply(answered[at])], "the agent's messages in the same request");
    }
    ensure_eq!(cx.model.requests().len(), 2 * THREADS, "requests to the model for two turns each");
    ended_once(cx, &threads, 2)
}

/// A server MUST pass each answer to a request for approval to the command that it is about,
/// whatever the order of the answers.
#[check(
    v1,
    v2,
    source = "app-server README, Approvals; every release does",
    faults(ANSWERS_GO_TO_THE_FIRST_QUESTION)
)]
async fn approvals_are_answered_crosswise(cx: &mut Context) -> Result {
    const ASKING: usize = 4;
    cx.client().initialize().await?;
    let mut threads = Vec::new();
    for _ in 0..ASKING {
        threads.push(cx.client().start_untrusted_thread().await?);
    }
    let file = |cx: &Context, number: usize| cx.home.work().join(format!("ran-{number}"));
    let command = |number| runs_command(format!("echo ran > '{}'", file(cx, number).display()));
    let script: Vec<_> = (1..=ASKING).map(command).collect();
    cx.model.script(Script::new(script).then_forever(says("done")));
    let begun = begin_all(cx, &threads, "first").await?;
    let mut questions = Vec::new();
    for _ in 0..ASKING {
        questions.push(cx.client().approval().await?);
    }
    let mut commands = [0; ASKING];
    for (number, request) in (1..=ASKING).zip(cx.model.requests()) {
        commands[asker(&request, "first")?] = number;
    }
    for question in questions.iter().rev() {
        // The first release names the conversation in another style.
        let names = |thread: &Thread| {
            let names = ["threadId", "conversationId", "conversation_id"];
            names.iter().any(|name| question.params[*name] == thread.id)
        };
        let even = threads.iter().position(names).is_some_and(|at| at % 2 == 0);
        let decision = if even { Decision::Accept } else { Decision::Deny };
        cx.client().answer(question, decision).await?;
    }
    for (at, (thread, begun)) in threads.iter().zip(&begun).enumerate() {
        cx.client().end_turn(thread, begun).await?;
        let ran = file(cx, commands[at]).exists();
        let wanted = if at % 2 == 0 { "it ran" } else { "it did not run" };
        let seen = if ran { "it ran" } else { "it did not run" };
        ensure_eq!(seen, wanted, "the command of thread {at} of four");
    }
    Ok(())
}
