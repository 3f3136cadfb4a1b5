//! One command, outside of any conversation.

use harness::{
    Context, Fifo, OrInconclusive, Reply, Result, check, code, ensure, ensure_eq, ensure_includes,
    text_at,
};
use serde_json::{Value, json};

use crate::client::ContextExt;

/// Releases report it as an error or by a code; a success is neither.
fn no_success(reply: &Reply) -> Result {
    let code = if reply.is_error() { None } else { reply.result()?["exitCode"].as_i64() };
    ensure!(code != Some(0), "the answer", "an error, or the code of a failure", "code 0");
    Ok(())
}

/// A server MUST return the exit code, the stdout and the stderr of a command, whether it succeeds
/// or fails.
#[check(
    v1,
    v2(since = "0.66"),
    source = "app-server README, command/exec; every release does",
    faults(EXEC_CODE_UNTOLD),
    shared
)]
async fn code_and_outputs_are_returned(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let line = "printf 'ñ on stdout'; printf 'on stderr' >&2; exit 7";
    let reply = cx.client().exec(&["sh", "-c", line], Value::Null).await?;
    let wanted = json!({ "exitCode": 7, "stdout": "ñ on stdout", "stderr": "on stderr" });
    ensure_includes!(*reply.result()?, wanted, "the result of the command");
    let reply = cx.client().exec(&["true"], Value::Null).await?;
    let wanted = json!({ "exitCode": 0, "stdout": "", "stderr": "" });
    ensure_includes!(*reply.result()?, wanted, "the result of a command that says nothing");
    Ok(())
}

/// A server MUST NOT return exit code 0 for a command that was killed by a signal.
#[check(v1, v2(since = "0.66"), source = "every release does", faults(KILLED_IS_A_SUCCESS))]
async fn a_killed_command_is_no_success(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let reply = cx.client().exec(&["sh", "-c", "kill -9 $$"], Value::Null).await?;
    no_success(&reply)
}

/// A server MUST run a command in the `cwd` of the request or, without one, in its own working
/// directory.
#[check(
    v1,
    v2(since = "0.66"),
    source = "app-server README, command/exec: cwd",
    faults(EXEC_DIRECTORY_IGNORED)
)]
async fn runs_in_the_requested_directory(cx: &mut Context) -> Result {
    let own = cx.home.work().to_owned();
    let named = cx.home.path().to_owned();
    cx.client().initialize().await?;
    for (more, place) in [(Value::Null, own), (json!({ "cwd": &named }), named)] {
        let reply = cx.client().exec(&["pwd", "-P"], more).await?;
        let stdout = text_at(reply.result()?, "/stdout", "result of the command")?.to_owned();
        ensure_eq!(stdout, format!("{}\n", place.display()), "where the command ran");
    }
    Ok(())
}

/// A server MUST pass the arguments of a command to the program unchanged, without a shell.
#[check(
    v1,
    v2(since = "0.66"),
    source = "app-server README, command/exec: command is argv",
    faults(EXEC_THROUGH_A_SHELL),
    shared
)]
async fn arguments_are_passed_unchanged(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let reply =
        cx.client().exec(&["printf", "<%s>", "$HOME", "a b", ";", "*", ""], Value::Null).await?;
    ensure_eq!(
        reply.result()?["stdout"],
        "<$HOME><a b><;><*><>",
        "the arguments that the command received"
    );
    Ok(())
}

/// A server MUST reject an empty command with the error code -32600.
#[check(v1, v2(since = "0.66"), source = "every release does", faults(EXEC_OF_NOTHING), shared)]
async fn an_empty_command_is_rejected(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let refused = cx.client().exec(&[], Value::Null).await?;
    ensure_eq!(refused.error_code()?, code::INVALID_REQUEST, "error for a command without words");
    Ok(())
}

/// A server MUST answer a command whose program does not exist with the error code -32603.
#[check(
    v1,
    v2(since = "0.66"),
    source = "every release does",
    faults(MISSING_PROGRAM_IS_A_RESULT),
    shared
)]
async fn a_missing_program_is_an_error(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let refused = cx.client().exec(&["/no/such/program"], Value::Null).await?;
    ensure_eq!(refused.error_code()?, code::INTERNAL_ERROR, "error for a missing program");
    Ok(())
}

