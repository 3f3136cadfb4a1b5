//! One command, outside any thread; its output comes with the answer, or before it if that is asked for.

use std::collections::HashMap;
use std::future::pending;
use std::path::PathBuf;
use std::rc::Rc;
use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::timeout;

use super::params::SandboxPolicy;
use crate::fault::fault;
use crate::faults::forms::folder;
use crate::message::Refusal;
use crate::outbox::Reply;
use crate::process::live::Size;
use crate::process::{self, OUTPUT_CAP, Spec};
use crate::server::Server;
use crate::settings::Sandbox;

mod faults;
mod stream;
pub(crate) mod talk;

use stream::Terms;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CommandExec {
    pub(crate) command: Vec<String>,
    pub(crate) process_id: Option<String>,
    pub(crate) cwd: Option<PathBuf>,
    pub(crate) env: Option<HashMap<String, Option<String>>>,
    pub(crate) timeout_ms: Option<i64>,
    #[serde(default)]
    pub(crate) disable_timeout: bool,
    pub(crate) output_bytes_cap: Option<usize>,
    #[serde(default)]
    pub(crate) disable_output_cap: bool,
    pub(crate) sandbox_policy: Option<SandboxPolicy>,
    pub(crate) permission_profile: Option<String>,
    #[serde(default)]
    pub(crate) tty: bool,
    pub(crate) size: Option<Size>,
    #[serde(default)]
    pub(crate) stream_stdin: bool,
    #[serde(default)]
    pub(crate) stream_stdout_stderr: bool,
}

impl CommandExec {
    /// The part of it that only clients with the `experimentalApi` capability may use.
    pub(crate) fn experimental(&self) -> Option<&'static str> {
        self.permission_profile.as_ref().map(|_| "command/exec.permissionProfile")
    }
}

/// How long a command may take unless the request says otherwise.
const LIMIT: Duration = Duration::from_secs(10);

pub(super) fn run(server: &Rc<Server>, reply: Reply, params: CommandExec) {
    if params.command.is_empty() {
        return reply.send(nothing());
    }
    if server.programs.is_one_running() && fault!(ONE_PROGRAM_AT_A_TIME) {
        let server = server.clone();
        tokio::task::spawn_local(async move {
            while server.programs.is_one_running() {
                let _ = timeout(Duration::from_millis(1), pending::<()>()).await;
            }
            run(&server, reply, params);
        });
        return;
    }
    let terms = Terms::of(&params);
    match (spec(server, params), terms) {
        (Err(refusal), _) => reply.refuse(refusal),
        (Ok(spec), Some(terms)) => stream::start(server, reply, spec, terms),
        (Ok(spec), None) => {
            tokio::task::spawn_local(async move { reply.send(finish(&spec).await) });
        }
    }
}

/// The answer to a command without words.
fn nothing() -> Result<Value, Refusal> {
    if fault!(EXEC_OF_NOTHING) {
        Ok(json!({ "exitCode": 0, "stdout": "", "stderr": "" }))
    } else {
        Err(Refusal::invalid("command must not be empty"))
    }
}

fn spec(server: &Server, params: CommandExec) -> Result<Spec, Refusal> {
    if !contradictions_taken() {
        check(&params)?;
    }
    let limit = match params.timeout_ms.map(u64::try_from) {
        Some(Ok(ms)) => Some(Duration::from_millis(ms)),
        Some(Err(_)) => None,
        None if params.disable_timeout => None,
        None => Some(LIMIT),
    };
    let uncapped = params.disable_output_cap;
    let cap = if uncapped { usize::MAX } else { params.output_bytes_cap.unwrap_or(OUTPUT_CAP) };
    let sandbox = params.sandbox_policy.map(Sandbox::from);
    process::check_sandbox(&server.configs, sandbox.as_ref(), &params.command)
        .map_err(|error| Refusal::internal(format!("failed to spawn command: {error}")))?;
    let mut spec = Spec {
        argv: params.command,
        cwd: params.cwd.map_or_else(|| server.cwd.clone(), |cwd| folder(&server.cwd, &cwd)),
        env: params.env.unwrap_or_default(),
        limit,
        cap,
    };
    faults::spec(server, &mut spec);
    Ok(spec)
}

/// Refuses what contradicts itself or makes no sense.
fn check(params: &CommandExec) -> Result<(), Refusal> {
    let live = params.tty || params.stream_stdin || params.stream_stdout_stderr;
    if live && params.process_id.is_none() {
        let reason = "command/exec tty or streaming requires a client-supplied processId";
        return Err(Refusal::invalid(reason));
    }
    if params.size.is_some() && !params.tty {
        let reason = "command/exec size requires tty: true";
        return Err(Refusal::params(reason.to_owned()));
    }
    params.size.map_or(Ok(()), talk::check)?;
    if params.timeout_ms.is_some() && params.disable_timeout {
        let reason = "command/exec cannot set both timeoutMs and disableTimeout";
        return Err(Refusal::params(reason.to_owned()));
    }
    if params.output_bytes_cap.is_some() && params.disable_output_cap {
        let reason = "command/exec cannot set both outputBytesCap and disableOutputCap";
        return Err(Refusal::params(reason.to_owned()));
    }
    match params.timeout_ms {
        Some(given @ ..0) => {
            let reason = format!("command/exec timeoutMs must be non-negative, got {given}");
            Err(Refusal::params(reason))
        }
        _ => Ok(()),
    }
}

fn contradictions_taken() -> bool {
    fault!(EXEC_CONTRADICTIONS_TAKEN)
}

async fn finish(spec: &Spec) -> Result<Value, Refusal> {
    let finished = match process::run(spec).await {
        Err(_) if fault!(MISSING_PROGRAM_IS_A_RESULT) => {
            return Ok(json!({ "exitCode": 127, "stdout": "", "stderr": "" }));
        }
        other => {
            other.map_err(|error| Refusal::internal(format!("failed to spawn command: {error}")))?
        }
    };
    let lost = fault!(EXEC_CODE_UNTOLD);
    Ok(json!({
        "exitCode": if lost { 0 } else { finished.exit_code },
        "stdout": finished.stdout,
        "stderr": finished.stderr,
    }))
}
