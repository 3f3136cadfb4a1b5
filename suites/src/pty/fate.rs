//! The end of the model's sessions: by an interrupted turn, an archived thread or the end of the server.

use harness::{Call, Context, Result, check};
use mock_model::{opens_program, says};
use rustix::process::Signal;

use super::dialogue::{Dialogue, SHELL, Session};
use super::pipes::Life;
use super::program::IGNORES_SIGNALS;
use crate::client::{Begun, ContextExt, End, Thread};

/// Begins a session with a shell whose life is watched.
async fn watched(cx: &mut Context) -> Result<(Dialogue, Session, Life)> {
    let mut dialogue = Dialogue::new(cx).await?;
    let mut life = Life::new(cx)?;
    let line = format!("{}; {SHELL}", life.begin());
    let session = dialogue.begin(cx, &line).await?;
    life.begun(cx).await?;
    Ok((dialogue, session, life))
}

/// A server MUST end a program of the model when the client interrupts the turn during the call
/// that started the program.
#[check(
    v1(since = "0.98"),
    v2(since = "0.98", until = "0.107"),
    source = "the model does not get to know its session; 0.120 and later leave it as a background terminal",
    faults(INTERRUPT_LEAVES_THE_SESSION)
)]
async fn interrupting_the_waiting_call_ends_the_program(cx: &mut Context) -> Result {
    let (thread, begun, life) = waiting(cx).await?;
    let ticket = cx.client().interrupt(&thread, &begun).await?;
    let turn = cx.client().end_turn(&thread, &begun).await?;
    turn.ended(End::Interrupted, "the end of the interrupted turn")?;
    cx.peer.answer(&ticket).await?.result()?;
    life.over(cx, "whose call was interrupted").await
}

/// Begins a turn whose model waits for a program at a terminal, and waits until that runs.
async fn waiting(cx: &mut Context) -> Result<(Thread, Begun, Life)> {
    let thread = cx.client().start().await?;
    let mut life = Life::new(cx)?;
    let line = format!("{}; exec sleep 1000", life.begin());
    cx.model.script([opens_program(line).yields_after(30_000), says("never said")]);
    let begun = cx.client().begin_turn(&thread, "go").await?;
    life.begun(cx).await?;
    // The program may run before the server has taken hold of it, and an interrupt in between ends it.
    let event = cx.protocol().command_started;
    let starts = |call: &Call| event.is(call, &thread);
    cx.peer.next_matching("the start of the command", starts).await?;
    Ok((thread, begun, life))
}

/// A server MUST end every session that the model cannot reach any more after an interrupted turn.
#[check(
    v1(since = "0.98"),
    v2(since = "0.98"),
    source = "releases up to 0.101 end it, those from 0.120 on let the model go on with it",
    faults(INTERRUPT_LOSES_SESSIONS)
)]
async fn an_interrupted_session_ends_or_stays_reachable(cx: &mut Context) -> Result {
    let (mut dialogue, mut shell, life) = watched(cx).await?;
    dialogue.last(cx, says("begun ").hold("middle").continues("never sent"))?;
    cx.reached("middle").await?;
    let ticket = cx.client().interrupt(&dialogue.thread, &dialogue.begun).await?;
    let over = cx.client().end_turn(&dialogue.thread, &dialogue.begun).await?;
    over.ended(End::Interrupted, "the end of the interrupted turn")?;
    cx.peer.answer(&ticket).await?.result()?;
    cx.model.open("middle");
    dialogue.turn(cx).await?;
    let reached = dialogue.until(cx, &mut shell, "echo reached-$((40+2))\n", "reached-42").await;
    dialogue.end(cx).await?;
    match reached {
        Ok(()) => Ok(()),
        // The model receives that there is no such session: then there has to be none.
        Err(_) => life.over(cx, "that is unreachable for the model after an interruption").await,
    }
}

/// A server MUST end the sessions of a thread that is archived.
#[check(
    v1(since = "0.98"),
    v2(since = "0.98"),
    source = "nobody is left to talk to them; every release does",
    faults(ARCHIVE_LEAVES_SESSIONS)
)]
async fn archiving_ends_the_session(cx: &mut Context) -> Result {
    let (mut dialogue, _shell, life) = watched(cx).await?;
    dialogue.end(cx).await?;
    let (id, path) = (dialogue.thread.id.clone(), dialogue.thread.path.clone());
    cx.client().archive(&id, &path).await?;
    life.over(cx, "whose conversation was archived").await
}

/// A server MUST end the model's sessions when its own stdin reaches end of input.
#[check(
    v1(since = "0.98"),
    v2(since = "0.98"),
    source = "nobody is left to talk to them; every release does",
    stdio = "a server that listens goes on when a client leaves",
    faults(EOF_WAITS_FOR_SESSIONS)
)]
async fn end_of_input_ends_the_session(cx: &mut Context) -> Result {
    let (mut dialogue, _shell, life) = watched(cx).await?;
    dialogue.end(cx).await?;
    cx.peer.close_stdin();
    cx.peer.exit().await?;
    life.over(cx, "whose server has ended with its input").await
}

/// A server MUST end all programs of a session at the end of its own input, even those that ignore
/// signals.
#[check(
    v2(
        since = "0.98",
        fixed_in("0.107", "the server does not end before a program that ignores signals")
    ),
    source = "no client can reach it; every release from 0.120 does, older ones do not end themselves",
    stdio = "a server that listens goes on when a client leaves",
    faults(EOF_WAITS_FOR_SESSIONS, SESSIONS_SURVIVE_THE_SERVER)
)]
async fn end_of_input_ends_a_program_that_ignores_signals(cx: &mut Context) -> Result {
    let mut dialogue = Dialogue::new(cx).await?;
    let mut life = Life::new(cx)?;
    dialogue.begin(cx, &format!("{}; {IGNORES_SIGNALS} & wait; exec cat", life.begin())).await?;
    life.begun(cx).await?;
    life.begun(cx).await?;
    dialogue.end(cx).await?;
    cx.peer.close_stdin();
    cx.peer.exit().await?;
    life.over(cx, "whose server has ended with its input").await
}

/// A server MUST end both itself and the program of a waiting call at the end of its own input.
#[check(
    v1(
        since = "0.98",
        fixed_in("0.101", "the server does not end while the model waits for a program")
    ),
    v2(
        since = "0.98",
        fixed_in("0.101", "the server does not end while the model waits for a program")
    ),
    source = "no client can reach it; every release from 0.101 does",
    stdio = "a server that listens goes on when a client leaves",
    faults(EOF_WAITS_FOR_TURNS)
)]
async fn end_of_input_ends_the_session_while_a_call_waits(cx: &mut Context) -> Result {
    let (_thread, _begun, life) = waiting(cx).await?;
    cx.peer.close_stdin();
    cx.peer.exit().await?;
    life.over(cx, "whose server has ended with its input").await
}

/// A server MUST end both itself and the model's running sessions on SIGTERM.
#[check(
    v1(since = "0.98"),
    v2(since = "0.98"),
    source = "nobody is left to talk to it; every release does",
    faults(IGNORES_SIGTERM_IN_A_SESSION)
)]
async fn sigterm_ends_the_server_and_the_session(cx: &mut Context) -> Result {
    let (mut dialogue, _shell, life) = watched(cx).await?;
    dialogue.end(cx).await?;
    cx.peer.signal(Signal::TERM)?;
    cx.peer.exit().await?;
    life.over(cx, "whose server got SIGTERM").await
}
