//! Processes of a client: their start is answered at once, and their end is told.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::{Value, json};

use super::exec::talk;
use super::fs::Absolute;
use crate::clients::Number;
use crate::fault::fault;
use crate::message::Refusal;
use crate::outbox::Reply;
use crate::process::live::{Control, Heard, Line, Live, Owner, Size, Stream};
use crate::process::{OUTPUT_CAP, Spec};
use crate::server::Server;

/// Parameters of `process/spawn`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Spawn {
    command: Vec<String>,
    process_handle: String,
    cwd: Absolute,
    env: Option<HashMap<String, Option<String>>>,
    output_bytes_cap: Option<usize>,
    timeout_ms: Option<u64>,
    size: Option<Size>,
    #[serde(default)]
    tty: bool,
    #[serde(default)]
    stream_stdin: bool,
    #[serde(default)]
    stream_stdout_stderr: bool,
}

/// Parameters of `process/kill`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Kill {
    process_handle: String,
}

/// Parameters of `process/writeStdin`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Write {
    process_handle: String,
    delta_base64: Option<String>,
    #[serde(default)]
    close_stdin: bool,
}

/// Parameters of `process/resizePty`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Resize {
    process_handle: String,
    size: Size,
}

/// The processes that run, by client and handle.
#[derive(Debug, Default)]
pub(crate) struct Processes(RefCell<HashMap<(Number, String), Rc<Control>>>);

impl Processes {
    /// The process of the current client with this handle.
    fn get(&self, server: &Server, handle: &str) -> Result<Rc<Control>, Refusal> {
        let key = (server.out.clients().current(), handle.to_owned());
        let found = self.0.borrow().get(&key).cloned();
        found.ok_or_else(|| {
            Refusal::invalid(format!("no active process for process handle {handle:?}"))
        })
    }
}

/// `process/spawn`.
pub(super) fn spawn(server: &Rc<Server>, reply: Reply, params: Spawn) {
    match started(server, &params) {
        Err(refusal) => reply.refuse(refusal),
        Ok((live, limit)) => {
            let key = (server.out.clients().current(), params.process_handle.clone());
            server.processes.0.borrow_mut().insert(key.clone(), live.control());
            let reply = if fault!(PROCESS_ANSWERED_AT_ITS_END) {
                Some(reply)
            } else {
                reply.ok(json!({}));
                None
            };
            let (server, told) = (server.clone(), params.tty || params.stream_stdout_stderr);
            let cap = params.output_bytes_cap.unwrap_or(OUTPUT_CAP);
            tokio::task::spawn_local(async move {
                finish(&server, live, limit, &Teller::new(key, told, cap)).await;
                reply.into_iter().for_each(|reply| reply.ok(json!({})));
            });
        }
    }
}

fn started(server: &Server, params: &Spawn) -> Result<(Live, Option<Duration>), Refusal> {
    let handle = &params.process_handle;
    if params.command.is_empty() && !fault!(PROCESS_OF_NOTHING) {
        return Err(Refusal::invalid("command must not be empty"));
    }
    if handle.is_empty() && !fault!(PROCESS_WITHOUT_A_HANDLE) {
        return Err(Refusal::invalid("processHandle must not be empty"));
    }
    let taken = server.processes.get(server, handle).is_ok();
    if taken && !fault!(PROCESS_HANDLE_SHARED) {
        return Err(Refusal::invalid(format!("duplicate active process handle: {handle:?}")));
    }
    let limit = params.timeout_ms.map(Duration::from_millis);
    let mut spec = Spec {
        argv: params.command.clone(),
        cwd: params.cwd.0.clone(),
        env: params.env.clone().unwrap_or_default(),
        limit,
        cap: OUTPUT_CAP,
    };
    if spec.argv.is_empty() {
        spec.argv = vec!["true".to_owned()];
    }
    if fault!(PROCESS_DIRECTORY_IGNORED) {
        spec.cwd.clone_from(&server.cwd);
    }
    let line = Line::of(params.tty, params.size.unwrap_or(Size::USUAL), params.stream_stdin);
    let mut live = Live::start(&spec, line, Owner::Client);
    if live.is_err() && fault!(MISSING_PROGRAM_IS_SPAWNED) {
        spec.argv = vec!["false".to_owned()];
        live = Live::start(&spec, line, Owner::Client);
    }
    let live =
        live.map_err(|error| Refusal::internal(format!("failed to spawn process: {error}")))?;
    Ok((live, limit.filter(|_| !fault!(PROCESS_LIMIT_IGNORED))))
}

