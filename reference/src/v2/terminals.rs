//! Background terminals: programs of the model that outlive its turns.

use serde::Deserialize;
use serde_json::{Value, json};

use super::params::ThreadId;
use super::turns::find;
use crate::fault::fault;
use crate::message::Refusal;
use crate::server::Server;

/// Parameters of `thread/backgroundTerminals/terminate`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Terminate {
    thread_id: String,
    process_id: String,
}

/// `thread/backgroundTerminals/clean`: ends all of a thread.
pub(super) fn clean(server: &Server, params: &ThreadId) -> Result<Value, Refusal> {
    let thread = find(server, &params.thread_id)?;
    if !fault!(TERMINALS_STAY) {
        thread.state().sessions.strike();
    }
    Ok(json!({}))
}

/// `thread/backgroundTerminals/list`.
pub(super) fn list(server: &Server, params: &ThreadId) -> Result<Value, Refusal> {
    let thread = find(server, &params.thread_id)?;
    let shown = thread.state().sessions.shown();
    let shown = if fault!(TERMINALS_UNLISTED) { Vec::new() } else { shown };
    Ok(json!({ "data": shown, "nextCursor": null }))
}

/// `thread/backgroundTerminals/terminate`: ends one, if it is there.
pub(super) fn terminate(server: &Server, params: &Terminate) -> Result<Value, Refusal> {
    let thread = find(server, &params.thread_id)?;
    let number = params.process_id.parse().map_err(|error| {
        Refusal::invalid(format!("invalid background terminal process id: {error}"))
    })?;
    let ended = thread.state().sessions.end_one(number);
    Ok(json!({ "terminated": ended || fault!(TERMINALS_END_TWICE) }))
}
