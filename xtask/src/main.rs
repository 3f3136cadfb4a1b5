//! What maintainers run: `cargo xtask --help` lists it.

mod failure;
mod house;

use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Automation for the maintainers of this workspace.
///
/// Every command can be run from any directory of the workspace. Exit codes: 0 all held, 1 something did not, 2 a mistake in the
/// arguments, 3 it could not be tried.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    House(house::Args),
}

fn main() -> ExitCode {
    let done = match Args::parse().command {
        Command::House(args) => house::run(&args),
    };
    match done {
        Ok(code) => code,
        Err(error) => {
            // There is nowhere else to report it.
            let _ = writeln!(io::stderr(), "xtask: {error}");
            ExitCode::from(failure::COULD_NOT_TRY)
        }
    }
}
