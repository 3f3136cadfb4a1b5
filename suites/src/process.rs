//! Processes that a client starts and talks to, and whose end is announced.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use harness::{
    Call, Context, Fifo, OrInconclusive, Reply, Result, check, ensure, ensure_eq, ensure_includes,
};
use serde_json::{Value, json};

use crate::bytes::bytes_at;
use crate::client::{ContextExt, add};

/// The announcement of the end of a process.
const EXITED: &str = "process/exited";
/// The announcement of a piece of output.
const OUTPUT: &str = "process/outputDelta";

/// Requests to start a shell with this script, under this handle, in the check's working directory.
async fn spawn(cx: &mut Context, handle: &str, script: &str, more: Value) -> Result<Reply> {
    let mut params = json!({ "processHandle": handle, "command": ["sh", "-c", script],
        "cwd": cx.home.work() });
    add(&mut params, more);
    cx.peer.request("process/spawn", params).await
}

/// Starts a shell.
async fn started(cx: &mut Context, handle: &str, script: &str, more: Value) -> Result {
    spawn(cx, handle, script, more).await?.granted("the answer to `process/spawn`").map(|_| ())
}

/// Waits for the end of a process.
async fn exited(cx: &mut Context, handle: &str) -> Result<Call> {
    let awaited = format!("`{EXITED}` of the process `{handle}`");
    cx.peer
        .next_matching(&awaited, |call| {
            call.method == EXITED && call.params["processHandle"] == handle
        })
        .await
}

/// What was announced of a stream of a process since a place in the conversation.
fn output(cx: &Context, mark: usize, handle: &str, stream: &str) -> Result<Vec<u8>> {
    let calls = cx.peer.calls_since(mark).into_iter().filter(|call| {
        let params = &call.params;
        call.method == OUTPUT && params["processHandle"] == handle && params["stream"] == stream
    });
    let pieces = calls
        .inspect(|call| cx.peer.looked_at(call))
        .map(|call| bytes_at(&call.params, "/deltaBase64", OUTPUT));
    pieces.collect::<Result<Vec<_>>>().map(|pieces| pieces.concat())
}

/// A server MUST answer `process/spawn` while the process runs, and announce its exit code and output
/// when it has ended.
#[check(
    v2(since = "0.147"),
    source = "app-server README, process/spawn and process/exited; every release does",
    faults(PROCESS_ANSWERED_AT_ITS_END, PROCESS_CODE_LOST, PROCESS_OUTPUT_LOST)
)]
async fn the_end_is_announced(cx: &mut Context) -> Result {
    cx.client().initialize_experimental().await?;
    let gate = Fifo::new(cx.home.work().join("gate"))?;
    let wait = format!("head -n 1 '{}' >/dev/null", gate.path().display());
    let script = format!("{wait}; echo out; echo err >&2; exit 3");
    started(cx, "one", &script, Value::Null).await?;
    std::fs::write(gate.path(), "go\n").or_inconclusive("writing to a named pipe")?;
    let end = exited(cx, "one").await?;
    let expected = json!({ "exitCode": 3, "stdout": "out\n", "stderr": "err\n" });
    ensure_includes!(end.params, expected, "the announcement of the end");
    Ok(())
}

/// A server MUST announce the output of a process as it comes when the client asks for it, each
/// stream separately.
#[check(
    v2(since = "0.147"),
    source = "app-server README, process/outputDelta; every release does",
    faults(PROCESS_STREAMS_MIXED, PROCESS_STREAM_REPEATED)
)]
async fn output_is_announced_as_it_comes(cx: &mut Context) -> Result {
    cx.client().initialize_experimental().await?;
    let mark = cx.peer.mark();
    let script = "printf 'a\\377b'; printf err >&2; exit 0";
    started(cx, "one", script, json!({ "streamStdoutStderr": true })).await?;
    let end = exited(cx, "one").await?;
    let streams = [output(cx, mark, "one", "stdout")?, output(cx, mark, "one", "stderr")?];
    ensure_eq!(streams, [b"a\xffb".to_vec(), b"err".to_vec()], "the bytes of stdout and stderr");
    let expected = json!({ "exitCode": 0, "stdout": "", "stderr": "" });
    ensure_includes!(end.params, expected, "the end of a process whose output was announced");
    Ok(())
}

/// A server MUST reject a handle that a running process has, and accept it when that process has
/// ended.
#[check(
    v2(since = "0.147"),
    source = "app-server README, process/spawn: processHandle; every release does",
    faults(PROCESS_HANDLE_SHARED, PROCESS_HANDLE_USED_UP)
)]
async fn a_handle_has_one_process(cx: &mut Context) -> Result {
    cx.client().initialize_experimental().await?;
    started(cx, "same", "sleep 300", Value::Null).await?;
    let again = spawn(cx, "same", "true", Value::Null).await?;
    again.refusal("the answer to a handle that a running process has")?;
    cx.peer.call("process/kill", json!({ "processHandle": "same" })).await?;
    exited(cx, "same").await?;
    started(cx, "same", "exit 7", Value::Null).await?;
    let end = exited(cx, "same").await?;
    ensure_eq!(end.params["exitCode"], 7, "the exit code of the second process");
    Ok(())
}

/// A server MUST end a process on `process/kill`, and announce an exit code other than 0.
#[check(
    v2(since = "0.147"),
    source = "app-server README, process/kill; every release does",
    faults(PROCESS_KILL_IGNORED, PROCESS_CODE_LOST)
)]
async fn a_killed_process_ends(cx: &mut Context) -> Result {
    cx.client().initialize_experimental().await?;
    started(cx, "one", "sleep 300", Value::Null).await?;
    cx.peer.call("process/kill", json!({ "processHandle": "one" })).await?;
    let end = exited(cx, "one").await?;
    let code = &end.params["exitCode"];
    ensure!(code != 0, "the exit code of a process that was killed", "not 0", code.to_string());
    Ok(())
}

