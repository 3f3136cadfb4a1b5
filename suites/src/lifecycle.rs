//! The exit of a server: at end of input or on a signal, without leftover processes.

pub mod home;
pub mod moments;

use harness::{Context, Exit, Fifo, OrInconclusive, Result, check, ensure, ensure_eq};
use mock_model::{runs_command, says};
use rustix::process::Signal;

use crate::client::ContextExt;

/// A server MUST exit with code 0 at the end of input.
#[check(
    v1,
    v2,
    source = "app-server tests, stdin EOF; every release does",
    stdio = "a server that listens goes on when a client leaves",
    faults(
        EXIT_CODE,
        IGNORES_EOF,
        CHILD_LEFT_BEHIND,
        END_NOT_NOTICED,
        ENDS_BY_SIGNAL,
        EXIT_CODE_ALTERED,
        STDIN_NEVER_CLOSED
    )
)]
async fn end_of_input_ends_it(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    ends_with_its_input(cx).await
}

/// A server MUST exit with code 0 at the end of input before `initialize`.
#[check(
    v1,
    v2,
    source = "app-server tests, stdin EOF; every release does",
    stdio = "a server that listens goes on when a client leaves",
    faults(EXIT_CODE, IGNORES_EARLY_EOF, STDIN_NEVER_CLOSED)
)]
async fn end_of_input_before_initialize_ends_it(cx: &mut Context) -> Result {
    cx.peer.start()?;
    ends_with_its_input(cx).await
}

/// A server MUST exit with code 0 at the end of input after a turn.
#[check(
    v1,
    v2,
    source = "app-server tests, stdin EOF; every release does",
    stdio = "a server that listens goes on when a client leaves",
    faults(EXIT_CODE, IGNORES_EOF_AFTER_A_TURN)
)]
async fn end_of_input_after_a_turn_ends_it(cx: &mut Context) -> Result {
    let thread = cx.client().start().await?;
    cx.model.script([says("done")]);
    cx.client().turn(&thread, "hello").await?;
    ends_with_its_input(cx).await
}

/// A server SHOULD exit with code 0 at the end of input while the model is still answering.
#[check(
    v1,
    v2,
    source = "nobody is left to read the answer; 0.98 waits for the model",
    stdio = "a server that listens goes on when a client leaves",
    faults(EOF_WAITS_FOR_TURNS)
)]
async fn end_of_input_in_a_turn_ends_it(cx: &mut Context) -> Result {
    let thread = cx.client().start().await?;
    cx.model.script([says("never said").hold("answer")]);
    cx.client().begin_turn(&thread, "hello").await?;
    cx.model.reached("answer").await.or_inconclusive("waiting for the model to be asked")?;
    ends_with_its_input(cx).await
}

/// A server SHOULD exit with code 0 at the end of input without leaving the running command behind.
#[check(
    v1,
    v2,
    source = "nobody is left to stop the command; 0.98 lets it run",
    stdio = "a server that listens goes on when a client leaves",
    faults(EOF_WAITS_FOR_TURNS, EXIT_LEAVES_COMMAND)
)]
async fn end_of_input_ends_the_running_command(cx: &mut Context) -> Result {
    running_command(cx).await?;
    ends_with_its_input(cx).await?;
    // Whether the command is gone is found by the leak check that follows every check.
    Ok(())
}

/// A server MUST exit with code 0 or by the signal on SIGTERM.
#[check(
    v1,
    v2,
    source = "POSIX; every release does",
    faults(EXIT_CODE, IGNORES_SIGTERM, SIGNALS_NOT_PASSED_ON)
)]
async fn sigterm_ends_it(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    cx.peer.signal(Signal::TERM)?;
    let exit = ended(cx, "after SIGTERM").await?;
    ensure_ended_by(Signal::TERM, exit, "how the subject ended after SIGTERM")
}

/// Fails unless the process has ended with code 0, or by this signal.
pub(crate) fn ensure_ended_by(signal: Signal, exit: Exit, what: impl Into<String>) -> Result {
    let orderly = exit == Exit::Code(0) || exit == Exit::Signal(signal.as_raw());
    ensure!(orderly, what, "code 0, or the signal itself", exit.to_string());
    Ok(())
}

/// A server MUST terminate the running command when the server itself ends on SIGTERM.
#[check(
    v1,
    v2,
    source = "every release does",
    stdio = "a server that listens may first wait for the end of running turns",
    faults(EXIT_LEAVES_COMMAND)
)]
async fn sigterm_ends_the_running_command(cx: &mut Context) -> Result {
    running_command(cx).await?;
    cx.peer.signal(Signal::TERM)?;
    ended(cx, "after SIGTERM").await.map(|_| ())
}

/// A server MUST exit with a code other than 0 and without output on stdout when its home does not
/// exist.
#[check(v1, v2, source = "every release does", faults(MISSING_HOME_CREATED, EXIT_CODE_HIDDEN))]
async fn a_missing_home_is_refused(cx: &mut Context) -> Result {
    let missing = cx.home.join("no/such/home");
    cx.env("CODEX_HOME", missing);
    cx.peer.start()?;
    // Several releases, up to 0.98, do not get past a read of stdin that has begun: some of their
    // starts would hang.
    cx.peer.close_stdin();
    let exit = ended(cx, "when its home does not exist").await?;
    ensure!(
        matches!(exit, Exit::Code(code) if code != 0),
        "how the subject ended when its home did not exist",
        "an exit code that is not 0",
        exit.to_string()
    );
    let said = cx.peer.transcript().map_or(0, |transcript| transcript.entries().len());
    ensure_eq!(said, 0, "lines on stdout");
    Ok(())
}

/// Closes the subject's stdin and fails unless it exits with code 0.
async fn ends_with_its_input(cx: &mut Context) -> Result {
    cx.peer.close_stdin();
    let exit = ended(cx, "after its stdin was closed").await?;
    let what = "how the subject ended after its stdin was closed";
    ensure!(exit == Exit::Code(0), what, "exit code 0", exit.to_string());
    Ok(())
}

/// Waits until the subject has ended by itself.
async fn ended(cx: &mut Context, when: &str) -> Result<Exit> {
    cx.peer.exit().await.map_err(|failure| failure.within(when))
}

/// Lets the model run a command that does not end by itself, and waits until it runs.
async fn running_command(cx: &mut Context) -> Result {
    let thread = cx.client().start().await?;
    let mut up = Fifo::new(cx.home.join("up"))?;
    let command = format!("echo up > {}; exec sleep 1000", up.path().display());
    cx.model.script([runs_command(&command), says("done")]);
    cx.client().begin_turn(&thread, "run it").await?;
    let within = cx.peer.settings().wait;
    up.line(within).await.map(|_| ())
}
