//! The end of a program: its exit code, and its causes: exit, terminate, timeout, closed connection.

use harness::{Context, Result, check, ensure_eq};
use rustix::process::Signal;
use serde_json::{Value, json};

use super::pipes::Life;
use super::program::{IGNORES_SIGNALS, Program};
use crate::client::ContextExt;

/// Starts a program that does not end by itself, with another one that is deaf to what a terminal
/// says when it goes.
async fn lasting(cx: &mut Context, more: Value) -> Result<(Program, Life)> {
    cx.client().initialize().await?;
    let mut life = Life::new(cx)?;
    let line = format!("{}; {IGNORES_SIGNALS} & wait; sleep 1000", life.begin());
    let program = cx.client().start_program(&line, more).await?;
    life.begun(cx).await?;
    life.begun(cx).await?;
    Ok((program, life))
}

/// A server MUST return the exit code of a program at a terminal or with streamed input and output.
#[check(
    v2(since = "0.113"),
    source = "app-server README, command/exec: exitCode",
    faults(LIVE_CODE_LOST)
)]
async fn the_exit_code_is_returned(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    for more in [json!({ "tty": true }), json!({ "streamStdin": true, "streamStdoutStderr": true })]
    {
        for code in [0, 1, 42, 255] {
            let program = cx.client().start_program(&format!("exit {code}"), more.clone()).await?;
            let what = format!("the code of `exit {code}` with {more}");
            program.over(cx).await?.ended_with(code, &what)?;
        }
    }
    Ok(())
}

/// A server MUST NOT report success for a program that was killed by a signal.
#[check(v2(since = "0.113"), source = "every release does", faults(LIVE_CODE_LOST))]
async fn a_killed_program_is_not_a_success(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    for more in [json!({ "tty": true }), json!({ "streamStdoutStderr": true })] {
        let over = cx.client().start_program("kill -9 $$", more).await?.over(cx).await?;
        over.failed("the code of a program that a signal has ended")?;
    }
    Ok(())
}

/// A server MUST end a program and all processes that it has started on `command/exec/terminate`.
#[check(
    v2(since = "0.113"),
    source = "app-server README, command/exec/terminate; every release does",
    faults(LIVE_CODE_LOST, ONLY_THE_SHELL_ENDS, PROGRAMS_ASKED_TO_END)
)]
async fn terminate_ends_the_program_and_its_children(cx: &mut Context) -> Result {
    for (number, more) in
        [json!({ "tty": true }), json!({ "streamStdin": true })].into_iter().enumerate()
    {
        if number > 0 {
            cx.restart().await;
            std::fs::remove_file(cx.home.work().join("life")).ok();
        }
        let (program, life) = lasting(cx, more).await?;
        program.terminate(cx).await?;
        let over = program.over(cx).await?;
        over.failed("the code of a program that the client has ended")?;
        life.over(cx, "that the client has ended").await?;
    }
    Ok(())
}

/// A server MUST end a program at the time limit of its request with an exit code other than 0.
#[check(
    v2(since = "0.113"),
    source = "app-server README, command/exec: timeoutMs",
    faults(LIVE_LIMIT_IGNORED)
)]
async fn it_ends_at_its_limit(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let more = json!({ "tty": true, "timeoutMs": 200 });
    let over = cx.client().start_program("sleep 1000", more).await?.over(cx).await?;
    over.failed("the code of a program that took longer than it may")
}

/// Closes the connection; over stdio that is the end of the server, too.
async fn leave(cx: &mut Context) -> Result {
    cx.peer.close_stdin();
    if cx.peer.transport().listens() {
        return Ok(());
    }
    cx.peer.exit().await.map(|_| ())
}

/// A server MUST end a program at a terminal and all processes that it has started when the
/// connection is closed.
#[check(
    v2(since = "0.113"),
    source = "app-server README, command/exec: programs are bound to their connection; app-server tests, command_exec",
    faults(PROGRAMS_SURVIVE_THE_CONNECTION)
)]
async fn a_closed_connection_ends_a_program_at_a_terminal(cx: &mut Context) -> Result {
    let (_program, life) = lasting(cx, json!({ "tty": true })).await?;
    leave(cx).await?;
    life.over(cx, "whose connection was closed").await
}

/// A server MUST end a program without a terminal and all processes that it has started when the
/// connection is closed.
#[check(
    v2(since = "0.113"),
    source = "app-server README, command/exec: programs are bound to their connection; app-server tests, command_exec",
    faults(PROGRAMS_SURVIVE_THE_CONNECTION)
)]
async fn a_closed_connection_ends_a_program_without_a_terminal(cx: &mut Context) -> Result {
    let (_program, life) = lasting(cx, json!({ "streamStdin": true })).await?;
    leave(cx).await?;
    life.over(cx, "whose connection was closed").await
}

/// A server MUST end both itself and a program at a terminal on SIGTERM.
#[check(
    v2(since = "0.113"),
    source = "nobody is left to talk to it; every release does",
    faults(IGNORES_SIGTERM_BESIDE_A_PROGRAM)
)]
async fn sigterm_ends_the_server_and_the_program(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let mut life = Life::new(cx)?;
    cx.client().at_terminal(&format!("{}; exec sleep 1000", life.begin())).await?;
    life.begun(cx).await?;
    cx.peer.signal(Signal::TERM)?;
    cx.peer.exit().await?;
    life.over(cx, "whose server got SIGTERM").await
}

/// A server MUST serve other requests while a program waits for input.
#[check(v2(since = "0.113"), source = "every release does", faults(ONE_PROGRAM_AT_A_TIME))]
async fn others_are_served_meanwhile(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let mut waiting = cx.client().at_terminal("echo up; read line; exit 4").await?;
    waiting.until(cx, "up\r\n").await?;
    let other =
        cx.client().start_program_as("another", "echo meanwhile", json!({ "tty": true })).await?;
    other.over(cx).await?.said(b"meanwhile\r\n", "the output of another program meanwhile")?;
    let reply = cx.peer.request("command/exec", json!({ "command": ["true"] })).await?;
    ensure_eq!(reply.result()?["exitCode"], 0, "the code of a command without an id, meanwhile");
    waiting.write(cx, b"go on\n").await?;
    waiting.over(cx).await?.ended_with(4, "the end of the program that had waited")
}
