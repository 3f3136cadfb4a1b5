//! One command, outside any conversation.

use std::collections::HashMap;
use std::rc::Rc;
use std::time::Duration;

use serde_json::{Value, json};

use super::params::ExecOneOff;
use crate::faults;
use crate::message::Refusal;
use crate::outbox::Reply;
use crate::process::{self, OUTPUT_CAP, Spec};
use crate::server::Server;

/// How long a command may take unless the request says otherwise.
const LIMIT: Duration = Duration::from_secs(10);

pub(super) fn run(server: &Rc<Server>, reply: Reply, params: ExecOneOff) {
    if params.command.is_empty() {
        return reply.refuse(Refusal::invalid("command must not be empty"));
    }
    let sandbox = params.sandbox_policy.as_ref();
    if let Err(error) = process::check_sandbox(&server.configs, sandbox, &params.command) {
        return reply.refuse(Refusal::internal(format!("exec failed: {error}")));
    }
    let spec = Spec {
        argv: params.command,
        cwd: params
            .cwd
            .map_or_else(|| server.cwd.clone(), |cwd| faults::forms::folder(&server.cwd, &cwd)),
        env: HashMap::new(),
        limit: Some(params.timeout_ms.map_or(LIMIT, Duration::from_millis)),
        cap: OUTPUT_CAP,
    };
    tokio::task::spawn_local(async move { reply.send(finish(&spec).await) });
}

async fn finish(spec: &Spec) -> Result<Value, Refusal> {
    let failed = |why: &str| Refusal::internal(format!("exec failed: {why}"));
    let finished = process::run(spec).await.map_err(|error| failed(&error.to_string()))?;
    if finished.timed_out {
        return Err(failed("sandbox error: command timed out"));
    }
    Ok(json!({
        "exitCode": finished.exit_code,
        "stdout": finished.stdout,
        "stderr": finished.stderr,
    }))
}
