//! `bench`: what is measured now and then, and what must hold of it.

mod hunt;
mod leaks;
mod pty;
mod run;

use std::process::ExitCode;

use clap::Subcommand;

use crate::failure::Result;

/// Measure speed and certainty; what must hold is checked.
#[derive(Debug, Subcommand)]
pub(crate) enum Bench {
    Run(run::Args),
    Hunt(hunt::Args),
    Leaks(leaks::Args),
    Pty(pty::Args),
}

/// Measures one of them.
pub(crate) fn run(bench: &Bench) -> Result<ExitCode> {
    match bench {
        Bench::Run(args) => run::run(args),
        Bench::Hunt(args) => hunt::run(args),
        Bench::Leaks(args) => leaks::run(args),
        Bench::Pty(args) => pty::run(args),
    }
}
