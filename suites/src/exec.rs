//! One command, outside of any conversation.

use harness::failure::{OrInconclusive, Result};
use harness::fifo::Fifo;
use harness::message::{Reply, code};
use harness::{Context, Dialect, check, ensure, ensure_eq, ensure_includes};
use serde_json::{Value, json};

use crate::v2::add;
use crate::words::greet;

/// Asks for a command with these members besides, and waits for the answer.
async fn run(cx: &mut Context, command: &[&str], more: Value) -> Result<Reply> {
    let mut params = json!({ "command": command });
    add(&mut params, more);
    cx.peer.request(method(cx), params).await
}

/// Releases tell it as an error or by a code; a success is neither.
fn no_success(reply: &Reply) -> Result {
    let code = match reply.is_error() {
        true => None,
        false => reply.result()?["exitCode"].as_i64(),
    };
    ensure!(code != Some(0), "the answer", "an error, or the code of a failure", "code 0");
    Ok(())
}

fn method(cx: &Context) -> &'static str {
    if cx.dialect() == Dialect::V1 { "execOneOffCommand" } else { "command/exec" }
}

/// A server MUST return the exit code and both outputs of a command, whatever the code is.
#[check(
    v1,
    v2(since = "0.66"),
    source = "app-server README, command/exec; every release does",
    faults(EXEC_CODE_UNTOLD)
)]
async fn code_and_outputs_are_returned(cx: &mut Context) -> Result {
    greet(cx).await?;
    let line = "printf 'ñ on stdout'; printf 'on stderr' >&2; exit 7";
    let reply = run(cx, &["sh", "-c", line], Value::Null).await?;
    let wanted = json!({ "exitCode": 7, "stdout": "ñ on stdout", "stderr": "on stderr" });
    ensure_includes!(*reply.result()?, wanted, "the result of the command");
    let reply = run(cx, &["true"], Value::Null).await?;
    let wanted = json!({ "exitCode": 0, "stdout": "", "stderr": "" });
    ensure_includes!(*reply.result()?, wanted, "the result of a command that says nothing");
    Ok(())
}

/// A server MUST NOT return the code of a success for a command that a signal has ended.
#[check(v1, v2(since = "0.66"), source = "every release does", faults(KILLED_IS_A_SUCCESS))]
async fn a_killed_command_is_no_success(cx: &mut Context) -> Result {
    greet(cx).await?;
    let reply = run(cx, &["sh", "-c", "kill -9 $$"], Value::Null).await?;
    no_success(&reply)
}

/// A server MUST run a command in the directory that the request names, or else in its own.
#[check(
    v1,
    v2(since = "0.66"),
    source = "app-server README, command/exec: cwd",
    faults(EXEC_DIRECTORY_IGNORED)
)]
async fn runs_where_it_is_told(cx: &mut Context) -> Result {
    let own = cx.home.work().to_owned();
    let named = cx.home.path().to_owned();
    greet(cx).await?;
    for (more, place) in [(Value::Null, own), (json!({ "cwd": &named }), named)] {
        let reply = run(cx, &["pwd", "-P"], more).await?;
        let told = reply.result()?["stdout"].as_str().unwrap_or_default().to_owned();
        ensure_eq!(told, format!("{}\n", place.display()), "where the command ran");
    }
    Ok(())
}

/// A server MUST take every word of a command as it is, without a shell.
#[check(
    v1,
    v2(since = "0.66"),
    source = "app-server README, command/exec: command is argv",
    faults(EXEC_THROUGH_A_SHELL)
)]
async fn words_are_taken_as_they_are(cx: &mut Context) -> Result {
    greet(cx).await?;
    let reply = run(cx, &["printf", "<%s>", "$HOME", "a b", ";", "*", ""], Value::Null).await?;
    ensure_eq!(reply.result()?["stdout"], "<$HOME><a b><;><*><>", "what the command was given");
    Ok(())
}

/// A server MUST refuse a command without words.
#[check(v1, v2(since = "0.66"), source = "every release does", faults(EXEC_OF_NOTHING))]
async fn no_words_are_refused(cx: &mut Context) -> Result {
    greet(cx).await?;
    let refused = run(cx, &[], Value::Null).await?;
    ensure_eq!(refused.error_code()?, code::INVALID_REQUEST, "error for a command without words");
    Ok(())
}

/// A server MUST answer with an error when there is no such program.
#[check(v1, v2(since = "0.66"), source = "every release does", faults(MISSING_PROGRAM_IS_A_RESULT))]
async fn a_missing_program_is_an_error(cx: &mut Context) -> Result {
    greet(cx).await?;
    let refused = run(cx, &["/no/such/program"], Value::Null).await?;
    ensure_eq!(refused.error_code()?, code::INTERNAL_ERROR, "error for a missing program");
    Ok(())
}

