//! The arguments of every subcommand; the names and meanings are a contract.

mod hunt;
mod nextest;
mod supervise;
pub(crate) mod value;

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use clap::builder::RangedU64ValueParser;
use clap::{Args, Parser, Subcommand};
use harness::profile::Held;
use harness::select::Filters;
use harness::{Dialect, Level};

use crate::judge::Place;
use crate::settings_file;
pub(crate) use hunt::{EffortArgs, HuntArgs};
pub(crate) use nextest::{HuntWhat, NextestArgs};
pub(crate) use supervise::SuperviseArgs;
use value::{Jobs, duration, held, jobs, shard, variable};

/// Examines servers that speak the Codex app-server protocol over stdio.
#[derive(Debug, Parser)]
#[command(name = "proctor", version, propagate_version = true, disable_help_subcommand = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What is to be done.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Examine a subject: COMMAND, or with none the embedded reference subject
    Run(Box<RunArgs>),
    /// Print every check by chapter: id, level, dialects, requirement
    List(ListArgs),
    /// Print all that is known of one check or suite, and how to run only it
    Explain(ExplainArgs),
    /// Write a proctor.toml, in which every setting is explained
    Init(InitArgs),
    /// Run every check against the fault that it is there to find
    Prove(ProveArgs),
    /// Reproduce a flaky leak or failure, name its cause, and say how often it happens
    Hunt(Box<HuntArgs>),
    /// Stand between a client and COMMAND, and bend what they say
    Proxy(ProxyArgs),
    /// Serve a scripted model on loopback, for work by hand
    MockModel(MockModelArgs),
    /// Run a command and name every process that it leaves behind; usable as cargo's target runner
    Supervise(SuperviseArgs),
    /// Say what this machine can and cannot do
    Doctor,
    /// Print what earlier reports of `run --json` say together
    #[command(subcommand)]
    Report(ReportCommand),
    /// Tell a changed reference subject from the embedded one.
    #[command(name = "__judge", hide = true)]
    Judge(JudgeArgs),
    /// The embedded reference subject.
    #[command(hide = true, disable_help_flag = true, disable_version_flag = true)]
    Reference(RawArgs),
    /// The process that supervises one command for a library.
    #[command(name = "__supervised", hide = true)]
    Supervised,
    /// The runner that writes down how cargo-nextest runs a test.
    #[command(name = "__record", hide = true)]
    Record(RawArgs),
    /// The load that a hunt puts on the machine.
    #[command(name = "__load", hide = true)]
    Load(RawArgs),
    /// The stub that becomes the command of a proxy.
    #[command(name = "__tied", hide = true)]
    Tied(TiedArgs),
    /// The helper that ends what a killed proctor leaves behind.
    #[command(name = "__guardian", hide = true)]
    Guardian,
}

impl Command {
    /// Whether what it starts are subjects, rather than commands that somebody runs with its help.
    pub(crate) fn starts_subjects(&self) -> bool {
        match self {
            Self::Run(_) | Self::Prove(_) | Self::Judge(_) => true,
            Self::Hunt(hunt) => hunt.check.is_some(),
            _ => false,
        }
    }
}

/// Arguments that are somebody else's.
#[derive(Debug, Args)]
pub(crate) struct RawArgs {
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    pub(crate) args: Vec<OsString>,
}

/// Which checks; several values of one filter let through what any of them does.
#[derive(Debug, Args, Default)]
#[command(next_help_heading = "Filters, each repeatable")]
pub(crate) struct FilterArgs {
    /// Checks of this suite
    #[arg(long = "suite", value_name = "NAME")]
    suites: Vec<String>,
    /// Checks whose id, or id@dialect, matches; `*` also crosses `::`
    #[arg(long = "check", value_name = "GLOB")]
    checks: Vec<String>,
    /// Checks in this dialect: v1, v2 or mcp
    #[arg(long = "dialect", value_name = "DIALECT")]
    dialects: Vec<Dialect>,
    /// Checks of this level: must, should or may
    #[arg(long = "level", value_name = "LEVEL")]
    levels: Vec<Level>,
}

impl FilterArgs {
    pub(crate) fn filters(&self) -> Filters {
        Filters {
            suites: self.suites.clone(),
            checks: self.checks.clone(),
            dialects: self.dialects.clone(),
            levels: self.levels.clone(),
        }
    }

    /// Whether they let everything through.
    pub(crate) fn is_empty(&self) -> bool {
        let Self { suites, checks, dialects, levels } = self;
        suites.is_empty() && checks.is_empty() && dialects.is_empty() && levels.is_empty()
    }
}

