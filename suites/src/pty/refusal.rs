//! Invalid requests about programs: rejected, without an effect on running programs.

use harness::{Context, Reply, Result, check, code};
use serde_json::{Value, json};

use super::program::Program;
use crate::client::ContextExt;

/// Expects a refusal of what was asked; which of the two codes it has depends on what is wrong with
/// it.
#[track_caller]
fn refused(reply: &Reply, what: &str) -> Result {
    reply.refused_with(&[code::INVALID_REQUEST, code::INVALID_PARAMS], what).map(|_| ())
}

/// Starts a copy of its input at a terminal, and waits until it runs.
async fn copying(cx: &mut Context) -> Result<Program> {
    cx.client().initialize().await?;
    let mut program = cx.client().at_terminal("echo up; exec cat").await?;
    program.until(cx, "up\r\n").await?;
    Ok(program)
}

/// Fails unless the program still does what it reads.
async fn goes_on(cx: &mut Context, mut program: Program) -> Result {
    program.write(cx, b"still here\n\x04").await?;
    program.until(cx, "still here\r\nstill here\r\n").await?;
    program.over(cx).await?.ended_with(0, "the exit code of an unaffected program")
}

/// A server MUST reject a write, a resize or a termination with an unknown process id.
#[check(
    v2(since = "0.113"),
    source = "app-server tests, command_exec: no active command/exec for process id",
    faults(UNKNOWN_PROGRAMS_OBEY),
    shared
)]
async fn an_unknown_id_is_rejected(cx: &mut Context) -> Result {
    let program = copying(cx).await?;
    for (verb, more) in verbs() {
        let reply = cx.client().exec_call(verb, "unknown", more).await?;
        refused(&reply, &format!("`command/exec/{verb}` with an unknown id"))?;
    }
    goes_on(cx, program).await
}

/// A server MUST reject a write, a resize or a termination of a program that has ended.
#[check(
    v2(since = "0.113"),
    source = "app-server tests, command_exec: no active command/exec for process id",
    faults(UNKNOWN_PROGRAMS_OBEY),
    shared
)]
async fn the_id_of_an_ended_program_is_rejected(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let program = cx.client().at_terminal("true").await?;
    program.over(cx).await?;
    for (verb, more) in verbs() {
        let reply = forgotten(cx, &program, verb, more).await?;
        refused(&reply, &format!("`command/exec/{verb}` of a program that has ended"))?;
    }
    Ok(())
}

/// Asks for something to be done to a program that has ended, until the server has forgotten it:
/// releases do so a moment after the answer, and none bounds that moment.
async fn forgotten(cx: &mut Context, program: &Program, verb: &str, more: Value) -> Result<Reply> {
    let mut reply = program.call(cx, verb, more.clone()).await?;
    for _ in 0..20 {
        if reply.is_error() {
            break;
        }
        cx.client().at_terminal("true").await?.over(cx).await?;
        reply = program.call(cx, verb, more.clone()).await?;
    }
    Ok(reply)
}

fn verbs() -> [(&'static str, Value); 3] {
    [
        ("write", json!({ "deltaBase64": "eA==" })),
        ("resize", json!({ "size": { "rows": 10, "cols": 10 } })),
        ("terminate", json!({})),
    ]
}

/// A server MUST reject a second program with the process id of a running one.
#[check(
    v2(since = "0.113"),
    source = "app-server tests, command_exec: duplicate active command/exec process id",
    faults(IDS_SHARED),
    shared
)]
async fn an_id_in_use_is_rejected(cx: &mut Context) -> Result {
    let program = copying(cx).await?;
    for more in [json!({ "tty": true }), json!({ "streamStdin": true }), json!({})] {
        let second =
            cx.client().start_program_as(&program.id, "exec sleep 0", more.clone()).await?;
        let what = format!("a second program of the same id, with {more}");
        refused(&second.end(cx).await?, &what)?;
    }
    goes_on(cx, program).await
}

/// A server MUST accept the process id of an ended program for a new one.
#[check(v2(since = "0.113"), source = "every release does", faults(IDS_USED_UP), shared)]
async fn the_id_of_an_ended_program_can_be_reused(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    for number in 1..=3 {
        let line = format!("echo run {number}");
        let mut program =
            cx.client().start_program_as("the same", &line, json!({ "tty": true })).await?;
        let mut reply = program.end(cx).await?;
        // As above: it is free a moment after the answer, and none bounds that moment.
        for _ in 0..20 {
            if !reply.is_error() {
                break;
            }
            cx.client().at_terminal("true").await?.over(cx).await?;
            program =
                cx.client().start_program_as("the same", &line, json!({ "tty": true })).await?;
            reply = program.end(cx).await?;
        }
        let over = program.ended(cx, &reply)?;
        let wanted = format!("run {number}\r\n");
        over.said(wanted.as_bytes(), &format!("the output of run {number} with the same id"))?;
    }
    Ok(())
}