/// A server MUST end a command at the limit of its request, and not report a success.
#[check(
    v1,
    v2(since = "0.66"),
    source = "app-server README, command/exec: timeoutMs",
    faults(EXEC_LIMIT_IGNORED)
)]
async fn ends_at_its_limit(cx: &mut Context) -> Result {
    greet(cx).await?;
    let reply = run(cx, &["sleep", "300"], json!({ "timeoutMs": 200 })).await?;
    no_success(&reply)
}

/// A server MUST give a command nothing to read, and not its own input.
#[check(
    v1,
    v2(since = "0.66"),
    source = "stdin belongs to the protocol; every release does",
    faults(COMMANDS_READ_THE_PROTOCOL)
)]
async fn there_is_nothing_to_read(cx: &mut Context) -> Result {
    greet(cx).await?;
    let reply = run(cx, &["cat"], Value::Null).await?;
    let wanted = json!({ "exitCode": 0, "stdout": "" });
    ensure_includes!(*reply.result()?, wanted, "the result of reading the input");
    Ok(())
}

/// A server MUST answer other requests while a command runs.
#[check(v1, v2(since = "0.66"), source = "every release does", faults(EXEC_BLOCKS))]
async fn others_do_not_wait_for_it(cx: &mut Context) -> Result {
    greet(cx).await?;
    let mut up = Fifo::new(cx.home.join("up"))?;
    let gate = Fifo::new(cx.home.join("gate"))?;
    let line =
        format!("echo up > '{}'; head -n 1 '{}'", up.path().display(), gate.path().display());
    let slow = cx.peer.send(method(cx), json!({ "command": ["sh", "-c", line] })).await?;
    up.line(cx.peer.settings().wait).await?;
    let reply = run(cx, &["echo", "meanwhile"], Value::Null).await?;
    ensure_eq!(reply.result()?["stdout"], "meanwhile\n", "what the other command said");
    std::fs::write(gate.path(), "go\n").or_inconclusive("writing to a named pipe")?;
    let reply = cx.peer.answer(&slow).await?;
    ensure_eq!(reply.result()?["stdout"], "go\n", "what the slow command said");
    Ok(())
}

/// A server MUST run a command with the variables of its request besides its own, and without those that are null in it.
#[check(
    v2(since = "0.113"),
    source = "app-server README, command/exec: env",
    faults(EXEC_VARIABLES_IGNORED)
)]
async fn variables_are_added_and_taken_away(cx: &mut Context) -> Result {
    greet(cx).await?;
    let line = "echo \"$ADDED-${TZ-none}-${LANG:+kept}\"";
    let env = json!({ "ADDED": "by the request", "TZ": null });
    let reply = run(cx, &["sh", "-c", line], json!({ "env": env })).await?;
    ensure_eq!(reply.result()?["stdout"], "by the request-none-kept\n", "the variables");
    Ok(())
}

/// A server MUST keep no more of each output than the request asks for.
#[check(
    v2(since = "0.113"),
    source = "app-server README, command/exec: outputBytesCap",
    faults(EXEC_CAP_IGNORED)
)]
async fn outputs_are_capped(cx: &mut Context) -> Result {
    greet(cx).await?;
    let line = "printf 123456789; printf abcdefghi >&2";
    let reply = run(cx, &["sh", "-c", line], json!({ "outputBytesCap": 5 })).await?;
    let wanted = json!({ "exitCode": 0, "stdout": "12345", "stderr": "abcde" });
    ensure_includes!(*reply.result()?, wanted, "the result with a cap of 5 bytes");
    Ok(())
}

/// A server MUST refuse settings of a command that contradict each other or make no sense.
#[check(
    v2(since = "0.113"),
    source = "app-server tests, command_exec",
    faults(EXEC_CONTRADICTIONS_TAKEN)
)]
async fn contradictions_are_refused(cx: &mut Context) -> Result {
    greet(cx).await?;
    for (more, expected) in [
        (json!({ "timeoutMs": 1000, "disableTimeout": true }), code::INVALID_PARAMS),
        (json!({ "outputBytesCap": 5, "disableOutputCap": true }), code::INVALID_PARAMS),
        (json!({ "timeoutMs": -1 }), code::INVALID_PARAMS),
        (json!({ "tty": true }), code::INVALID_REQUEST),
        (json!({ "streamStdin": true }), code::INVALID_REQUEST),
        (json!({ "streamStdoutStderr": true }), code::INVALID_REQUEST),
    ] {
        let refused = run(cx, &["true"], more.clone()).await?;
        ensure_eq!(refused.error_code()?, expected, "error for {more}");
    }
    Ok(())
}
