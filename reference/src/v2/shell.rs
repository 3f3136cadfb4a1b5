//! Command lines that the user gives to a thread.

use std::rc::Rc;

use serde::Deserialize;
use serde_json::{Value, json};

use super::turns::find;
use crate::fault::fault;
use crate::message::Refusal;
use crate::server::Server;
use crate::turn::{Work, run_line, start_work};

/// Parameters of `thread/shellCommand`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ShellCommand {
    thread_id: String,
    command: String,
}

/// `thread/shellCommand`: a turn of its own, or a part of the one that runs.
pub(super) fn run(server: &Rc<Server>, params: ShellCommand) -> Result<Value, Refusal> {
    let thread = find(server, &params.thread_id)?;
    let line = params.command;
    if line.trim().is_empty() && !fault!(SHELL_OF_NOTHING) {
        return Err(Refusal::invalid("command must not be empty"));
    }
    let cuts = fault!(SHELL_COMMAND_INTERRUPTS)
        || (fault!(SHELL_COMMAND_CUTS_A_QUESTION) && !thread.state().questions.is_empty());
    match thread.active().filter(|_| !cuts) {
        None => drop(start_work(server, &thread, Work::Shell(line))),
        Some(active) => {
            let server = server.clone();
            tokio::task::spawn_local(
                async move { run_line(&server, &thread, &active, &line).await },
            );
        }
    }
    Ok(json!({}))
}
