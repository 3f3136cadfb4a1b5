//! Interruption of the model's answer, of a command and of a pending approval, and the turns after it.

use harness::{Call, Context, Fifo, Result, check, code, ensure, ensure_eq, ensure_includes};
use mock_model::{Delivery, runs_command, says};

use super::observed::Marker;
use crate::client::{Begun, ContextExt, Decision, End, Thread, Turn};

/// Begins a turn whose answer the model holds back in the middle.
async fn turn_in_progress(cx: &mut Context) -> Result<(Thread, Begun)> {
    let thread = cx.client().start().await?;
    cx.model.script([says("begun ").hold("middle").continues("never sent"), says("the next one")]);
    let begun = cx.client().begin_turn(&thread, "hello").await?;
    cx.reached("middle").await?;
    Ok((thread, begun))
}

/// A server MUST end a turn as interrupted when the client interrupts it during the model's answer.
#[check(
    v1,
    v2,
    source = "app-server README, turn/interrupt; app-server tests, turn_interrupt and interrupt",
    faults(INTERRUPT_IGNORED, INTERRUPTED_TOLD_AS_COMPLETED),
    shared
)]
async fn ends_the_turn_while_the_model_speaks(cx: &mut Context) -> Result {
    let (thread, begun) = turn_in_progress(cx).await?;
    let ticket = cx.client().interrupt(&thread, &begun).await?;
    let reply = cx.peer.answer(&ticket).await?;
    let expected = (cx.protocol().interrupt_result)();
    ensure_includes!(*reply.result()?, expected, "the answer to the interruption");
    let turn = cx.client().end_turn(&thread, &begun).await?;
    turn.ended(End::Interrupted, "the end of the interrupted turn")?;
    Ok(())
}

/// A server MUST NOT send any further output of the model's answer after the turn was interrupted.
#[check(
    v1,
    v2,
    source = "app-server README, turn/interrupt; every release does",
    faults(INTERRUPT_LETS_IT_GO_ON),
    shared
)]
async fn sends_no_output_of_an_interrupted_answer(cx: &mut Context) -> Result {
    let (thread, begun) = turn_in_progress(cx).await?;
    let ticket = cx.client().interrupt(&thread, &begun).await?;
    cx.client().end_turn(&thread, &begun).await?;
    cx.peer.answer(&ticket).await?;
    cx.model.open("middle");
    cx.delivered(1).await?;
    // A whole turn later, any output of the first answer would have arrived.
    let mark = cx.peer.mark();
    let turn = cx.client().turn(&thread, "the next").await?;
    turn.says(&["the next one"], "the agent's messages in the next turn")?;
    let calls = cx.peer.calls_since(begun.mark);
    let late = calls.iter().find(|call| call.params.to_string().contains("never sent"));
    let method = late.map(|call| call.method.clone());
    ensure!(
        method.is_none(),
        "notifications with text of the answer, after the interruption",
        "nothing",
        method.unwrap_or_default()
    );
    let again = cx.peer.calls_since(mark);
    let ends = again.iter().filter(|call| call.method == "codex/event/turn_aborted").count();
    ensure_eq!(ends, 0, "ends of the interrupted turn after it ended");
    Ok(())
}

/// A server SHOULD close the connection to the model service when the turn is interrupted during
/// the model's answer.
#[check(
    v1,
    v2(since = "0.66"),
    source = "nobody is left to read the answer; some releases read on, 0.98 and 0.101 among them",
    faults(INTERRUPT_LETS_IT_GO_ON)
)]
async fn closes_the_stream_of_the_model(cx: &mut Context) -> Result {
    let (thread, begun) = turn_in_progress(cx).await?;
    let event = &cx.protocol().delta;
    // From here on the server has nothing to do but to wait for the model.
    cx.peer.next_matching("a piece of the message", |call| event.is(call, &thread)).await?;
    let ticket = cx.client().interrupt(&thread, &begun).await?;
    cx.client().end_turn(&thread, &begun).await?;
    cx.peer.answer(&ticket).await?;
    let delivery = cx.delivered(1).await?;
    ensure!(
        delivery == Delivery::Abandoned,
        "the connection to the model",
        "closed by the server",
        format!("{delivery:?}")
    );
    Ok(())
}

/// Begins a turn with a command that does not end by itself, and waits until it runs.
async fn running(cx: &mut Context, first: &str) -> Result<(Thread, Begun, Fifo)> {
    let thread = cx.client().start().await?;
    let mut up = Fifo::new(cx.home.work().join("up"))?;
    let command = format!("exec 9> {}; {first} echo up >&9; sleep 1000", up.path().display());
    cx.model.script([runs_command(&command).id("the_call"), says("the next one")]);
    let begun = cx.client().begin_turn(&thread, "run it").await?;
    let within = cx.peer.settings().wait;
    up.line(within).await?;
    Ok((thread, begun, up))
}

