//! `bazel`: the rule `proctor_test` under a real Bazel, in its own sandbox or on a remote engine.

mod engine;
mod program;
mod rows;
mod verdict;
mod workspace;

use std::io::{self, Write as _};
use std::process::ExitCode;

use self::engine::{Engine, Running};
use self::program::Bazel;
use self::verdict::Judge;
use crate::failure::Result;
use crate::workspace::{command, proctor, run as done};

/// Run the example in the folder `bazel` under a real Bazel, and compare what Bazel says with what is so.
///
/// `scripts/install-bazel` installs what is missing, which needs root. Every line is one thing that must hold; docs/bazel.md
/// explains them. All happens below target/bazel. PROCTOR names another proctor than the one that is built here.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Where the tests run
    #[arg(value_enum, default_value = "local")]
    engine: Engine,
}

/// Installs, lays out, starts the engine, and judges row by row.
pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    let engine = args.engine;
    done(command("scripts/install-bazel").arg(engine.name()))?;
    let proctor = proctor()?;
    let workspace = workspace::lay_out(&proctor, engine)?;
    let running = Running::start(engine)?;
    let bazel = Bazel::new(&workspace, running.flags())?;
    let mut judge = Judge::new(&bazel, engine.name());
    rows::all(&mut judge, engine, &running, &proctor)?;
    let (held, failed) = judge.counts();
    // Before what it talks to.
    drop(bazel);
    running.end()?;
    writeln!(io::stdout().lock(), "bazel: {engine:?}: {held} held, {failed} did not")?;
    Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