/// A server MUST end a command at the time limit of its request without a report of success.
#[check(
    v1,
    v2(since = "0.66"),
    source = "app-server README, command/exec: timeoutMs",
    faults(EXEC_LIMIT_IGNORED),
    shared
)]
async fn ends_at_its_limit(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let reply = cx.client().exec(&["sleep", "300"], json!({ "timeoutMs": 200 })).await?;
    no_success(&reply)
}

/// A server MUST give a command an empty stdin.
#[check(
    v1,
    v2(since = "0.66"),
    source = "stdin belongs to the protocol; every release does",
    faults(COMMANDS_READ_THE_PROTOCOL),
    shared
)]
async fn stdin_is_empty(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let reply = cx.client().exec(&["cat"], Value::Null).await?;
    let wanted = json!({ "exitCode": 0, "stdout": "" });
    ensure_includes!(*reply.result()?, wanted, "the result of reading the input");
    Ok(())
}

/// A server MUST serve other requests while a command runs.
#[check(v1, v2(since = "0.66"), source = "every release does", faults(EXEC_BLOCKS), shared)]
async fn does_not_block_other_requests(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let mut up = Fifo::new(cx.home.work().join("up"))?;
    let gate = Fifo::new(cx.home.work().join("gate"))?;
    let line =
        format!("echo up > '{}'; head -n 1 '{}'", up.path().display(), gate.path().display());
    let slow = cx.client().send_exec(&["sh", "-c", &line], Value::Null).await?;
    up.line(cx.peer.settings().wait).await?;
    let reply = cx.client().exec(&["echo", "meanwhile"], Value::Null).await?;
    ensure_eq!(reply.result()?["stdout"], "meanwhile\n", "the output of the other command");
    std::fs::write(gate.path(), "go\n").or_inconclusive("writing to a named pipe")?;
    let reply = cx.peer.answer(&slow).await?;
    ensure_eq!(reply.result()?["stdout"], "go\n", "the output of the slow command");
    Ok(())
}

/// A server MUST run a command with its own environment as changed by `env`, where `null` removes a
/// variable.
#[check(
    v2(since = "0.113"),
    source = "app-server README, command/exec: env",
    faults(EXEC_VARIABLES_IGNORED),
    shared
)]
async fn env_adds_and_removes_variables(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let line = "echo \"$ADDED-${TZ-none}-${LANG:+kept}\"";
    let env = json!({ "ADDED": "by the request", "TZ": null });
    let reply = cx.client().exec(&["sh", "-c", line], json!({ "env": env })).await?;
    ensure_eq!(reply.result()?["stdout"], "by the request-none-kept\n", "the variables");
    Ok(())
}

/// A server MUST return only the first `outputBytesCap` bytes of each output of a command.
#[check(
    v2(since = "0.113"),
    source = "app-server README, command/exec: outputBytesCap",
    faults(EXEC_CAP_IGNORED),
    shared
)]
async fn outputs_are_capped(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let line = "printf 123456789; printf abcdefghi >&2";
    let reply = cx.client().exec(&["sh", "-c", line], json!({ "outputBytesCap": 5 })).await?;
    let wanted = json!({ "exitCode": 0, "stdout": "12345", "stderr": "abcde" });
    ensure_includes!(*reply.result()?, wanted, "the result with a cap of 5 bytes");
    Ok(())
}

/// A server MUST reject a command with invalid or contradictory settings.
#[check(
    v2(since = "0.113"),
    source = "app-server tests, command_exec",
    faults(EXEC_CONTRADICTIONS_TAKEN),
    shared
)]
async fn invalid_settings_are_rejected(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    for (more, expected) in [
        (json!({ "timeoutMs": 1000, "disableTimeout": true }), code::INVALID_PARAMS),
        (json!({ "outputBytesCap": 5, "disableOutputCap": true }), code::INVALID_PARAMS),
        (json!({ "timeoutMs": -1 }), code::INVALID_PARAMS),
        (json!({ "tty": true }), code::INVALID_REQUEST),
        (json!({ "streamStdin": true }), code::INVALID_REQUEST),
        (json!({ "streamStdoutStderr": true }), code::INVALID_REQUEST),
    ] {
        let refused = cx.client().exec(&["true"], more.clone()).await?;
        ensure_eq!(refused.error_code()?, expected, "error for {more}");
    }
    Ok(())
}
