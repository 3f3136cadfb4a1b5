//! A small, correct app-server in both dialects: the subject that every check must pass on.
//!
//! It shares no code with the kit that examines it, so that a mistake cannot hide on both sides. One core (threads, turns,
//! tools, stored files) has two faces, `v1` and `v2`: the core knows neither, it emits neutral events and each face renders
//! them for the clients that speak it.
//!
//! # Faults
//! A fault is a deliberate defect of the reference subject. It is declared once, beside the code
//! that it bends, with the sentence a reader sees and the ids of the checks that must catch it:
//! ```ignore
//! if fault!(
//!     "archive-copies",
//!     "Archive copies the rollout and leaves the original in place.",
//!     ["archive::moves_the_rollout"],
//! ) {
//!     fs::copy(from, to)?;
//! } else {
//!     fs::rename(from, to)?;
//! }
//! ```
//! The expression is `true` only in a process started with `--fault archive-copies`; otherwise it
//! costs one relaxed load. Names are kebab-case and unique; `caught_by` may stay `[]` until the
//! check exists. [`FAULTS`] holds all of them, in no order; `--list-faults` prints them.
//! A fault that two places need is one function with the `fault!` in it, called from both.
//!
//! # Variants
//! A variant is something that a conforming server may do otherwise than the reference does, and
//! that no check may hold against it: `if variant!("crlf", "Lines end with CR LF.") { … }`. It is
//! active in a process started with `--variant crlf`; [`VARIANTS`] holds all of them, and
//! `--list-variants` prints them. The comment beside it says why it is legal.

use std::ffi::OsString;
use std::io::{self, Write};
use std::process::ExitCode;
use std::sync::OnceLock;

mod approvals;
mod args;
mod auth;
mod call;
mod chatter;
mod config;
mod config_edit;
mod config_known;
mod context;
mod dispatch;
mod dress;
mod events;
pub mod fault;
mod git;
mod history;
mod input;
mod items;
mod lifecycle;
mod login;
mod message;
mod model_client;
mod models;
mod opaque;
mod outbox;
mod paging;
mod process;
mod recorder;
mod replay;
mod rubbish;
mod serve;
mod server;
mod session;
mod settings;
mod sower;
mod sse;
mod store;
mod threads;
mod tools;
mod transport;
mod turn;
mod v1;
mod v2;
pub mod variant;

pub use fault::{FAULTS, Fault};
pub use variant::{VARIANTS, Variant};

/// The release that the reference claims to be: none, unless `--version-as` says one.
pub(crate) fn version() -> &'static str {
    CLAIMED.get().map_or("0.0.0", String::as_str)
}

/// What `--version-as` says.
static CLAIMED: OnceLock<String> = OnceLock::new();

/// A command line that made no sense.
const EXIT_USAGE: u8 = 2;

/// Runs the reference subject to its end. `args` are the arguments after the program's name.
///
/// Exits 0 after an orderly end (stdin closed, SIGTERM), 1 when it cannot serve (no home),
/// 2 on a command line that it does not understand or an unknown fault.
pub fn main(args: impl Iterator<Item = OsString>) -> ExitCode {
    match args::parse(args) {
        Ok(args::Invocation::AppServer(options)) => serve::main(options),
        Ok(args::Invocation::Help) => say(args::HELP),
        Ok(args::Invocation::ListFaults) => list_faults(),
        Ok(args::Invocation::ListVariants) => list_variants(),
        Ok(args::Invocation::Version) => say(&format!("reference {}\n", version())),
        Ok(args::Invocation::McpServer) => fail(1, "mcp-server is not supported"),
        Err(error @ args::ArgsError::NoTransport) => fail(1, &error.to_string()),
        Err(error) => fail(EXIT_USAGE, &error.to_string()),
    }
}

fn list_faults() -> ExitCode {
    let mut faults: Vec<_> = FAULTS.iter().collect();
    faults.sort_by_key(|fault| fault.name);
    let lines = faults.into_iter().map(|fault| {
        let checks = fault.caught_by.join(",");
        format!("{}\t{}\t{checks}\t{}:{}\n", fault.name, fault.sentence, fault.file, fault.line)
    });
    say(&lines.collect::<String>())
}

fn list_variants() -> ExitCode {
    let mut variants: Vec<_> = VARIANTS.iter().collect();
    variants.sort_by_key(|variant| variant.name);
    let lines = variants.into_iter().map(|variant| {
        format!("{}\t{}\t{}:{}\n", variant.name, variant.sentence, variant.file, variant.line)
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
