//! The arguments of `proctor hunt`.

use std::path::PathBuf;
use std::time::Duration;

use clap::builder::RangedU64ValueParser;
use clap::{ArgGroup, Args};
use hunt::{Kind, Token};

use super::nextest::HuntWhat;
use super::value::{duration, expected, share, variable};

/// `proctor hunt`.
#[derive(Debug, Args)]
#[command(
    group = ArgGroup::new("what").required(true).multiple(true)
        .args(["command", "replay", "prove_fixed", "from_log", "from_junit"]),
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true
)]
pub(crate) struct HuntArgs {
    #[command(subcommand)]
    pub(crate) what: Option<HuntWhat>,
    /// Hunt with the checks that match, against COMMAND, a subject; without it COMMAND itself is run and judged
    #[arg(long, value_name = "GLOB", requires = "command")]
    pub(crate) check: Option<String>,
    /// Only this is a hit: leak, failure or time-out; any of them without it
    #[arg(long, value_name = "KIND", value_parser = expected)]
    pub(crate) expect: Option<Kind>,
    /// Set a variable in the environment of COMMAND
    #[arg(long, value_name = "K=V", value_parser = variable)]
    pub(crate) env: Vec<(String, String)>,
    /// The most copies of COMMAND at a time
    #[arg(long, value_name = "N", value_parser = RangedU64ValueParser::<usize>::new().range(1..=1_000))]
    pub(crate) at_a_time: Option<usize>,
    /// Repeat the run of a token until it is a hit
    #[arg(long, value_name = "TOKEN", conflicts_with_all = ["command", "seed"])]
    pub(crate) replay: Option<Token>,
    /// Show that what a token tells of is gone
    #[arg(long, value_name = "TOKEN", conflicts_with_all = ["command", "seed", "replay"])]
    pub(crate) prove_fixed: Option<Token>,
    /// Hunt with the tests that this log of cargo-nextest runs names, `-` for stdin; COMMAND is options of cargo then
    #[arg(long, value_name = "FILE", conflicts_with_all = ["replay", "prove_fixed", "check", "env", "from_junit"])]
    pub(crate) from_log: Option<PathBuf>,
    /// Hunt with the tests that this JUnit report of cargo-nextest names; COMMAND is options of cargo then
    #[arg(long, value_name = "FILE", conflicts_with_all = ["replay", "prove_fixed", "check", "env"])]
    pub(crate) from_junit: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) effort: EffortArgs,
    #[command(flatten)]
    pub(crate) reports: HuntReportArgs,
    /// The command and its arguments
    #[arg(last = true, value_name = "COMMAND")]
    pub(crate) command: Vec<String>,
}

/// How long, how often, how sure.
#[derive(Debug, Args)]
#[command(next_help_heading = "Effort")]
pub(crate) struct EffortArgs {
    /// How long the hunt lasts at most, like 10m; 2m without it, and 1h for --prove-fixed
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    pub(crate) time: Option<Duration>,
    /// How many runs it does at most
    #[arg(long, value_name = "N", value_parser = RangedU64ValueParser::<usize>::new().range(1..))]
    pub(crate) runs: Option<usize>,
    /// Where everything that is left to chance comes from; a new one each time without it
    #[arg(long, value_name = "N")]
    pub(crate) seed: Option<u64>,
    /// A run whose output is open for longer after its exit is a leak; 200ms without it, or what nextest's profile says
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    pub(crate) leak_timeout: Option<Duration>,
    /// When a run that does not end is ended, like 5m
    #[arg(long, value_name = "DURATION", value_parser = duration, default_value = "60s")]
    pub(crate) run_timeout: Duration,
    /// A rate that is as good as never
    #[arg(long, value_name = "SHARE", value_parser = share, default_value = "0.001")]
    pub(crate) p0: f64,
    /// A rate that must not be missed
    #[arg(long, value_name = "SHARE", value_parser = share, default_value = "0.02")]
    pub(crate) p1: f64,
    /// How often the rate may be called more than P0 when it is not
    #[arg(long, value_name = "SHARE", value_parser = share, default_value = "0.05")]
    pub(crate) alpha: f64,
    /// How often a rate of P1 may be missed
    #[arg(long, value_name = "SHARE", value_parser = share, default_value = "0.05")]
    pub(crate) beta: f64,
}

/// What is written about a hunt.
#[derive(Debug, Args)]
#[command(next_help_heading = "Reports")]
pub(crate) struct HuntReportArgs {
    /// Write the report as JSON
    #[arg(long, value_name = "FILE")]
    pub(crate) json: Option<PathBuf>,
    /// Write the report as one HTML file, with a picture of the tails
    #[arg(long, value_name = "FILE")]
    pub(crate) html: Option<PathBuf>,
    /// Show no progress bar
    #[arg(long)]
    pub(crate) no_progress: bool,
}
