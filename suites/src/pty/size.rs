//! The size of a terminal, and the signal when it changes.

use harness::{Context, Result, check, ensure};
use serde_json::json;

use super::pipes::Gate;
use super::program::shown;
use crate::client::ContextExt;

/// A server MUST create a terminal with the requested number of rows and columns.
#[check(
    v2(since = "0.113"),
    source = "app-server README, command/exec: size",
    faults(FIRST_SIZE_IGNORED, ROWS_AND_COLUMNS_SWAPPED),
    shared
)]
async fn a_terminal_is_as_large_as_asked_for(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    for (rows, cols) in [(31, 101), (1, 1), (200, 1000)] {
        let more = json!({ "tty": true, "size": { "rows": rows, "cols": cols } });
        let over = cx.client().start_program("stty size", more).await?.over(cx).await?;
        let wanted = format!("{rows} {cols}\r\n");
        over.said(wanted.as_bytes(), "rows and columns of the terminal at the start")?;
    }
    Ok(())
}

/// A server MUST create a terminal with at least one row and one column when the request has no
/// size.
#[check(
    v2(since = "0.113"),
    source = "programs cannot lay anything out on it; every release has 24 by 80",
    faults(TERMINALS_WITHOUT_A_SIZE),
    shared
)]
async fn a_terminal_always_has_a_size(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let over = cx.client().at_terminal("stty size").await?.over(cx).await?;
    let text = String::from_utf8_lossy(&over.stdout).into_owned();
    let numbers: Vec<u32> = text.split_whitespace().filter_map(|word| word.parse().ok()).collect();
    ensure!(
        matches!(numbers[..], [rows, cols] if rows > 0 && cols > 0),
        "rows and columns of a terminal for which no size was given",
        "two numbers that are not 0",
        shown(&over.stdout)
    );
    Ok(())
}

/// A server SHOULD create a terminal with 24 rows and 80 columns when the request has no size.
#[check(
    v2(since = "0.113"),
    source = "the size of terminals for half a century; every release does",
    faults(TERMINALS_WITHOUT_A_SIZE),
    shared
)]
async fn a_terminal_has_the_usual_default_size(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let over = cx.client().at_terminal("stty size").await?.over(cx).await?;
    over.said(b"24 80\r\n", "rows and columns of a terminal for which no size was given")
}

/// A server MUST change the size of a terminal on `command/exec/resize`.
#[check(
    v2(since = "0.113"),
    source = "app-server README, command/exec/resize",
    faults(RESIZE_IGNORED, ROWS_AND_COLUMNS_SWAPPED),
    shared
)]
async fn a_program_sees_the_new_size(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let gate = Gate::new(cx, "gate")?;
    let line = format!("stty size; {}; stty size", gate.wait());
    let more = json!({ "tty": true, "size": { "rows": 20, "cols": 40 } });
    let mut program = cx.client().start_program(&line, more).await?;
    program.until(cx, "20 40\r\n").await?;
    program.resize(cx, 33, 99).await?;
    gate.open()?;
    let over = program.over(cx).await?;
    over.said(
        b"20 40\r\n33 99\r\n",
        "rows and columns, before and after the client has changed them",
    )
}

/// A server MUST send SIGWINCH to a program when its terminal is resized.
#[check(
    v2(since = "0.113"),
    source = "tty_ioctl(4), TIOCSWINSZ; every release does",
    faults(RESIZE_IGNORED, ROWS_AND_COLUMNS_SWAPPED),
    shared
)]
async fn a_resize_sends_sigwinch(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    // What waits for another process, and for nothing that is written, notices nothing but the
    // signal.
    let gate = Gate::new(cx, "gate")?;
    let wait = format!("{} & until wait $!; do :; done; exit 6", gate.wait());
    let line = format!("trap 'echo now: $(stty size)' WINCH; echo up; {wait}");
    let mut program = cx.client().at_terminal(&line).await?;
    program.until(cx, "up\r\n").await?;
    for (rows, cols) in [(33, 99), (50, 132)] {
        program.resize(cx, rows, cols).await?;
        program.until(cx, &format!("now: {rows} {cols}\r\n")).await?;
    }
    gate.open()?;
    program.over(cx).await?.ended_with(6, "the end of a program after two changes of size")
}