/// A server MUST end a turn as interrupted when the client interrupts it while a command runs.
#[check(
    v1,
    v2,
    source = "app-server tests, turn_interrupt and interrupt: sleep",
    faults(INTERRUPTED_TOLD_AS_COMPLETED),
    shared
)]
async fn ends_the_turn_while_a_command_runs(cx: &mut Context) -> Result {
    let (thread, begun, _up) = running(cx, "").await?;
    let ticket = cx.client().interrupt(&thread, &begun).await?;
    cx.peer.answer(&ticket).await?.result()?;
    let turn = cx.client().end_turn(&thread, &begun).await?;
    turn.ended(End::Interrupted, "the end of the interrupted turn")?;
    ensure_eq!(cx.model.requests().len(), 1, "requests to the model");
    Ok(())
}

/// A server SHOULD terminate the running command when its turn is interrupted.
#[check(
    v1,
    v2(until = "0.107"),
    source = "a user who interrupts a command wants it to stop; 0.120 and later leave it as a background terminal",
    faults(INTERRUPT_LEAVES_COMMAND),
    shared
)]
async fn ends_the_running_command(cx: &mut Context) -> Result {
    // One that has run for a while: a server may by then hold it for more than a part of the turn.
    let (thread, begun, up) = running(cx, "sleep 1;").await?;
    let ticket = cx.client().interrupt(&thread, &begun).await?;
    cx.client().end_turn(&thread, &begun).await?;
    cx.peer.answer(&ticket).await?;
    let within = cx.peer.settings().wait;
    up.hung_up(within).await
}

/// A server MUST send the model an output for the call of an interrupted command in the next
/// request.
#[check(
    v1,
    v2,
    source = "Responses API: every call has its output; every release does",
    faults(INTERRUPTED_CALL_STAYS_OPEN),
    shared
)]
async fn an_interrupted_call_has_an_output(cx: &mut Context) -> Result {
    let (thread, begun, _up) = running(cx, "").await?;
    let ticket = cx.client().interrupt(&thread, &begun).await?;
    cx.client().end_turn(&thread, &begun).await?;
    cx.peer.answer(&ticket).await?;
    let turn = cx.client().turn(&thread, "go on").await?;
    turn.says(&["the next one"], "the agent's messages in the next turn")?;
    let request = cx.asked(2).await?;
    let broken: Vec<_> = request.violations().iter().map(ToString::to_string).collect();
    ensure!(
        broken.is_empty(),
        "calls and their outputs in the next request to the model",
        "an output for each call, after it",
        broken.join(", ")
    );
    Ok(())
}

/// A server MUST end a turn as interrupted when the client interrupts it while an approval is
/// pending.
#[check(
    v1,
    v2,
    source = "app-server tests, turn_interrupt: pending approval; every release does",
    faults(INTERRUPTED_TOLD_AS_COMPLETED),
    shared
)]
async fn ends_the_turn_while_an_approval_is_pending(cx: &mut Context) -> Result {
    let (_, turn, ..) = interrupted_at_an_approval(cx).await?;
    turn.ended(End::Interrupted, "the end of the interrupted turn")
}

/// Interrupts a turn while an approval of its command is pending, and waits for its end.
async fn interrupted_at_an_approval(cx: &mut Context) -> Result<(Thread, Turn, Marker, Call)> {
    let thread = cx.client().start_untrusted().await?;
    let marker = Marker::new(cx, "marker");
    cx.model.script([runs_command(marker.command()), says("the next one")]);
    let begun = cx.client().begin_turn(&thread, "run it").await?;
    let request = cx.client().approval().await?;
    let ticket = cx.client().interrupt(&thread, &begun).await?;
    cx.peer.answer(&ticket).await?.result()?;
    let turn = cx.client().end_turn(&thread, &begun).await?;
    Ok((thread, turn, marker, request))
}

/// A server MUST NOT run a command whose approval arrives after the turn was interrupted.
#[check(
    v1,
    v2,
    source = "app-server tests, turn_interrupt: pending approval; every release does",
    faults(RUNS_BEFORE_THE_ANSWER),
    shared
)]
async fn a_late_approval_runs_nothing(cx: &mut Context) -> Result {
    let (thread, _, marker, request) = interrupted_at_an_approval(cx).await?;
    cx.client().answer(&request, Decision::Accept).await?;
    let turn = cx.client().turn(&thread, "go on").await?;
    turn.says(&["the next one"], "the agent's messages in the next turn")?;
    ensure_eq!(marker.runs(), 0, "how often a command ran after a late approval");
    Ok(())
}

