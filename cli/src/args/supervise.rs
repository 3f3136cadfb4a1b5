//! The arguments of `proctor supervise`.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use clap::{ArgGroup, Args, ValueEnum};
use reaper::supervise::Births;

use super::value::{duration, grace};

/// `proctor supervise`.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("what").required(true).args(["command", "merge_junit", "print_runner"]))]
pub(crate) struct SuperviseArgs {
    /// Append a record of the run to FILE, as one line of JSON; with --merge-junit, read FILE
    #[arg(long, value_name = "FILE")]
    pub(crate) json: Option<PathBuf>,
    /// Run nothing; add the causes recorded in --json FILE to this JUnit report of nextest
    #[arg(long, value_name = "JUNIT", requires = "json")]
    pub(crate) merge_junit: Option<PathBuf>,
    /// Run nothing; print the environment variable that makes cargo run every test under this command
    #[arg(long)]
    pub(crate) print_runner: bool,
    /// How long processes may outlive the command, for example 50ms or 0 [default: 200ms]
    #[arg(long, value_name = "DURATION", value_parser = grace)]
    pub(crate) grace: Option<Duration>,
    /// Fail also for processes that ended within the grace, for zombies and for siblings
    #[arg(long)]
    pub(crate) strict: bool,
    /// Do not kill the processes that are left behind
    #[arg(long)]
    pub(crate) keep: bool,
    /// Search all processes of the machine for holders of the command's pipes
    #[arg(long)]
    pub(crate) siblings: bool,
    /// Kill the command after this time, for example 10m
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    pub(crate) timeout: Option<Duration>,
    /// Report on stderr also the processes that do not fail the run
    #[arg(long)]
    pub(crate) verbose: bool,
    /// Note births by these means, to see what they find.
    #[arg(long, value_name = "MEANS", hide = true)]
    pub(crate) births: Option<Means>,
    /// The command and its arguments
    #[arg(last = true, value_name = "COMMAND")]
    pub(crate) command: Vec<OsString>,
}

/// The means to note births.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Means {
    /// The kernel tells.
    Connector,
    /// New process numbers are looked at.
    Sampling,
    /// Not at all.
    Unknown,
}

impl From<Means> for Births {
    fn from(means: Means) -> Self {
        match means {
            Means::Connector => Self::Connector,
            Means::Sampling => Self::Sampling,
            Means::Unknown => Self::Unknown,
        }
    }
}