/// `proctor run`.
#[derive(Debug, Args)]
#[command(after_help = settings_file::help())]
pub(crate) struct RunArgs {
    #[command(flatten)]
    pub(crate) filters: FilterArgs,
    #[command(flatten)]
    pub(crate) pace: PaceArgs,
    #[command(flatten)]
    pub(crate) reports: ReportArgs,
    #[command(flatten)]
    pub(crate) subject: SubjectArgs,
    /// The subject and its arguments
    #[arg(last = true, value_name = "COMMAND")]
    pub(crate) command: Vec<OsString>,
}

/// How a run is done.
#[derive(Debug, Args)]
#[command(next_help_heading = "How")]
pub(crate) struct PaceArgs {
    /// A SHOULD that does not hold fails the run too
    #[arg(long)]
    pub(crate) strict: bool,
    /// How many checks at a time; `auto`, as without it: two for each processor, or one if the subject computes long to start
    #[arg(long, value_name = "N", value_parser = jobs)]
    pub(crate) jobs: Option<Jobs>,
    /// When the whole run ends, finished or not, like 10m
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    pub(crate) deadline: Option<Duration>,
    /// The longest that one check lasts, like 30s
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    pub(crate) check_timeout: Option<Duration>,
    /// How often a check that would fail the run is tried again; if it passes then, it is flaky [default: 0]
    #[arg(long, value_name = "N", value_parser = RangedU64ValueParser::<usize>::new().range(0..=1_000))]
    pub(crate) retries: Option<usize>,
    /// Stop after N failures; after the first without N
    #[arg(long, value_name = "N", num_args = 0..=1, require_equals = true, default_missing_value = "1", value_parser = RangedU64ValueParser::<usize>::new().range(1..=100_000))]
    pub(crate) fail_fast: Option<usize>,
    /// Only what did not pass in an earlier report of `--json`
    #[arg(long, value_name = "REPORT")]
    pub(crate) rerun: Option<PathBuf>,
    /// How often each check is run
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = RangedU64ValueParser::<usize>::new().range(1..=100_000))]
    pub(crate) repeat: usize,
    /// Only part I of N, from 1
    #[arg(long, value_name = "I/N", value_parser = shard)]
    pub(crate) shard: Option<(usize, usize)>,
    /// Shuffle the order in which checks are begun
    #[arg(long, value_name = "N")]
    pub(crate) seed: Option<u64>,
}

/// What is written about a run.
#[derive(Debug, Args)]
#[command(next_help_heading = "Reports")]
pub(crate) struct ReportArgs {
    /// Write the report as JSON
    #[arg(long, value_name = "FILE")]
    pub(crate) json: Option<PathBuf>,
    /// Write the report as JUnit XML
    #[arg(long, value_name = "FILE")]
    pub(crate) junit: Option<PathBuf>,
    /// Write the report as one HTML file
    #[arg(long, value_name = "FILE")]
    pub(crate) html: Option<PathBuf>,
    /// Write every conversation as JSON lines
    #[arg(long, value_name = "DIR")]
    pub(crate) transcripts: Option<PathBuf>,
    /// Print the counts and the verdict only
    #[arg(long)]
    pub(crate) quiet: bool,
    /// Show no progress bar
    #[arg(long)]
    pub(crate) no_progress: bool,
    /// Failures that are expected: one `id-or-glob  # reason` a line
    #[arg(long, value_name = "FILE")]
    pub(crate) known_failures: Option<PathBuf>,
    /// The same from DIR/VERSION.txt, by the Codex release that the subject claims, like DIR/0.98.0.txt
    #[arg(long, value_name = "DIR", conflicts_with = "known_failures")]
    pub(crate) known_failures_dir: Option<PathBuf>,
    /// Write a list of what fails now
    #[arg(long, value_name = "FILE")]
    pub(crate) write_known_failures: Option<PathBuf>,
}

/// How the subject is configured.
#[derive(Debug, Args)]
#[command(next_help_heading = "Subject")]
pub(crate) struct SubjectArgs {
    /// Set a variable in its environment; `{{model_url}}` and `{{home}}` are replaced
    #[arg(long, value_name = "K=V", value_parser = variable)]
    pub(crate) env: Vec<(String, String)>,
    /// Copy these files into each home; `{{model_url}}` and `{{home}}` are replaced in text
    #[arg(long, value_name = "DIR")]
    pub(crate) home_template: Option<PathBuf>,
    /// What the subject offers, as JSON: written if FILE is missing, else read, so that you can correct it
    #[arg(long, value_name = "FILE")]
    pub(crate) profile: Option<PathBuf>,
    /// Hold the subject to this Codex release, or to the newest, whatever it claims
    #[arg(long, value_name = "VERSION|newest", value_parser = held)]
    pub(crate) as_release: Option<Held>,
}

