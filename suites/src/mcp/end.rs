//! The end of the process, in every state: end of input, SIGTERM, a reader that is gone.
//!
//! Every process of a run is ended by the end of its input, and observers judge how it took that. The
//! checks bring about the states in which servers are known to live on.

mod observed;
mod states;

use std::time::{Duration, Instant};

use harness::{Context, Exit, Failure, Kind, Result, check, ensure};
use rustix::process::Signal;
use serde_json::Value;

use crate::mcp::client::{List, McpExt};

/// A server MUST end within 5 s of the end of its input, if nothing was sent to it.
#[check(
    mcp,
    source = "Lifecycle, Shutdown; every measured server does",
    faults(MCP_LIVES_ON_WITHOUT_A_SESSION)
)]
async fn ends_if_nothing_was_sent(cx: &mut Context) -> Result {
    cx.peer.start()?;
    leaves(cx, "before it was sent anything").await.map(|_| ())
}

/// A server MUST end within 5 s of the end of its input, if no session was opened.
#[check(
    mcp(until = "2025-11-25"),
    shared = "before the session",
    last,
    source = "Lifecycle, Shutdown; every measured server does",
    faults(MCP_LIVES_ON_WITHOUT_A_SESSION)
)]
async fn ends_before_a_session(cx: &mut Context) -> Result {
    // Whether it is answered is the matter of another check.
    cx.peer.send("ping", Value::Null).await?;
    leaves(cx, "before a session").await.map(|_| ())
}

/// A server SHOULD exit with code 0 at the end of its input after a session.
#[check(
    mcp,
    source = "POSIX: another code means a failure; all servers of the official SDKs do",
    faults(MCP_EXIT_CODE, EXIT_CODE_ALTERED)
)]
async fn exits_with_code_zero(cx: &mut Context) -> Result {
    a_session(cx).await?;
    let exit = leaves(cx, "after a session").await?;
    ensure!(
        exit == Exit::Code(0),
        "how the process ended after the end of its input",
        "exit code 0",
        exit.to_string()
    );
    Ok(())
}

/// A server SHOULD end within 5 s of SIGTERM.
#[check(
    mcp,
    shared = "a newer version",
    last,
    source = "Lifecycle, Shutdown: a client may send SIGTERM",
    faults(MCP_IGNORES_SIGTERM)
)]
async fn ends_on_sigterm(cx: &mut Context) -> Result {
    a_session(cx).await?;
    alone(cx)?;
    cx.peer.signal(Signal::TERM)?;
    ended(cx, "SIGTERM, after a session").await.map(|_| ())
}

/// A server SHOULD end within 5 s of the end of its input, if its output is closed.
#[check(
    mcp,
    shared = "an unknown version",
    last,
    source = "a client that has crashed reads nothing",
    faults(MCP_LIVES_ON_WITHOUT_A_READER)
)]
async fn ends_without_a_reader(cx: &mut Context) -> Result {
    a_session(cx).await?;
    without_a_reader(cx).await?;
    if cx.peer.is_running() {
        leaves(cx, "and of its output").await?;
    }
    Ok(())
}

/// A server SHOULD NOT keep a processor busy when its output is closed.
#[check(mcp, source = "a write that fails once fails again", faults(MCP_SPINS_WITHOUT_A_READER))]
async fn does_not_spin_without_a_reader(cx: &mut Context) -> Result {
    a_session(cx).await?;
    without_a_reader(cx).await?;
    let (before, began) = (cx.peer.work(), Instant::now());
    while began.elapsed() < LONGEST {
        if cx.peer.ends_within(PAUSE).await.is_some() || !cx.peer.is_at_work() {
            return Ok(());
        }
        let worked = cx.peer.work().saturating_sub(before);
        ensure!(
            worked < SPINS,
            "the processor time of a server whose output nobody reads",
            "little, since it has nothing to do",
            format!("{worked:.1?} without a pause, in {:.1?}", began.elapsed())
        );
    }
    Ok(())
}

/// More processor time than any server needs to end.
const SPINS: Duration = Duration::from_millis(1_200);
/// How long a process that wants a processor is waited for.
const LONGEST: Duration = Duration::from_secs(20);
/// The time between two looks.
const PAUSE: Duration = Duration::from_millis(50);

/// Opens a session, or asks a modern server something; lists its tools, if it has any.
async fn a_session(cx: &mut Context) -> Result {
    cx.mcp().barrier().await?;
    match cx.mcp().list(List::TOOLS).await {
        Err(failure) if failure.kind() == Kind::NotOffered => Ok(()),
        listed => listed.map(|_| ()),
    }
}

/// Closes our end of its output, and has it write something.
async fn without_a_reader(cx: &mut Context) -> Result {
    let params = cx.mcp().barrier_params()?;
    cx.peer.stop_reading().await?;
    let method = cx.mcp().barrier_method();
    // The process may end at any time from here on, which is right.
    for _ in 0..3 {
        if cx.peer.send(method, params.clone()).await.is_err() {
            break;
        }
    }
    Ok(())
}

/// Fails as not applicable if the process has started others: a wrapper such as `npx`, or helpers.
/// A signal to the first process then says nothing about the server.
fn alone(cx: &Context) -> Result {
    let others = cx.peer.descendants();
    if others.is_empty() {
        return Ok(());
    }
    let names = others.join(", ");
    Err(Failure::lacks("a server in one process").note(format!("started   {names}")))
}

/// Ends the input, and waits for the end of the process; `state` says what it was doing.
pub(crate) async fn leaves(cx: &mut Context, state: &str) -> Result<Exit> {
    cx.peer.close_stdin();
    ended(cx, &format!("the end of its input, {state}")).await
}

/// Waits for the end of the process after `event`, and says what stays if it does not come.
async fn ended(cx: &mut Context, event: &str) -> Result<Exit> {
    let (before, began) = (cx.peer.work(), Instant::now());
    let within = cx.peer.settings().exit;
    let failure = match cx.peer.exit().await {
        Ok(exit) => return Ok(exit),
        Err(failure) => failure,
    };
    // On a busy machine it may not have had the time to start, or to end.
    while cx.peer.is_at_work() && began.elapsed() < LONGEST {
        if let Some(exit) = cx.peer.ends_within(PAUSE).await {
            return Ok(exit);
        }
    }
    let (worked, others) = (cx.peer.work().saturating_sub(before), cx.peer.descendants());
    cx.peer.hurry();
    let stays = match others.as_slice() {
        [] => "the process still runs".to_owned(),
        names => format!("the process still runs, and with it {}", names.join(", ")),
    };
    let took = began.elapsed();
    Err(failure.since(
        format!("the process after {event}"),
        format!("its end within {within:?}"),
        format!("{stays}, {took:.1?} later; it used {} ms of processor time", worked.as_millis()),
    ))
}
