//! The process: its start, its loop over the lines of its input, and its end.

use std::io::{self, Write as _};
use std::process::ExitCode;
use std::sync::Arc;

use serde_json::Value;

use super::ending;
use super::envelope::{Incoming, Refusal, Unreadable, code, parse};
use super::legacy;
use super::server::Server;
use crate::fault::fault;
use crate::variant::variant;

/// Serves until the input ends. SIGTERM ends the process by itself, as it does one that does not handle it.
pub(crate) fn main() -> ExitCode {
    if variant!(MCP_BANNER_ON_STDERR) {
        // Nobody may read it.
        let _ = writeln!(io::stderr(), "reference server of the Model Context Protocol, ready");
    }
    ending::begin();
    let server = Arc::new(Server::default());
    if fault!(MCP_BANNER_ON_STDOUT) {
        server.out.write(b"reference server, ready\n");
    }
    let mut input = io::stdin().lock();
    let mut line = Vec::new();
    loop {
        line.clear();
        match next(&mut input, &mut line) {
            Ok(0) | Err(_) => break,
            Ok(_) if fault!(MCP_EXITS_AT_A_LONG_LINE) && line.len() > 1_000_000 => break,
            Ok(_) if fault!(MCP_SPLITS_AT_LINE_SEPARATORS) => {
                let text = String::from_utf8_lossy(&line);
                text.split('\u{2028}').for_each(|part| read(&server, part.as_bytes()));
            }
            Ok(_) => read(&server, &line),
        }
    }
    ending::end(&server)
}

/// Reads the next line, with its end.
fn next(input: &mut impl io::BufRead, line: &mut Vec<u8>) -> io::Result<usize> {
    if fault!(MCP_TREATS_A_READ_AS_A_MESSAGE) {
        line.extend_from_slice(input.fill_buf()?);
        input.consume(line.len());
        return Ok(line.len());
    }
    input.read_until(b'\n', line)
}

/// Reads one line and does what it asks for.
fn read(server: &Arc<Server>, line: &[u8]) {
    let is_tight = line.starts_with(b"{") && line.ends_with(b"}\n");
    if fault!(MCP_TAKES_ONLY_TIGHT_LINES) && !is_tight {
        return;
    }
    if fault!(MCP_EXITS_AT_INVALID_UTF8) && std::str::from_utf8(line).is_err() {
        std::process::exit(0);
    }
    if fault!(MCP_EXITS_AT_A_ZERO_CHARACTER) && line.windows(6).any(|part| part == br"\u0000") {
        std::process::exit(0);
    }
    match parse(line) {
        Ok(Incoming::Request(request)) => server.answer(request),
        Ok(Incoming::Notification { method, params }) => server.hear(&method, &params),
        Ok(Incoming::Answer { id, outcome }) => server.learn(&id, outcome),
        Err(unreadable) => complain(server, unreadable, line),
    }
}

/// Says that a line is no message, if it is not one of several messages in a revision that has such lines.
fn complain(server: &Arc<Server>, unreadable: Unreadable, line: &[u8]) {
    if fault!(MCP_EXITS_AT_A_BAD_LINE) {
        std::process::exit(1);
    }
    if unreadable == Unreadable::NoMessage && legacy::has_batches(server) {
        let parts: Vec<Value> = serde_json::from_slice(line).unwrap_or_default();
        if !parts.is_empty() {
            return parts.iter().for_each(|part| read(server, part.to_string().as_bytes()));
        }
    }
    let refusal = match unreadable {
        Unreadable::Blank => return,
        _ if variant!(MCP_SILENT_AFTER_RUBBISH) => return,
        Unreadable::NotJson => Refusal::new(code::PARSE_ERROR, "Parse error"),
        Unreadable::NoMessage => Refusal::new(code::INVALID_REQUEST, "Invalid request"),
    };
    server.out.error_without_id(&refusal);
    if fault!(MCP_DEAF_AFTER_A_BAD_LINE) {
        loop {
            std::thread::park();
        }
    }
}
