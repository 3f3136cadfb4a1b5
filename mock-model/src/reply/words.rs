//! The functions that start a reply.

use bytes::Bytes;
use serde_json::{Value, json};

use super::step::{Call, CustomCall, LocalShell, Step};
use super::want::{AppliesPatch, MisusesCommands, OpensProgram, RunsCommand, UsesTool, WritesTo};
use super::{End, Http, Reply};

/// The model says `text`: an assistant message, by default one delta per word.
pub fn says(text: impl Into<String>) -> Reply {
    Reply::of(Step::Says(text.into().into()))
}

/// The model thinks `thought`: a reasoning item with one summary.
pub fn reasons(thought: impl Into<String>) -> Reply {
    Reply::of(Step::Reasons(thought.into().into()))
}

/// The model calls the function `name`.
///
/// `arguments` are sent as JSON text; a JSON string is sent as it is, so that arguments can be
/// invalid JSON.
pub fn calls(name: impl Into<String>, arguments: Value) -> Reply {
    Reply::of(Step::Calls(Call { name: name.into(), namespace: None, arguments, id: None }))
}

/// The model calls the custom tool `name`, for example `apply_patch`, with free text.
pub fn calls_custom(name: impl Into<String>, input: impl Into<String>) -> Reply {
    Reply::of(Step::CallsCustom(CustomCall { name: name.into(), input: input.into(), id: None }))
}

/// The model calls its built-in shell (a `local_shell_call`; Responses only).
pub fn runs_local_shell<S: Into<String>>(command: impl IntoIterator<Item = S>) -> Reply {
    let command = command.into_iter().map(Into::into).collect();
    Reply::of(Step::RunsLocalShell(LocalShell { command, workdir: None, id: None }))
}

/// The model runs a command line in a shell, by whichever tool the request offers for it.
///
/// The tools of Codex are recognized by name, in any of their forms; other tools by their schema,
/// which also provides values for their required arguments. If there is no such tool, the client
/// gets a plain text that ends its turn, and the request is marked:
/// [`Answer::Unoffered`](crate::Answer::Unoffered).
pub fn runs_command(command: impl Into<String>) -> Reply {
    Reply::of(Step::RunsCommand(RunsCommand { command: command.into(), workdir: None, id: None }))
}

/// The model calls the function that the request offers for [commands](runs_command) with any
/// arguments, for example invalid JSON: a JSON string is sent as it is.
pub fn misuses_commands(arguments: Value) -> Reply {
    Reply::of(Step::MisusesCommands(MisusesCommands { arguments, id: None }))
}

/// The model applies a patch: by the tool for it, or with [`runs_command`] if the request mentions
/// `apply_patch`.
pub fn applies_patch(patch: impl Into<String>) -> Reply {
    Reply::of(Step::AppliesPatch(AppliesPatch { patch: patch.into(), workdir: None, id: None }))
}

/// The model starts a program in a terminal, which runs on after the call has returned.
pub fn opens_program(command: impl Into<String>) -> Reply {
    let command = command.into();
    Reply::of(Step::OpensProgram(OpensProgram { command, yields_after_ms: None, id: None }))
}

/// The model writes to a running program, by the session number that it got.
pub fn writes_to(session: u64, chars: impl Into<String>) -> Reply {
    let chars = chars.into();
    Reply::of(Step::WritesTo(WritesTo { session, chars, yields_after_ms: None, id: None }))
}

/// The model calls the tool `tool` of the MCP server `server`, by whichever name the request offers
/// it.
///
/// Clients offer such a tool under its own name in a namespace for the server, or with the name of
/// the server in front.
pub fn uses_tool(server: impl Into<String>, tool: impl Into<String>, arguments: Value) -> Reply {
    let (server, tool) = (server.into(), tool.into());
    Reply::of(Step::UsesTool(UsesTool { server, tool, arguments, id: None }))
}

/// The model sends an output item of any other kind, as it is (Responses only).
pub fn item(item: Value) -> Reply {
    Reply::of(Step::Item(item))
}

/// The model sends an event of any other kind, as it is; its name is its `type`.
pub fn event(event: Value) -> Reply {
    Reply::of(Step::Event(event))
}

/// The service sends these bytes as the body of a stream, and nothing else.
pub fn raw(bytes: impl Into<Bytes>) -> Reply {
    Reply::of(Step::Raw(bytes.into()))
}

/// The service waits for the gate of this name before it sends anything.
pub fn holds(gate: impl Into<String>) -> Reply {
    Reply::of(Step::Hold(gate.into()))
}

/// The response is complete and empty.
pub fn completes() -> Reply {
    Reply::default()
}

/// The response fails (`response.failed`).
pub fn fails(code: impl Into<String>, message: impl Into<String>) -> Reply {
    let end = End::Failed { code: code.into(), message: message.into() };
    Reply { end, ..Reply::default() }
}

/// The response ends early (`response.incomplete`), for example with `max_output_tokens`.
pub fn is_incomplete(reason: impl Into<String>) -> Reply {
    Reply { end: End::Incomplete { reason: reason.into() }, ..Reply::default() }
}

/// The service answers with this HTTP status (200 to 599) and no body.
///
/// Add one with [`json`](Reply::json) or [`body`](Reply::body), and headers with
/// [`header`](Reply::header).
pub fn http(status: u16) -> Reply {
    Reply { http: Some(Http { status, body: Value::Null }), ..Reply::default() }
}

/// Status 401 with an error object.
pub fn unauthorized() -> Reply {
    error(401, "invalid_request_error", "invalid_api_key", "the API key is not valid")
}

/// Status 429 with an error object and a `Retry-After` header of this many seconds.
pub fn rate_limited(retry_after: u64) -> Reply {
    error(429, "rate_limit_error", "rate_limit_exceeded", "too many requests")
        .header("retry-after", retry_after.to_string())
}

/// Status 500 with an error object.
pub fn server_error() -> Reply {
    error(500, "server_error", "server_error", "the service failed")
}

fn error(status: u16, kind: &str, code: &str, message: &str) -> Reply {
    http(status).json(json!({
        "error": { "message": message, "type": kind, "param": null, "code": code }
    }))
}
