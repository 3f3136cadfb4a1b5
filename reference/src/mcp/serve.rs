//! The process: its start, its loop over the lines of its input, and its end.

use std::io::{self, BufRead as _, Write as _};
use std::process::ExitCode;
use std::sync::Arc;

use super::envelope::{Incoming, Refusal, Unreadable, code, parse};
use super::server::Server;
use crate::fault::fault;
use crate::variant::variant;

/// Serves until the input ends. SIGTERM ends the process by itself, as it does one that does not handle it.
pub(crate) fn main() -> ExitCode {
    if variant!(MCP_BANNER_ON_STDERR) {
        // Nobody may read it.
        let _ = writeln!(io::stderr(), "reference server of the Model Context Protocol, ready");
    }
    let server = Arc::new(Server::default());
    if fault!(MCP_BANNER_ON_STDOUT) {
        server.out.write(b"reference server, ready\n");
    }
    let mut input = io::stdin().lock();
    let mut line = Vec::new();
    loop {
        line.clear();
        match input.read_until(b'\n', &mut line) {
            Ok(0) | Err(_) => break,
            Ok(_) => read(&server, &line),
        }
    }
    end(&server)
}

/// Reads one line and does what it asks for.
fn read(server: &Arc<Server>, line: &[u8]) {
    match parse(line) {
        Ok(Incoming::Request(request)) => server.answer(request),
        Ok(Incoming::Notification { method, params }) => server.hear(&method, &params),
        Ok(Incoming::Answer { id, outcome }) => server.learn(&id, outcome),
        Err(Unreadable::Blank) => {}
        Err(_) if variant!(MCP_SILENT_AFTER_RUBBISH) => {}
        Err(Unreadable::NotJson) => {
            server.out.error_without_id(&Refusal::new(code::PARSE_ERROR, "Parse error"));
        }
        Err(Unreadable::NoMessage) => {
            server.out.error_without_id(&Refusal::new(code::INVALID_REQUEST, "Invalid request"));
        }
    }
}

/// Ends what still runs. Answers that are owed need not be given any more.
fn end(server: &Server) -> ExitCode {
    server.end();
    ExitCode::SUCCESS
}