/// A server MUST send `serverRequest/resolved` for a pending request for approval when its turn is
/// interrupted.
#[check(
    v2(since = "0.107"),
    source = "app-server tests, turn_interrupt: serverRequest/resolved for a pending approval",
    faults(SETTLED_UNTOLD),
    shared
)]
async fn a_pending_approval_is_settled(cx: &mut Context) -> Result {
    let thread = cx.client().start_untrusted().await?;
    cx.model.script([runs_command("echo hello > file")]);
    let begun = cx.client().begin_turn(&thread, "run it").await?;
    let request = cx.client().approval().await?;
    let ticket = cx.client().interrupt(&thread, &begun).await?;
    cx.peer.answer(&ticket).await?.result()?;
    // The tests have it before the end of the turn; 0.169 sends it right after.
    let settled = cx.client().notification(&thread, "serverRequest/resolved").await?;
    let id = request.id.as_ref().map(harness::Id::to_json);
    ensure_eq!(Some(&settled.params["requestId"]), id.as_ref(), "the request that is settled");
    cx.client().end_turn(&thread, &begun).await.map(|_| ())
}

/// A server MUST run a turn after an interrupted one with the user's earlier messages in the
/// model's input.
#[check(
    v1,
    v2,
    source = "app-server README, turn/interrupt; every release does",
    faults(INTERRUPT_FORGETS_THE_TURN),
    shared
)]
async fn another_turn_may_follow(cx: &mut Context) -> Result {
    let (thread, begun) = turn_in_progress(cx).await?;
    let ticket = cx.client().interrupt(&thread, &begun).await?;
    cx.client().end_turn(&thread, &begun).await?;
    cx.peer.answer(&ticket).await?;
    let turn = cx.client().turn(&thread, "and now").await?;
    turn.ended(End::Completed, "how the next turn ended")?;
    turn.says(&["the next one"], "the agent's messages in it")?;
    let request = cx.asked(2).await?;
    let said = request.user_texts();
    ensure!(
        said.contains(&"hello"),
        "the user texts in the model's input, after the interruption",
        "the user's message before the interruption",
        said.join(" | ")
    );
    Ok(())
}

/// A server MUST NOT end the turn of another thread when it interrupts a turn.
#[check(
    v1,
    v2,
    source = "app-server README, turn/interrupt: threadId",
    faults(INTERRUPTS_EVERY_THREAD),
    shared
)]
async fn another_thread_goes_on(cx: &mut Context) -> Result {
    let (thread, begun) = turn_in_progress(cx).await?;
    let other = cx.client().start_thread().await?;
    cx.model.script([says("undisturbed").hold("other")]);
    let mark = cx.client().begin_turn(&other, "hello").await?.mark;
    cx.reached("other").await?;
    let ticket = cx.client().interrupt(&thread, &begun).await?;
    cx.client().end_turn(&thread, &begun).await?;
    cx.peer.answer(&ticket).await?;
    cx.model.open("other");
    let turn = cx.client().end_turn(&other, mark).await?;
    turn.ended(End::Completed, "how the turn of the other thread ended")?;
    turn.says(&["undisturbed"], "the agent's messages in the other thread")?;
    Ok(())
}

/// A server MUST reject `turn/interrupt` for a turn other than the running one with the error code
/// -32600.
#[check(
    v2(fixed_in("0.130", "the turn that runs is interrupted, whichever was named")),
    source = "app-server tests, turn_interrupt; app-server README, turn/interrupt: turnId",
    faults(TURN_ID_UNCHECKED),
    shared
)]
async fn another_turn_is_rejected(cx: &mut Context) -> Result {
    let (thread, begun) = turn_in_progress(cx).await?;
    let ticket =
        cx.client().interrupt_turn(&thread.id, "00000000-0000-7000-8000-000000000000").await?;
    cx.peer
        .answer(&ticket)
        .await?
        .refused(code::INVALID_REQUEST, "answer to `turn/interrupt` that names another turn")?;
    cx.model.open("middle");
    let turn = cx.client().end_turn(&thread, &begun).await?;
    turn.ended(End::Completed, "how the running turn ended")?;
    Ok(())
}

/// A server MUST reject `turn/interrupt` for an ended turn with the error code -32600.
#[check(
    v2(fixed_in("0.130", "an interrupt is never answered when no turn runs")),
    source = "app-server tests, turn_interrupt: completed turn",
    faults(INTERRUPTS_WHAT_IS_OVER),
    shared
)]
async fn a_finished_turn_is_rejected(cx: &mut Context) -> Result {
    let thread = cx.client().start().await?;
    cx.model.script([says("done")]);
    let begun = cx.client().begin_turn(&thread, "hello").await?;
    cx.client().end_turn(&thread, &begun).await?;
    let ticket = cx.client().interrupt(&thread, &begun).await?;
    cx.peer
        .answer(&ticket)
        .await?
        .refused(code::INVALID_REQUEST, "answer to `turn/interrupt` of a turn that is over")?;
    cx.client().barrier(&thread).await
}

/// A server SHOULD answer `interruptConversation` when no turn runs.
#[check(
    v1,
    source = "JSON-RPC 2.0 §5: every request is answered; real releases wait for the next interruption",
    faults(IDLE_INTERRUPT_UNANSWERED)
)]
async fn is_answered_when_nothing_runs(cx: &mut Context) -> Result {
    let thread = cx.client().start().await?;
    let ticket = cx.client().interrupt_turn(&thread.id, "").await?;
    cx.peer.answer(&ticket).await.map(|_| ())
}