/// `proctor report`.
#[derive(Debug, Subcommand)]
pub(crate) enum ReportCommand {
    /// Print a page in Markdown: what each of several releases of one server does not do, with the evidence
    Releases {
        /// What `run --json` wrote, oldest release first
        #[arg(required = true, value_name = "REPORT")]
        reports: Vec<PathBuf>,
    },
}

/// `proctor list`.
#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    #[command(flatten)]
    pub(crate) filters: FilterArgs,
    /// Print the chapters only: how many checks each has, and what it is about
    #[arg(long = "suites")]
    pub(crate) chapters: bool,
    /// Print JSON
    #[arg(long, conflicts_with = "chapters")]
    pub(crate) json: bool,
}

/// `proctor init`.
#[derive(Debug, Args)]
#[command(after_help = settings_file::help())]
pub(crate) struct InitArgs {
    /// The subject and its arguments, to be put into the file
    #[arg(last = true, value_name = "COMMAND")]
    pub(crate) command: Vec<String>,
}

/// `proctor explain`.
#[derive(Debug, Args)]
pub(crate) struct ExplainArgs {
    /// The check's id, id@dialect, the end of its id, or the name of a suite
    pub(crate) check: String,
}

/// `proctor prove`.
#[derive(Debug, Args)]
pub(crate) struct ProveArgs {
    /// Checks whose id matches; repeatable
    #[arg(long = "check", value_name = "GLOB")]
    pub(crate) checks: Vec<String>,
    /// Only on this legal variant of the reference subject, and with no faults; repeatable
    #[arg(long = "variant", value_name = "NAME")]
    pub(crate) variants: Vec<String>,
    /// Write the report as JSON
    #[arg(long, value_name = "FILE")]
    pub(crate) json: Option<PathBuf>,
    /// Write the report as a page in Markdown
    #[arg(long, value_name = "FILE")]
    pub(crate) page: Option<PathBuf>,
    /// How many cases at a time; as many as keep the processors busy without it
    #[arg(long, value_name = "N", value_parser = RangedU64ValueParser::<usize>::new().range(1..=1_000))]
    pub(crate) jobs: Option<usize>,
    /// Plant only the faults of `proctor proxy`, which work on any subject
    #[arg(long)]
    pub(crate) proxy: bool,
    /// The subject and its arguments; the embedded reference subject without it
    #[arg(last = true, value_name = "COMMAND", requires = "proxy")]
    pub(crate) command: Vec<OsString>,
}

/// `proctor proxy`.
#[derive(Debug, Args)]
pub(crate) struct ProxyArgs {
    /// What is wrong with the conversation; nothing without it
    #[arg(long, value_name = "NAME")]
    pub(crate) fault: Option<String>,
    /// Hold messages back for a moment, at points that the seed decides
    #[arg(long, value_name = "SEED")]
    pub(crate) delays: Option<u64>,
    /// Let the server stand still for a moment, at points that the seed decides
    #[arg(long, value_name = "SEED")]
    pub(crate) pauses: Option<u64>,
    /// Write what was done as JSON lines
    #[arg(long, value_name = "FILE")]
    pub(crate) log: Option<PathBuf>,
    /// Print the faults
    #[arg(long)]
    pub(crate) list: bool,
    /// The server and its arguments
    #[arg(last = true, value_name = "COMMAND")]
    pub(crate) command: Vec<OsString>,
}

/// The stub that becomes the command of a proxy.
#[derive(Debug, Args)]
pub(crate) struct TiedArgs {
    /// The process whose end is to be its own
    pub(crate) parent: u32,
    /// What to become
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    pub(crate) command: Vec<OsString>,
}

/// `proctor __judge`.
#[derive(Debug, Args)]
pub(crate) struct JudgeArgs {
    /// Begin with the checks of the faults that are planted nearest to this place
    #[arg(long, value_name = "FILE:LINE")]
    pub(crate) near: Option<Place>,
    /// How many checks at a time; four for each processor without it
    #[arg(long, value_name = "N", value_parser = RangedU64ValueParser::<usize>::new().range(1..=1_000))]
    pub(crate) jobs: Option<usize>,
    /// The changed subject and its arguments
    #[arg(last = true, required = true, value_name = "COMMAND")]
    pub(crate) command: Vec<OsString>,
}

/// `proctor mock-model`.
#[derive(Debug, Args)]
pub(crate) struct MockModelArgs {
    /// What the model says, as JSON; the same answer for ever without it
    #[arg(long, value_name = "FILE")]
    pub(crate) script: Option<PathBuf>,
    /// The port on 127.0.0.1; any free one without it
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) port: u16,
}
