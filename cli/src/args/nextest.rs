//! The arguments of `proctor hunt nextest`.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::hunt::{EffortArgs, HuntReportArgs};

/// What is hunted, if it is not a command.
#[derive(Debug, Subcommand)]
pub(crate) enum HuntWhat {
    /// Hunt tests run by cargo-nextest: those that -E selects, or those named in a log or a report
    Nextest(Box<NextestArgs>),
}

/// `proctor hunt nextest`.
#[derive(Debug, Args)]
pub(crate) struct NextestArgs {
    /// Tests that fail or leak in this log of cargo-nextest, as a CI system wrote it; `-` is stdin
    #[arg(long, value_name = "FILE", conflicts_with = "from_junit")]
    pub(crate) from_log: Option<PathBuf>,
    /// Tests that are failed or flaky in this JUnit report of cargo-nextest
    #[arg(long, value_name = "FILE")]
    pub(crate) from_junit: Option<PathBuf>,
    /// Tests that this filter expression of nextest selects
    #[arg(short = 'E', long, value_name = "EXPR")]
    pub(crate) filterset: Option<String>,
    /// Tests of this package [default: the whole workspace]
    #[arg(short, long, value_name = "PKG")]
    pub(crate) package: Vec<String>,
    /// Cargo features to build with
    #[arg(short = 'F', long, value_name = "FEATURES")]
    pub(crate) features: Vec<String>,
    /// The nextest profile to use
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
