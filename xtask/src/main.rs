//! What maintainers run: `cargo xtask --help` lists it.

mod archive_test;
mod bazel;
mod bench;
mod failure;
mod house;
mod leaks;
mod load;
mod mcp;
mod mutants;
mod newcomer;
mod outcomes;
mod real;
mod releases;
mod reports;
mod schemas;
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
    ArchiveTest(archive_test::Args),
    Bazel(bazel::Args),
    House(house::Args),
    Real(real::Args),
    RealServers(real::PagesArgs),
    McpReal(mcp::Args),
    McpFaults(mcp::between::Args),
    McpRivals(mcp::rivals::Args),
    ProveReal(prove::Args),
    Stable(stable::Args),
    Examine(examine::Args),
    Outcomes(outcomes::Args),
    Mutants(mutants::Args),
    MutantsScore(mutants::ScoreArgs),
    Newcomer(newcomer::Args),
    Schemas(schemas::Args),
    #[command(subcommand)]
    Bench(bench::Bench),
    LeakHunt(leaks::hunt::Args),
    LeaksElsewhere(leaks::elsewhere::Args),
    NextestBugs(leaks::nextest_bugs::Args),
}

fn main() -> ExitCode {
    let done = match Args::parse().command {
        Command::ArchiveTest(args) => archive_test::run(&args),
        Command::Bazel(args) => bazel::run(&args),
        Command::House(args) => house::run(&args),
        Command::Real(args) => real::run(&args),
        Command::RealServers(args) => real::servers(&args),
        Command::McpReal(args) => mcp::run(&args),
        Command::McpFaults(args) => mcp::between::run(&args),
        Command::McpRivals(args) => mcp::rivals::run(&args),
        Command::ProveReal(args) => prove::run(&args),
        Command::Stable(args) => stable::run(&args),
        Command::Examine(args) => examine::run(&args),
        Command::Outcomes(args) => outcomes::run(&args),
        Command::Mutants(args) => mutants::run(&args),
        Command::MutantsScore(args) => mutants::score(&args),
        Command::Newcomer(args) => newcomer::run(&args),
        Command::Schemas(args) => schemas::run(&args),
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

#[cfg(test)]
mod tests {
    use std::fs;

    use clap::CommandFactory as _;

    use super::Args;
    use crate::workspace::root;

    #[test]
    fn every_command_says_what_it_does() {
        let mut all = Args::command();
        all.build();
        let bench = all.find_subcommand("bench").map(|bench| bench.get_subcommands());
        for command in all.get_subcommands().chain(bench.into_iter().flatten()) {
            let about = command.get_about().map(ToString::to_string).unwrap_or_default();
            assert!(about.starts_with(char::is_uppercase), "{}: {about:?}", command.get_name());
            assert!(!about.contains("told") && !about.ends_with('.'), "{about}");
        }
    }

    #[test]
    fn no_other_crate_depends_on_this_one() {
        let mut manifests = 0;
        for entry in fs::read_dir(root()).unwrap() {
            let folder = entry.unwrap().path();
            let Ok(text) = fs::read_to_string(folder.join("Cargo.toml")) else { continue };
            manifests += 1;
            let is_own = folder.ends_with("xtask");
            assert!(is_own || !text.contains("xtask"), "{}", folder.display());
        }
        assert!(manifests > 5, "{manifests} manifests");
        let workspace = fs::read_to_string(root().join("Cargo.toml")).unwrap();
        let built = workspace.lines().find(|line| line.starts_with("default-members"));
        assert!(built.is_some_and(|line| !line.contains("xtask")), "{built:?}");
    }
}
