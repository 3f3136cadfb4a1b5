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
    /// Run the checks that match against COMMAND, a server; without --check, COMMAND itself is what is hunted
    #[arg(long, value_name = "GLOB", requires = "command")]
    pub(crate) check: Option<String>,
    /// Count only this as a hit: leak, failure or time-out [default: each of them]
    #[arg(long, value_name = "KIND", value_parser = expected)]
    pub(crate) expect: Option<Kind>,
    /// Set a variable in the environment of COMMAND
    #[arg(long, value_name = "K=V", value_parser = variable)]
    pub(crate) env: Vec<(String, String)>,
    /// Run at most N copies of COMMAND at a time
    #[arg(long, value_name = "N", value_parser = RangedU64ValueParser::<usize>::new().range(1..=1_000))]
    pub(crate) at_a_time: Option<usize>,
    /// Repeat the run that a token describes until it hits
    #[arg(long, value_name = "TOKEN", conflicts_with_all = ["command", "seed"])]
    pub(crate) replay: Option<Token>,
    /// Show that the leak or failure that a token describes is gone
    #[arg(long, value_name = "TOKEN", conflicts_with_all = ["command", "seed", "replay"])]
    pub(crate) prove_fixed: Option<Token>,
    /// Hunt the failing or leaking tests in this log of cargo-nextest, `-` for stdin; COMMAND holds options for cargo
    #[arg(long, value_name = "FILE", conflicts_with_all = ["replay", "prove_fixed", "check", "env", "from_junit"])]
    pub(crate) from_log: Option<PathBuf>,
    /// Hunt the failing tests in this JUnit report of cargo-nextest; COMMAND holds options for cargo
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
    /// The time limit of the hunt, for example 10m [default: 2m, and 1h for --prove-fixed]
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    pub(crate) time: Option<Duration>,
    /// The limit on the number of runs
    #[arg(long, value_name = "N", value_parser = RangedU64ValueParser::<usize>::new().range(1..))]
    pub(crate) runs: Option<usize>,
    /// The seed of every random choice [default: a new one each time]
    #[arg(long, value_name = "N")]
    pub(crate) seed: Option<u64>,
    /// How long the output may stay open after the exit before it is a leak [default: nextest's, else 200ms]
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    pub(crate) leak_timeout: Option<Duration>,
    /// The time limit of one run, for example 5m
    #[arg(long, value_name = "DURATION", value_parser = duration, default_value = "60s")]
    pub(crate) run_timeout: Duration,
    /// P0: a rate this low counts as never
    #[arg(long, value_name = "SHARE", value_parser = share, default_value = "0.001")]
    pub(crate) p0: f64,
    /// P1: a rate this high must be found
    #[arg(long, value_name = "SHARE", value_parser = share, default_value = "0.02")]
    pub(crate) p1: f64,
    /// The accepted probability of reporting a rate above P0 that is not above it
    #[arg(long, value_name = "SHARE", value_parser = share, default_value = "0.05")]
    pub(crate) alpha: f64,
    /// The accepted probability of missing a rate of P1
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
    /// Write the report as one HTML file, with a plot of the times until the output closed
    #[arg(long, value_name = "FILE")]
    pub(crate) html: Option<PathBuf>,
    /// Show no progress bar
    #[arg(long)]
    pub(crate) no_progress: bool,
}