/// A server MUST reject a write to a stdin that the client has closed.
#[check(v2(since = "0.113"), source = "every release does", faults(WRITES_AFTER_CLOSING), shared)]
async fn a_write_after_closing_is_rejected(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let mut program = cx.client().at_pipes("cat; echo closed; exec sleep 1000").await?;
    program.close(cx).await?;
    program.until(cx, "closed\n").await?;
    let reply = program.call(cx, "write", json!({ "deltaBase64": "eA==" })).await?;
    refused(&reply, "a write to an input that was closed")?;
    program.terminate(cx).await?;
    program.over(cx).await.map(|_| ())
}

/// A server MUST reject a write to a program whose stdin is not streamed.
#[check(
    v2(since = "0.113"),
    source = "app-server README, command/exec: streamStdin; every release does",
    faults(WRITES_WITHOUT_AN_INPUT),
    shared
)]
async fn a_write_without_streamed_stdin_is_rejected(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let more = json!({ "streamStdoutStderr": true });
    let mut program = cx.client().start_program("echo up; exec sleep 1000", more).await?;
    program.until(cx, "up\n").await?;
    let reply = program.call(cx, "write", json!({ "deltaBase64": "eA==" })).await?;
    refused(&reply, "a write to a program whose input is not streamed")?;
    program.terminate(cx).await?;
    program.over(cx).await.map(|_| ())
}

/// A server MUST reject a size for a program without a terminal.
#[check(
    v2(since = "0.113"),
    source = "app-server README, command/exec: size only with tty; every release does",
    faults(PIPES_RESIZED),
    shared
)]
async fn a_size_without_a_terminal_is_rejected(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let size = json!({ "size": { "rows": 10, "cols": 10 } });
    let mut program = cx.client().at_pipes("echo up; exec sleep 1000").await?;
    program.until(cx, "up\n").await?;
    let reply = program.call(cx, "resize", size.clone()).await?;
    refused(&reply, "a new size for a program without a terminal")?;
    program.terminate(cx).await?;
    program.over(cx).await?;
    let reply = cx.client().start_program("true", size).await?.end(cx).await?;
    refused(&reply, "a program without a terminal, and a size for it")
}

/// A server MUST reject a terminal size with zero rows or zero columns.
#[check(
    v2(since = "0.113"),
    source = "app-server README, command/exec: size; every release does",
    faults(SIZE_OF_NOTHING),
    shared
)]
async fn a_size_of_zero_is_rejected(cx: &mut Context) -> Result {
    let program = copying(cx).await?;
    for (rows, cols) in [(0, 80), (24, 0)] {
        let size = json!({ "size": { "rows": rows, "cols": cols } });
        let reply = program.call(cx, "resize", size).await?;
        refused(&reply, &format!("a new size of {rows} rows and {cols} columns"))?;
        let more = json!({ "tty": true, "size": { "rows": rows, "cols": cols } });
        let reply = cx.client().start_program("true", more).await?.end(cx).await?;
        refused(&reply, &format!("a terminal of {rows} rows and {cols} columns"))?;
    }
    goes_on(cx, program).await
}

/// A server MUST reject a write whose `deltaBase64` is not valid base64.
#[check(
    v2(since = "0.113"),
    source = "app-server README, command/exec/write: deltaBase64; every release does",
    faults(RUBBISH_WRITTEN),
    shared
)]
async fn invalid_base64_is_rejected(cx: &mut Context) -> Result {
    let program = copying(cx).await?;
    for text in ["!!!", "not base64"] {
        let reply = program.call(cx, "write", json!({ "deltaBase64": text })).await?;
        refused(&reply, &format!("a write of {text:?}"))?;
    }
    goes_on(cx, program).await
}

/// A server MUST reject a write that has neither data nor `closeStdin`.
#[check(
    v2(since = "0.113"),
    source = "app-server README, command/exec/write: deltaBase64 and/or closeStdin; every release does",
    faults(WRITE_OF_NOTHING),
    shared
)]
async fn an_empty_write_is_rejected(cx: &mut Context) -> Result {
    let program = copying(cx).await?;
    let reply = program.call(cx, "write", json!({})).await?;
    refused(&reply, "a write that neither writes nor closes anything")?;
    goes_on(cx, program).await
}
