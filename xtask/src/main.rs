//! What maintainers run: `cargo xtask --help` lists it.

mod bench;
mod failure;
mod house;
mod leaks;
mod load;
mod mutants;
mod outcomes;
mod real;
mod releases;
mod reports;
mod workspace;

use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::real::{examine, prove, stable};

/// Automation for the maintainers of this workspace.
///
/// Every command can be run from any folder of the workspace. Exit codes: 0 all held, 1 something did not, 2 a mistake in the
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
    Real(real::Args),
    /// Examine every real release that is kept track of, and print docs/real-servers.md from the reports
    RealServers,
    ProveReal(prove::Args),
    Stable(stable::Args),
    Examine(examine::Args),
    Outcomes(outcomes::Args),
    Mutants(mutants::Args),
    MutantsScore(mutants::ScoreArgs),
    #[command(subcommand)]
    Bench(bench::Bench),
    LeakHunt(leaks::hunt::Args),
    LeaksElsewhere(leaks::elsewhere::Args),
    NextestBugs(leaks::nextest_bugs::Args),
}

fn main() -> ExitCode {
    let done = match Args::parse().command {
        Command::House(args) => house::run(&args),
        Command::Real(args) => real::run(&args),
        Command::RealServers => real::servers(),
        Command::ProveReal(args) => prove::run(&args),
        Command::Stable(args) => stable::run(&args),
        Command::Examine(args) => examine::run(&args),
        Command::Outcomes(args) => outcomes::run(&args),
        Command::Mutants(args) => mutants::run(&args),
        Command::MutantsScore(args) => mutants::score(&args),
        Command::Bench(bench) => bench::run(&bench),
        Command::LeakHunt(args) => leaks::hunt::run(&args),
        Command::LeaksElsewhere(args) => leaks::elsewhere::run(&args),
        Command::NextestBugs(args) => leaks::nextest_bugs::run(&args),
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
