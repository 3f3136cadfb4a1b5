//! The environment of a program that is started at a terminal.

use harness::{Context, Result, check, ensure, ensure_eq};
use serde_json::json;

use super::program::shown;
use crate::client::ContextExt;

/// A server MUST connect stdin, stdout and stderr of a program with `tty` to a terminal.
#[check(
    v2(since = "0.113"),
    source = "app-server README, command/exec: tty",
    faults(TERMINAL_IS_A_PIPE),
    shared
)]
async fn the_program_has_a_terminal(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let line = "for fd in 0 1 2; do test -t $fd && echo $fd; done; true";
    let over = cx.client().at_terminal(line).await?.over(cx).await?;
    over.said(b"0\r\n1\r\n2\r\n", "which of its streams a program at a terminal finds to be one")
}

/// A server MUST make the terminal of a program its controlling terminal.
#[check(
    v2(since = "0.113"),
    source = "every release does; without it there are no signals from the keyboard",
    faults(TERMINAL_CONTROLS_NOTHING),
    shared
)]
async fn it_is_the_controlling_terminal(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let line = "echo by-name-$((40+2)) 2>/dev/null >/dev/tty || echo there is none";
    let over = cx.client().at_terminal(line).await?.over(cx).await?;
    over.said(b"by-name-42\r\n", "the result of a write to /dev/tty")
}

/// A server MUST NOT connect a program without `tty` to a terminal.
#[check(
    v2(since = "0.113"),
    source = "app-server README, command/exec: tty; every release does",
    faults(ALWAYS_A_TERMINAL),
    shared
)]
async fn a_program_has_no_terminal_unless_requested(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let line = "for fd in 0 1 2; do test -t $fd && echo $fd; done; echo done";
    let program = cx.client().start_program(line, json!({ "streamStdoutStderr": true })).await?;
    let over = program.over(cx).await?;
    over.said(b"done\n", "which streams of a program without a terminal are one")
}

/// A server MUST send all output of a program at a terminal as `stdout`.
#[check(
    v2(since = "0.113"),
    source = "app-server README, command/exec: tty; every release does",
    faults(TERMINAL_STDERR_APART),
    shared
)]
async fn all_output_is_sent_as_stdout(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let line = "echo to-stdout; echo to-stderr >&2; echo to-stdout";
    let over = cx.client().at_terminal(line).await?.over(cx).await?;
    over.said(b"to-stdout\r\nto-stderr\r\nto-stdout\r\n", "the output sent as stdout")?;
    ensure!(over.stderr.is_empty(), "the output sent as stderr", "nothing", shown(&over.stderr));
    Ok(())
}

/// A server MUST start a program at a terminal with the `cwd` and `env` of its request.
#[check(
    v2(since = "0.113"),
    source = "app-server README, command/exec: cwd, env",
    faults(LIVE_DIRECTORY_IGNORED, LIVE_VARIABLES_IGNORED),
    shared
)]
async fn cwd_and_env_apply_to_the_program(cx: &mut Context) -> Result {
    let place = cx.home.path().to_owned();
    cx.client().initialize().await?;
    let env = json!({ "ADDED": "by the request", "TZ": null });
    let more = json!({ "tty": true, "cwd": &place, "env": env });
    let program =
        cx.client().start_program("pwd -P; echo \"$ADDED-${TZ-none}-${LANG:+kept}\"", more).await?;
    let over = program.over(cx).await?;
    let wanted = format!("{}\r\nby the request-none-kept\r\n", place.display());
    over.said(wanted.as_bytes(), "the directory and the variables of the program")
}

/// A server MUST let the client use a shell at a terminal line by line until the shell exits.
#[check(
    v2(since = "0.113"),
    source = "app-server README, command/exec: tty; app-server tests, command_exec",
    faults(LIVE_CODE_LOST),
    shared
)]
async fn a_shell_answers_until_it_exits(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let mut shell = cx.client().shell().await?;
    shell.write(cx, b"remembered=40\n").await?;
    for number in 1..=3 {
        let line = format!("echo answer-$((remembered + {number}))\n");
        shell.write(cx, line.as_bytes()).await?;
        shell.until(cx, &format!("answer-{}\r\n", 40 + number)).await?;
    }
    shell.write(cx, b"exit 7\n").await?;
    let over = shell.over(cx).await?;
    ensure_eq!(over.code(), Some(7), "the code of a shell that ran `exit 7`");
    Ok(())
}
