//! Exits in the middle of a turn, an approval or a line, and on other signals.

use harness::{Context, Exit, OrInconclusive, Result, check, ensure};
use mock_model::{runs_command, says};
use rustix::process::Signal;

use super::ensure_ended_by;
use crate::client::{ContextExt, Start};

/// Sends a signal and waits for the end that it brings about.
async fn ended_by(cx: &mut Context, signal: Signal) -> Result {
    cx.peer.signal(signal)?;
    let exit = cx.peer.exit().await?;
    ensure_ended_by(signal, exit, format!("exit on {signal:?}"))
}

/// A server MUST exit with code 0 or by the signal on SIGINT.
#[check(v1, v2, source = "POSIX; every release does", faults(IGNORES_SIGINT))]
async fn sigint_ends_it(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    ended_by(cx, Signal::INT).await
}

/// A server MUST exit with code 0 or by the signal on SIGTERM while the model is still answering.
#[check(
    v1,
    v2,
    source = "POSIX; every release does",
    stdio = "a server that listens may first wait for the end of running turns",
    faults(IGNORES_SIGTERM_IN_A_TURN)
)]
async fn sigterm_ends_it_in_a_turn(cx: &mut Context) -> Result {
    let thread = cx.client().start().await?;
    cx.model.script([says("never said").hold("answer")]);
    cx.client().begin_turn(&thread, "hello").await?;
    cx.model.reached("answer").await.or_inconclusive("waiting for the model to be asked")?;
    ended_by(cx, Signal::TERM).await
}

/// A server MUST exit with code 0 or by the signal on SIGTERM while an approval is pending.
#[check(
    v1,
    v2,
    source = "POSIX; every release does",
    stdio = "a server that listens may first wait for the end of running turns",
    faults(IGNORES_SIGTERM_IN_A_TURN)
)]
async fn sigterm_ends_it_with_an_approval_pending(cx: &mut Context) -> Result {
    pending_approval(cx).await?;
    ended_by(cx, Signal::TERM).await
}

/// A server SHOULD exit with code 0 at the end of input while an approval is pending.
#[check(
    v1,
    v2,
    source = "no client can answer; 0.98 waits for the answer",
    stdio = "a server that listens goes on when a client leaves",
    faults(EOF_WAITS_FOR_APPROVALS)
)]
async fn end_of_input_with_an_approval_pending_ends_it(cx: &mut Context) -> Result {
    pending_approval(cx).await?;
    cx.peer.close_stdin();
    ended(cx).await
}

/// A server MUST exit with code 0 at an end of input in the middle of a line.
#[check(
    v1,
    v2,
    source = "a client may be killed while it writes; every release does",
    stdio = "a server that listens goes on when a client leaves",
    faults(END_IN_A_LINE_IS_A_FAILURE)
)]
async fn end_of_input_in_a_line_ends_it(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    cx.peer.send_bytes(b"{\"id\":77,\"method\":\"proc").await?;
    cx.peer.close_stdin();
    ended(cx).await
}

async fn ended(cx: &mut Context) -> Result {
    let exit = cx.peer.exit().await?;
    ensure!(exit == Exit::Code(0), "exit at the end of input", "code 0", exit.to_string());
    Ok(())
}

/// A turn that waits for an approval.
async fn pending_approval(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    cx.client().hold_approvals();
    let asked = Start { approval: Some("untrusted"), ..Start::default() };
    let thread = cx.client().start_with(asked).await?;
    cx.model.script([runs_command("touch made"), says("done")]);
    cx.client().begin_turn(&thread, "run it").await?;
    cx.client().approval().await.map(|_| ())
}

/// A server MUST terminate a running command that ignores SIGTERM when the server itself ends on
/// SIGTERM.
#[check(
    v2(fixed_in("0.160", "a command that ignores SIGTERM outlives the server")),
    source = "SIGKILL cannot be ignored; every release since does",
    stdio = "a server that listens may first wait for the end of running turns",
    faults(COMMANDS_ASKED_TO_END)
)]
async fn sigterm_ends_a_command_that_ignores_sigterm(cx: &mut Context) -> Result {
    let thread = cx.client().start().await?;
    let mut up = harness::Fifo::new(cx.home.join("up"))?;
    let line = format!("trap '' TERM HUP INT; echo up > {}; exec sleep 1000", up.path().display());
    cx.model.script([runs_command(&line), says("done")]);
    cx.client().begin_turn(&thread, "run it").await?;
    let within = cx.peer.settings().wait;
    up.line(within).await?;
    cx.peer.signal(Signal::TERM)?;
    // Whether the command is gone is found by the leak check that follows every check.
    cx.peer.exit().await.map(|_| ())
}
