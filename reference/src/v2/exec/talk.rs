//! What is done to a program of `command/exec` while it runs: it is written to, resized, ended.

use std::rc::Rc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::{Value, json};

use super::stream::delta;
use crate::fault::fault;
use crate::message::Refusal;
use crate::process::live::{Control, Size, Stream};
use crate::server::Server;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Write {
    process_id: String,
    delta_base64: Option<String>,
    #[serde(default)]
    close_stdin: bool,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Resize {
    process_id: String,
    size: Size,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Terminate {
    process_id: String,
}

pub(crate) fn write(server: &Server, params: Write) -> Result<Value, Refusal> {
    let Write { process_id: id, delta_base64, close_stdin: closes } = &params;
    let bytes = input("command/exec/write", delta_base64.as_deref(), *closes)?;
    let Some(program) = find(server, id)? else { return Ok(json!({})) };
    if !program.has_input {
        return if fault!(WRITES_WITHOUT_AN_INPUT) {
            Ok(json!({}))
        } else {
            let reason = "stdin streaming is not enabled for this command/exec";
            Err(Refusal::invalid(reason))
        };
    }
    let closed = program.is_closed() || (!bytes.is_empty() && !program.write(bytes.clone()));
    if closed && !fault!(WRITES_AFTER_CLOSING) {
        return Err(Refusal::invalid("stdin is already closed"));
    }
    if fault!(ECHO_DOUBLED) {
        let echo = delta(id, Stream::Stdout, &bytes, false);
        let client = server.out.clients().current();
        server.out.notify_one(client, "command/exec/outputDelta", &echo);
    }
    if *closes {
        program.close();
    }
    Ok(json!({}))
}

/// The bytes that a request writes to a program. One that neither writes nor closes is refused.
pub(in crate::v2) fn input(
    method: &str,
    delta: Option<&str>,
    closes: bool,
) -> Result<Vec<u8>, Refusal> {
    if delta.is_none() && !closes && !fault!(WRITE_OF_NOTHING) {
        return Err(Refusal::params(format!("{method} requires deltaBase64 or closeStdin")));
    }
    let bytes = decode(delta.unwrap_or_default())?;
    if fault!(INPUT_THROUGH_TEXT) {
        return Ok(String::from_utf8_lossy(&bytes).into_owned().into_bytes());
    }
    Ok(bytes)
}

fn decode(text: &str) -> Result<Vec<u8>, Refusal> {
    STANDARD.decode(text).or_else(|error| {
        if fault!(RUBBISH_WRITTEN) {
            Ok(text.as_bytes().to_vec())
        } else {
            Err(Refusal::params(format!("invalid deltaBase64: {error}")))
        }
    })
}

pub(crate) fn resize(server: &Server, params: &Resize) -> Result<Value, Refusal> {
    check(params.size)?;
    let Some(program) = find(server, &params.process_id)? else { return Ok(json!({})) };
    resized(&program, params.size)
}

/// Gives the terminal of a program another size. A program without one is refused.
pub(in crate::v2) fn resized(program: &Control, size: Size) -> Result<Value, Refusal> {
    let resized = program.resize(size) || fault!(PIPES_RESIZED);
    if resized {
        return Ok(json!({}));
    }
    Err(Refusal::invalid("failed to resize PTY: process is not attached to a PTY"))
}

/// Refuses a terminal without rows or columns.
pub(super) fn check(size: Size) -> Result<(), Refusal> {
    let taken = fault!(SIZE_OF_NOTHING);
    if size.rows > 0 && size.cols > 0 || taken {
        return Ok(());
    }
    let reason = "command/exec size rows and cols must be greater than 0";
    Err(Refusal::params(reason.to_owned()))
}

pub(crate) fn terminate(server: &Server, params: &Terminate) -> Result<Value, Refusal> {
    if let Some(program) = find(server, &params.process_id)? {
        program.end();
    }
    Ok(json!({}))
}

/// The program of this id. Without one the request is refused, or succeeds where a defect says so.
fn find(server: &Server, id: &str) -> Result<Option<Rc<Control>>, Refusal> {
    let found = server.programs.get(server.out.clients().current(), id);
    let taken = fault!(UNKNOWN_PROGRAMS_OBEY);
    if found.is_some() || taken {
        Ok(found)
    } else {
        Err(Refusal::invalid(format!("no active command/exec for process id {id:?}")))
    }
}