/// A server MUST reject requests about a process that is not running.
#[check(v2(since = "0.147"), source = "every release does", faults(UNKNOWN_PROCESS_SERVED))]
async fn an_unknown_process_is_rejected(cx: &mut Context) -> Result {
    cx.client().initialize_experimental().await?;
    started(cx, "ended", "true", Value::Null).await?;
    exited(cx, "ended").await?;
    for handle in ["never", "ended"] {
        let input = json!({ "processHandle": handle, "deltaBase64": "eA==" });
        let kill = json!({ "processHandle": handle });
        for (method, params) in [("process/kill", kill), ("process/writeStdin", input)] {
            let reply = cx.peer.request(method, params).await?;
            reply.refusal(format!("the answer to `{method}` of the process `{handle}`"))?;
        }
    }
    Ok(())
}

/// A server MUST write the bytes of `process/writeStdin` to the process, and close its input on
/// `closeStdin`.
#[check(
    v2(since = "0.147"),
    source = "app-server README, process/writeStdin; every release does",
    faults(PROCESS_INPUT_LOST, PROCESS_INPUT_STAYS_OPEN)
)]
async fn input_reaches_the_process(cx: &mut Context) -> Result {
    cx.client().initialize_experimental().await?;
    let mark = cx.peer.mark();
    let more = json!({ "streamStdin": true, "streamStdoutStderr": true });
    started(cx, "one", "cat", more).await?;
    let content: Vec<u8> = (0..=255).collect();
    let input = json!({ "processHandle": "one", "deltaBase64": STANDARD.encode(&content) });
    cx.peer.call("process/writeStdin", input).await?;
    let close = json!({ "processHandle": "one", "closeStdin": true });
    cx.peer.call("process/writeStdin", close).await?;
    let end = exited(cx, "one").await?;
    ensure_eq!(end.params["exitCode"], 0, "the exit code of a process that reads its input");
    ensure_eq!(output(cx, mark, "one", "stdout")?, content, "the bytes that came back");
    Ok(())
}

/// A server MUST reject `process/spawn` with an empty command, with an empty handle, or for a program
/// that does not exist.
#[check(
    v2(since = "0.147"),
    source = "every release does",
    faults(PROCESS_OF_NOTHING, PROCESS_WITHOUT_A_HANDLE, MISSING_PROGRAM_IS_SPAWNED)
)]
async fn impossible_processes_are_rejected(cx: &mut Context) -> Result {
    cx.client().initialize_experimental().await?;
    for (what, more) in [
        ("without a command", json!({ "command": [] })),
        ("without a handle", json!({ "processHandle": "" })),
        ("of a missing program", json!({ "command": ["/no/such/program"] })),
    ] {
        let reply = spawn(cx, "one", "true", more).await?;
        reply.refusal(format!("the answer to a process {what}"))?;
    }
    Ok(())
}

/// A server MUST run a process in the `cwd` of the request.
#[check(
    v2(since = "0.147"),
    source = "app-server README, process/spawn: cwd; every release does",
    faults(PROCESS_DIRECTORY_IGNORED)
)]
async fn a_process_runs_in_its_directory(cx: &mut Context) -> Result {
    cx.client().initialize_experimental().await?;
    let cwd = cx.home.path().to_owned();
    started(cx, "one", "pwd -P", json!({ "cwd": cwd })).await?;
    let end = exited(cx, "one").await?;
    ensure_eq!(end.params["stdout"], format!("{}\n", cwd.display()), "where the process ran");
    Ok(())
}

/// A server MUST end a process at the time limit of its request.
#[check(
    v2(since = "0.147"),
    source = "app-server README, process/spawn: timeoutMs; every release does",
    faults(PROCESS_LIMIT_IGNORED)
)]
async fn a_process_ends_at_its_limit(cx: &mut Context) -> Result {
    cx.client().initialize_experimental().await?;
    started(cx, "one", "sleep 300", json!({ "timeoutMs": 200 })).await?;
    let end = exited(cx, "one").await?;
    let code = &end.params["exitCode"];
    ensure!(code != 0, "the exit code at the time limit", "not 0", code.to_string());
    Ok(())
}

/// A server MUST change the size of the terminal of a process when the client asks for it.
#[check(
    v2(since = "0.147"),
    source = "app-server protocol, process/resizePty; every release since does",
    faults(PROCESS_RESIZE_IGNORED)
)]
async fn a_terminal_can_be_resized(cx: &mut Context) -> Result {
    cx.client().initialize_experimental().await?;
    let mark = cx.peer.mark();
    let size = |rows: u32, cols: u32| json!({ "rows": rows, "cols": cols });
    let more = json!({ "tty": true, "size": size(24, 80), "streamStdoutStderr": true });
    started(cx, "one", "stty -echo; read line; stty size", more).await?;
    let resize = json!({ "processHandle": "one", "size": size(31, 101) });
    cx.peer.call("process/resizePty", resize).await?;
    let line = json!({ "processHandle": "one", "deltaBase64": STANDARD.encode("go\n") });
    cx.peer.call("process/writeStdin", line).await?;
    exited(cx, "one").await?;
    let said = String::from_utf8_lossy(&output(cx, mark, "one", "stdout")?).into_owned();
    ensure!(said.contains("31 101"), "rows and columns of the terminal", "31 101", said);
    Ok(())
}