/// What a process says, told at once or kept for its end.
struct Teller {
    key: (Number, String),
    told: bool,
    cap: usize,
    /// What was heard of stdout and of stderr.
    heard: [Heard; 2],
}

impl Teller {
    fn new(key: (Number, String), told: bool, cap: usize) -> Self {
        Self { key, told, cap, heard: Default::default() }
    }

    fn hear(&self, server: &Server, stream: Stream, chunk: &[u8]) {
        let heard = &self.heard[stream as usize];
        let chunk = heard.count(chunk, self.cap);
        if !self.told || fault!(PROCESS_STREAM_REPEATED) {
            heard.keep(chunk);
        }
        if self.told && !chunk.is_empty() {
            let stream = if fault!(PROCESS_STREAMS_MIXED) { Stream::Stdout } else { stream };
            let params = json!({
                "processHandle": self.key.1,
                "stream": stream.name(),
                "deltaBase64": STANDARD.encode(chunk),
                "capReached": self.is_capped(heard),
            });
            server.out.notify_one(self.key.0, "process/outputDelta", &params);
        }
    }

    fn is_capped(&self, heard: &Heard) -> bool {
        heard.bytes() > self.cap
    }
}

/// Tells what a process says, and its end.
async fn finish(server: &Server, live: Live, limit: Option<Duration>, teller: &Teller) {
    let code = live.finish(limit, |stream, chunk| teller.hear(server, stream, chunk)).await;
    if !fault!(PROCESS_HANDLE_USED_UP) {
        server.processes.0.borrow_mut().remove(&teller.key);
    }
    let lost = fault!(PROCESS_OUTPUT_LOST);
    let [stdout, stderr] = &teller.heard;
    let params = json!({
        "processHandle": teller.key.1,
        "exitCode": if fault!(PROCESS_CODE_LOST) { 0 } else { code },
        "outputDrainTimedOut": false,
        "stdout": if lost { String::new() } else { stdout.text() },
        "stdoutCapReached": teller.is_capped(stdout),
        "stderr": stderr.text(),
        "stderrCapReached": teller.is_capped(stderr),
    });
    server.out.notify_one(teller.key.0, "process/exited", &params);
}

/// What is answered to a request about a process that does not run.
fn unknown(refusal: Refusal) -> Result<Value, Refusal> {
    if fault!(UNKNOWN_PROCESS_SERVED) { Ok(json!({})) } else { Err(refusal) }
}

/// `process/kill`: ends a process and all that it has started.
pub(super) fn kill(server: &Server, params: &Kill) -> Result<Value, Refusal> {
    match server.processes.get(server, &params.process_handle) {
        Err(refusal) => unknown(refusal),
        Ok(process) => {
            if !fault!(PROCESS_KILL_IGNORED) {
                process.end();
            }
            Ok(json!({}))
        }
    }
}

/// `process/writeStdin`: bytes, the end of the input, or both.
pub(super) fn write(server: &Server, params: &Write) -> Result<Value, Refusal> {
    let process = match server.processes.get(server, &params.process_handle) {
        Err(refusal) => return unknown(refusal),
        Ok(process) => process,
    };
    let Write { delta_base64: delta, close_stdin: closes, .. } = params;
    let bytes = talk::input("process/writeStdin", delta.as_deref(), *closes)?;
    if !process.has_input {
        return Err(Refusal::invalid("stdin streaming is not enabled for this process"));
    }
    let lost = fault!(PROCESS_INPUT_LOST);
    if !bytes.is_empty() && !lost && !process.write(bytes) {
        return Err(Refusal::invalid("stdin is already closed"));
    }
    if params.close_stdin && !fault!(PROCESS_INPUT_STAYS_OPEN) {
        process.close();
    }
    Ok(json!({}))
}

/// `process/resizePty`.
pub(super) fn resize(server: &Server, params: &Resize) -> Result<Value, Refusal> {
    let process = server.processes.get(server, &params.process_handle)?;
    if fault!(PROCESS_RESIZE_IGNORED) {
        return Ok(json!({}));
    }
    talk::resized(&process, params.size)
}
