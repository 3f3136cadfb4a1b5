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
    /// Append a record of the run to FILE, one line of JSON; read it, with --merge-junit
    #[arg(long, value_name = "FILE")]
    pub(crate) json: Option<PathBuf>,
    /// Run nothing: add the causes that are recorded in --json FILE to nextest's JUnit report
    #[arg(long, value_name = "JUNIT", requires = "json")]
    pub(crate) merge_junit: Option<PathBuf>,
    /// Run nothing: print the variable, NAME=VALUE, that makes cargo run every test under this proctor with these options
    #[arg(long)]
    pub(crate) print_runner: bool,
    /// How long what the command started may outlive it, like 50ms or 0; 200ms without it
    #[arg(long, value_name = "DURATION", value_parser = grace)]
    pub(crate) grace: Option<Duration>,
    /// Fail also for what ended within the grace, for zombies and for siblings
    #[arg(long)]
    pub(crate) strict: bool,
    /// Leave what is left as it is
    #[arg(long)]
    pub(crate) keep: bool,
    /// Look at every process of the machine for pipes of the command
    #[arg(long)]
    pub(crate) siblings: bool,
    /// Kill the command after this time, like 10m
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    pub(crate) timeout: Option<Duration>,
    /// Tell on stderr also of what does not fail the run
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
