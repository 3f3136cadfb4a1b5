//! A small, correct app-server in both dialects: the subject that every check must pass on.
//!
//! It shares no code with the kit that examines it, so that a mistake cannot hide on both sides. One core (threads, turns,
//! tools, stored files) has two faces, `v1` and `v2`: the core knows neither, it emits neutral events and each face renders
//! them for the clients that speak it.
//!
//! # Faults
//! A fault is a deliberate defect of the reference subject. The crate `faults` names it and says what is wrong; the code that
//! it bends asks whether it is active:
//! ```ignore
//! if !fault!(LOGOUT_KEEPS_AUTH) {
//!     fs::remove_file(path)?;
//! }
//! ```
//! The expression is `true` only in a process started with `--fault logout-keeps-auth`; otherwise it costs one relaxed load.
//! [`PLANTED`] holds all of them, in no order; `--list-faults` prints them. A fault that two places need is one function with
//! the `fault!` in it, called from both. Which checks find it, they say themselves.
//!
//! # Variants
//! A variant is something that a conforming server may do otherwise than the reference does, and that no check may hold
//! against it: `if variant!(CRLF) { … }`. The table in `variants` says what it is, and why it is legal. It is active in a
//! process started with `--variant crlf`; [`PLACES`] holds all of them, and `--list-variants` prints them.

use std::ffi::OsString;
use std::io::{self, Write};
use std::process::ExitCode;

mod approvals;
mod args;
mod auth;
mod backend;
mod call;
mod client;
mod clients;
mod config;
mod config_edit;
mod config_known;
mod context;
mod cursor;
mod dialect;
mod digest;
mod dispatch;
mod events;
pub mod fault;
mod faults;
mod git;
mod goal;
mod history;
mod hooks;
mod http;
mod input;
mod items;
mod lifecycle;
mod line;
mod login;
mod mcp;
mod message;
mod model_client;
mod models;
mod outbox;
mod paging;
mod process;
mod recorder;
mod release;
mod replay;
mod rewind;
mod serve;
mod server;
mod servers;
mod session;
mod settings;
mod signal;
mod sower;
mod sse;
mod stderr_log;
mod store;
mod threads;
mod tools;
mod transport;
mod turn;
mod v1;
mod v2;
pub mod variant;
mod variants;
mod wire_format;

pub use fault::{PLANTED, Planted};
pub use variant::{PLACES, Place, Variant};

/// A command line that made no sense.
const EXIT_USAGE: u8 = 2;

/// Runs the reference subject to its end. `args` are the arguments after the program's name.
///
/// Exits 0 after an orderly end (stdin closed, SIGTERM), 1 when it cannot serve (no home),
/// 2 on a command line that it does not understand or an unknown fault.
pub fn main(args: impl Iterator<Item = OsString>) -> ExitCode {
    match args::parse(args) {
        Ok(args::Invocation::AppServer(options)) => {
            serve::main(options).unwrap_or_else(|error| fail(1, &error.to_string()))
        }
        Ok(args::Invocation::Help) => say(args::HELP),
        Ok(args::Invocation::ListFaults) => list_faults(),
        Ok(args::Invocation::ListVariants) => list_variants(),
        Ok(args::Invocation::Version) => say(&format!("reference {}\n", release::version())),
        Ok(args::Invocation::McpServer) => mcp::main(),
        Err(error @ args::ArgsError::NoTransport) => fail(1, &error.to_string()),
        Err(error) => fail(EXIT_USAGE, &error.to_string()),
    }
}

fn list_faults() -> ExitCode {
    let mut planted: Vec<_> = PLANTED.iter().collect();
    planted.sort_by_key(|planted| planted.fault.name);
    let lines = planted.into_iter().map(|Planted { fault, file, line, .. }| {
        format!("{}\t{}\t{file}:{line}\n", fault.name, fault.sentence)
    });
    say(&lines.collect::<String>())
}

fn list_variants() -> ExitCode {
    let mut places: Vec<_> = PLACES.iter().collect();
    places.sort_by_key(|place| place.variant.name);
    let lines = places.into_iter().map(|Place { variant, file, line, .. }| {
        format!("{}\t{}\t{file}:{line}\n", variant.name, variant.sentence)
    });
    say(&lines.collect::<String>())
}

fn say(text: &str) -> ExitCode {
    match io::stdout().write_all(text.as_bytes()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

/// Puts the reason on stderr; stdout belongs to the protocol.
fn fail(code: u8, reason: &str) -> ExitCode {
    // With stderr gone, too, the exit code is all that is left to say.
    let _ = writeln!(io::stderr(), "error: {reason}");
    ExitCode::from(code)
}
