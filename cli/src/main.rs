//! The `proctor` binary: arguments in, exit code out.

mod ambient;
mod args;
mod bazel;
mod coverage;
mod doctor;
mod drift;
mod exit_code;
mod explain;
mod hunt;
mod init;
mod interrupt;
mod judge;
mod list;
mod mock_model;
mod moments;
mod output;
mod progress;
mod prove;
mod proxy;
mod reference;
mod releases;
mod renamed;
mod run;
mod settings_file;
mod supervise;
mod terminal;
mod usage;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser;

use crate::args::{Cli, Command, ReportCommand};
use crate::exit_code::Stop;

// Links the checks in, which register themselves.
use suites as _;

fn main() -> ExitCode {
    let args: Vec<OsString> = std::env::args_os().collect();
    // The reference reads its arguments itself. A proof starts it many thousand times, and clap
    // would take a sixth of its start.
    if let Some((_, own)) = args.split_first()
        && let Some((name, own)) = own.split_first()
        && name == "reference"
    {
        return ::reference::main(own.iter().cloned());
    }
    let command = match Cli::try_parse_from(&args) {
        Ok(cli) => cli.command,
        Err(error) => return finish(usage::answer(&error, &args)),
    };
    if command.starts_subjects() {
        ambient::keep_from_subjects();
    }
    finish(match command {
        // These are other programs that share this binary, with exit codes of their own.
        Command::ToolServer(raw) => return fixtures::tool_server::main(words(&raw)),
        Command::WebSocket(raw) => return harness::websocket::main(words(&raw)),
        Command::Reference(raw) => return ::reference::main(raw.args.into_iter()),
        Command::Guardian => return reaper::guardian::main(),
        Command::Supervised => return reaper::supervise::main(),
        Command::Load(raw) => return ::hunt::load::main(raw.args.iter()),
        Command::Record(raw) => return ::hunt::nextest::record::main(raw.args),
        Command::Run(args) => run::run(*args),
        Command::List(args) => list::list(&args),
        Command::Explain(args) => explain::explain(&args),
        Command::Init(args) => init::init(&args),
        Command::Prove(args) => prove::prove(&args),
        Command::Hunt(args) => hunt::hunt(&args),
        Command::Drift(args) => drift::drift(&args),
        Command::Proxy(args) => proxy::proxy(&args),
        Command::Tied(args) => proxy::tied(&args),
        Command::MockModel(args) => mock_model::serve(&args),
        Command::Supervise(args) => supervise::supervise(&args),
        Command::Doctor => doctor::doctor(),
        Command::Judge(args) => judge::judge(&args),
        Command::Report(ReportCommand::Releases { reports }) => releases::releases(&reports),
        Command::Report(ReportCommand::Servers { reports }) => releases::servers(&reports),
        Command::Report(ReportCommand::Moments { reports }) => moments::moments(&reports),
        Command::Report(ReportCommand::Coverage { files, reasons }) => {
            coverage::coverage(&files, reasons.as_deref())
        }
    })
}

/// The arguments of another program, as text.
fn words(raw: &args::RawArgs) -> impl Iterator<Item = String> {
    raw.args.iter().map(|word| word.to_string_lossy().into_owned())
}

fn finish(result: Result<u8, Stop>) -> ExitCode {
    match result {
        Ok(code) => ExitCode::from(code),
        Err(stop) => {
            terminal::complain("error", &stop.to_string());
            ExitCode::from(stop.code)
        }
    }
}
