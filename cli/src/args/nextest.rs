//! The arguments of `proctor hunt nextest`.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::hunt::{EffortArgs, HuntReportArgs};

/// What is hunted, if it is not a command.
#[derive(Debug, Subcommand)]
pub(crate) enum HuntWhat {
    /// Hunt with tests that cargo-nextest runs: those of -E, or those that a log or a report names
    Nextest(Box<NextestArgs>),
}

/// `proctor hunt nextest`.
#[derive(Debug, Args)]
pub(crate) struct NextestArgs {
    /// Tests that this log of cargo-nextest runs names, however a CI system decorated it; `-` is stdin
    #[arg(long, value_name = "FILE", conflicts_with = "from_junit")]
    pub(crate) from_log: Option<PathBuf>,
    /// Tests that this JUnit report of cargo-nextest calls failed or flaky
    #[arg(long, value_name = "FILE")]
    pub(crate) from_junit: Option<PathBuf>,
    /// Tests that this filter expression of nextest lets through
    #[arg(short = 'E', long, value_name = "EXPR")]
    pub(crate) filterset: Option<String>,
    /// Tests of this package; of the whole workspace without it
    #[arg(short, long, value_name = "PKG")]
    pub(crate) package: Vec<String>,
    /// Features to build with
    #[arg(short = 'F', long, value_name = "FEATURES")]
    pub(crate) features: Vec<String>,
    /// The profile of nextest
    #[arg(short = 'P', long, value_name = "PROFILE")]
    pub(crate) profile: Option<String>,
    #[command(flatten)]
    pub(crate) effort: EffortArgs,
    #[command(flatten)]
    pub(crate) reports: HuntReportArgs,
    /// Further options for cargo
    #[arg(last = true, value_name = "OPTION")]
    pub(crate) cargo: Vec<OsString>,
}
