//! The end of the model's sessions: by an interrupted turn, an archived thread or the end of the server.

use harness::failure::Result;
use harness::{Context, check};
use mock_model::{opens_program, says};
use rustix::process::Signal;

use super::program::{DEAF, Life};
use super::sitting::{SHELL, Session, Sitting};
use crate::stored::archive;
use crate::turn::scene::{Begun, begin, interrupt};
use crate::words::{End, Thread, end_turn, greet, start};

/// Begins a session with a shell whose life is watched.
async fn watched(cx: &mut Context) -> Result<(Sitting, Session, Life)> {
    let mut sitting = Sitting::new(cx).await?;
    let mut life = Life::new(cx)?;
    let line = format!("{}; {SHELL}", life.begin());
    let session = sitting.begin(cx, &line).await?;
    life.begun(cx).await?;
    Ok((sitting, session, life))
}

/// A server MUST end a program of the model when the client interrupts the turn during the call that started the program.
#[check(
    v1(since = "0.98"),
    v2(since = "0.98"),
    source = "the model does not get to know its session; every release does",
    faults(INTERRUPT_LEAVES_THE_SESSION)
)]
async fn interrupting_the_waiting_call_ends_the_program(cx: &mut Context) -> Result {
    let (thread, begun, life) = waiting(cx).await?;
    let ticket = interrupt(cx, &thread, &begun.id).await?;
    let turn = end_turn(cx, &thread, begun.mark).await?;
    turn.ended(End::Interrupted, "how the turn ended that was interrupted")?;
    cx.peer.answer(&ticket).await?.result()?;
    life.over(cx, "whose call was interrupted").await
}

/// Begins a turn whose model waits for a program at a terminal, and waits until that runs.
async fn waiting(cx: &mut Context) -> Result<(Thread, Begun, Life)> {
    greet(cx).await?;
    let thread = start(cx).await?;
    let mut life = Life::new(cx)?;
    let line = format!("{}; exec sleep 1000", life.begin());
    cx.model.script([opens_program(line).yields_after(30_000), says("never said")]);
    let begun = begin(cx, &thread, "go").await?;
    life.begun(cx).await?;
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
    let (mut sitting, mut shell, life) = watched(cx).await?;
    sitting.last(cx, says("begun ").hold("middle").continues("never told"))?;
    cx.reached("middle").await?;
    let ticket = interrupt(cx, &sitting.thread, &sitting.turn).await?;
    let over = end_turn(cx, &sitting.thread, sitting.mark).await?;
    over.ended(End::Interrupted, "how the turn ended that was interrupted")?;
    cx.peer.answer(&ticket).await?.result()?;
    cx.model.open("middle");
    sitting.turn(cx).await?;
    let reached = sitting.until(cx, &mut shell, "echo reached-$((40+2))\n", "reached-42").await;
    sitting.end(cx).await?;
    match reached {
        Ok(()) => Ok(()),
        // The model is told that there is no such session: then there has to be none.
        Err(_) => life.over(cx, "that the model cannot reach any more after an interruption").await,
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
    let (mut sitting, _shell, life) = watched(cx).await?;
    sitting.end(cx).await?;
    let (id, path) = (sitting.thread.id.clone(), sitting.thread.path.clone());
    archive(cx, &id, &path).await?;
    life.over(cx, "whose conversation was archived").await
}

/// A server MUST end the model's sessions when its own stdin reaches end of input.
#[check(
    v1(since = "0.98"),
    v2(since = "0.98"),
    source = "nobody is left to talk to them; every release does",
    faults(EOF_WAITS_FOR_SESSIONS)
)]
async fn end_of_input_ends_the_session(cx: &mut Context) -> Result {
    let (mut sitting, _shell, life) = watched(cx).await?;
    sitting.end(cx).await?;
    cx.peer.close_stdin();
    cx.peer.exit().await?;
    life.over(cx, "whose server has ended with its input").await
}

/// A server MUST end all programs of a session at the end of its own input, even those that ignore signals.
#[check(
    v2(
        since = "0.98",
        fixed_in("0.107", "the server does not end before a program that ignores signals")
    ),
    source = "nobody is left to talk to it; every release from 0.120 does, older ones do not end themselves",
    faults(EOF_WAITS_FOR_SESSIONS, SESSIONS_SURVIVE_THE_SERVER)
)]
async fn end_of_input_ends_a_program_that_ignores_signals(cx: &mut Context) -> Result {
    let mut sitting = Sitting::new(cx).await?;
    let mut life = Life::new(cx)?;
    sitting.begin(cx, &format!("{}; {DEAF} & wait; exec cat", life.begin())).await?;
    life.begun(cx).await?;
    life.begun(cx).await?;
    sitting.end(cx).await?;
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
    source = "nobody is left to talk to it; every release from 0.101 does",
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
    let (mut sitting, _shell, life) = watched(cx).await?;
    sitting.end(cx).await?;
    cx.peer.signal(Signal::TERM)?;
    cx.peer.exit().await?;
    life.over(cx, "whose server got SIGTERM").await
}
