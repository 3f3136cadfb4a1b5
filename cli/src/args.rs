//! The arguments of every subcommand; the names and meanings are a contract.

pub(crate) mod drift;
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
use report::{Family, Level, Revision, Transport};

use crate::judge::Place;
use crate::settings_file;
pub(crate) use drift::DriftArgs;
pub(crate) use hunt::{EffortArgs, HuntArgs};
pub(crate) use nextest::{HuntWhat, NextestArgs};
pub(crate) use supervise::SuperviseArgs;
use value::{Jobs, call, duration, held, jobs, shard, variable};

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
    /// Examine the server that COMMAND starts; without COMMAND, the embedded reference server
    Run(Box<RunArgs>),
    /// List the checks by suite: id, level, dialects and requirement
    List(ListArgs),
    /// Describe one check or suite, and print the command that runs only it
    Explain(ExplainArgs),
    /// Write a proctor.toml that explains every setting
    Init(InitArgs),
    /// Prove the checks: each must pass on the reference server and fail on its planted faults
    Prove(ProveArgs),
    /// Reproduce a flaky leak or failure, name its cause and measure how often it happens
    Hunt(Box<HuntArgs>),
    /// Print what changed between two releases of a server, and whom that breaks: from schemas, reports or commands
    Drift(DriftArgs),
    /// Relay messages between a client and the server COMMAND, and alter them in one known way
    Proxy(ProxyArgs),
    /// Serve a scripted model on loopback, for manual tests
    MockModel(MockModelArgs),
    /// Run a command and report every process that it leaves behind; works as cargo's target runner
    Supervise(SuperviseArgs),
    /// Report which features of this machine Proctor can use
    Doctor,
    /// Combine earlier reports of `run --json` into one document
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
    /// The MCP server that checks configure.
    #[command(name = fixtures::tool_server::WORD, hide = true)]
    ToolServer(RawArgs),
    /// A client of a server that listens for WebSocket connections.
    #[command(name = harness::websocket::WORD, hide = true)]
    WebSocket(RawArgs),
    /// The helper that ends what a killed proctor leaves behind.
    #[command(name = "__guardian", hide = true)]
    Guardian,
}

impl Command {
    /// Whether what it starts are subjects, rather than commands that somebody runs with its help.
    pub(crate) fn starts_subjects(&self) -> bool {
        match self {
            Self::Run(_) | Self::Prove(_) | Self::Judge(_) | Self::Drift(_) => true,
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
    /// Only checks of this suite
    #[arg(long = "suite", value_name = "NAME")]
    suites: Vec<String>,
    /// Only checks whose id, or id@dialect, matches; `*` also matches `::`
    #[arg(long = "check", value_name = "GLOB")]
    checks: Vec<String>,
    /// Only checks in this dialect: v1, v2 or mcp
    #[arg(long = "dialect", value_name = "DIALECT")]
    dialects: Vec<Family>,
    /// Only checks of this level: must, should or may
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

    /// Whether checks are selected by name.
    pub(crate) fn names_checks(&self) -> bool {
        !self.checks.is_empty()
    }

    /// Selects the checks that match this glob, too.
    pub(crate) fn add_check(&mut self, glob: String) {
        self.checks.push(glob);
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
    /// The server to examine, with its arguments
    #[arg(last = true, value_name = "COMMAND")]
    pub(crate) command: Vec<OsString>,
}

/// How a run is done.
#[derive(Debug, Args)]
#[command(next_help_heading = "Execution")]
pub(crate) struct PaceArgs {
    /// Fail the run also if a SHOULD does not hold
    #[arg(long)]
    pub(crate) strict: bool,
    /// Judge by the checks alone, without the laws that hold over every conversation; the verdict says so
    #[arg(long)]
    pub(crate) no_laws: bool,
    /// Checks to run at a time [default: auto, one to four for each processor, by what a start of the server costs]
    #[arg(long, value_name = "N", value_parser = jobs)]
    pub(crate) jobs: Option<Jobs>,
    /// End the whole run after this time, finished or not; for example 10m
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    pub(crate) deadline: Option<Duration>,
    /// The time limit of one check, for example 30s [default: 60s]
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    pub(crate) check_timeout: Option<Duration>,
    /// Retry a check that would fail the run up to N times; if it then passes, it is reported as flaky [default: 0]
    #[arg(long, value_name = "N", value_parser = RangedU64ValueParser::<usize>::new().range(0..=1_000))]
    pub(crate) retries: Option<usize>,
    /// Stop after N failures; without N, after the first
    #[arg(long, value_name = "N", num_args = 0..=1, require_equals = true, default_missing_value = "1", value_parser = RangedU64ValueParser::<usize>::new().range(1..=100_000))]
    pub(crate) fail_fast: Option<usize>,
    /// Run only the checks that did not pass in this earlier JSON report
    #[arg(long, value_name = "REPORT")]
    pub(crate) rerun: Option<PathBuf>,
    /// Run each check N times
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = RangedU64ValueParser::<usize>::new().range(1..=100_000))]
    pub(crate) repeat: usize,
    /// Run part I of N of the checks, for example 1/4
    #[arg(long, value_name = "I/N", value_parser = shard)]
    pub(crate) shard: Option<(usize, usize)>,
    /// Start the checks in an order shuffled by this seed
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
    /// Write as JSON which methods, notifications, items and members of parameters the checks touch
    #[arg(long, value_name = "FILE")]
    pub(crate) coverage: Option<PathBuf>,
    /// Write every conversation as JSON lines
    #[arg(long, value_name = "DIR")]
    pub(crate) transcripts: Option<PathBuf>,
    /// Print only the counts and the verdict
    #[arg(long)]
    pub(crate) quiet: bool,
    /// Show no progress bar
    #[arg(long)]
    pub(crate) no_progress: bool,
    /// Expected failures, one `id-or-glob  # reason` on each line
    #[arg(long, value_name = "FILE")]
    pub(crate) known_failures: Option<PathBuf>,
    /// Read the expected failures from DIR/VERSION.txt, where VERSION is the Codex release that the server claims
    #[arg(long, value_name = "DIR", conflicts_with = "known_failures")]
    pub(crate) known_failures_dir: Option<PathBuf>,
    /// Write the failures of this run as a list for --known-failures
    #[arg(long, value_name = "FILE")]
    pub(crate) write_known_failures: Option<PathBuf>,
}

/// How the subject is configured.
#[derive(Debug, Args)]
#[command(next_help_heading = "Subject")]
pub(crate) struct SubjectArgs {
    /// Set a variable in the server's environment; `{{model_url}}` and `{{home}}` are replaced
    #[arg(long, value_name = "K=V", value_parser = variable)]
    pub(crate) env: Vec<(String, String)>,
    /// Copy these files into each home directory; `{{model_url}}` and `{{home}}` in them are replaced
    #[arg(long, value_name = "DIR")]
    pub(crate) home_template: Option<PathBuf>,
    /// The server's profile as JSON: written if FILE is missing, otherwise read, so that you can correct it
    #[arg(long, value_name = "FILE")]
    pub(crate) profile: Option<PathBuf>,
    /// Judge messages by the JSON schemas in DIR, as `generate-json-schema --out DIR` writes them, instead of those of the releases that the server could be
    #[arg(long, value_name = "DIR")]
    pub(crate) schema: Option<PathBuf>,
    /// What carries the messages: stdio, ws (a WebSocket) or unix (a WebSocket on a unix socket). The server gets `--listen URL`, or the URL in place of `{{listen}}` in an argument [default: stdio]
    #[arg(long, value_name = "TRANSPORT")]
    pub(crate) transport: Option<Transport>,
    /// MCP: examine the server also in this revision, beside the newest of each era; repeatable
    #[arg(long = "revision", value_name = "DATE")]
    pub(crate) revisions: Vec<Revision>,
    /// MCP: call every tool, also those that are not annotated as read-only, with arguments made from its schema
    #[arg(long)]
    pub(crate) call_tools: bool,
    /// MCP: call this tool with these arguments, for example one that takes some seconds; repeatable
    #[arg(long = "call", value_name = "NAME=JSON", value_parser = call)]
    pub(crate) calls: Vec<(String, serde_json::Value)>,
    /// Judge the server as this Codex release, or as the newest, instead of the release that it claims
    #[arg(long, value_name = "VERSION|newest", value_parser = held)]
    pub(crate) as_release: Option<Held>,
}

/// `proctor report`.
#[derive(Debug, Subcommand)]
pub(crate) enum ReportCommand {
    /// Print as Markdown what each of several releases of one server does not do, with the evidence
    Releases {
        /// The JSON reports, oldest release first
        #[arg(required = true, value_name = "REPORT")]
        reports: Vec<PathBuf>,
    },
    /// Print as Markdown what each of several MCP servers does not do, with the evidence
    Servers {
        /// The JSON reports; the name of a file is the name of its server
        #[arg(required = true, value_name = "REPORT")]
        reports: Vec<PathBuf>,
    },
    /// Print as Markdown what servers do with a request at each moment of a turn
    Moments {
        /// The JSON reports of runs of the suite `moments`, oldest release first
        #[arg(required = true, value_name = "REPORT")]
        reports: Vec<PathBuf>,
    },
    /// Print as Markdown which parts of the protocol the checks touch
    Coverage {
        /// The files of `run --coverage`, oldest release first
        #[arg(required = true, value_name = "COVERAGE")]
        files: Vec<PathBuf>,
        /// Why methods are left out, one `name-or-beginning*  # reason` on each line
        #[arg(long, value_name = "FILE")]
        reasons: Option<PathBuf>,
    },
}

/// `proctor list`.
#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    #[command(flatten)]
    pub(crate) filters: FilterArgs,
    /// List only the suites: how many checks each has, and what it is about
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
    /// The server to write into the file, with its arguments
    #[arg(last = true, value_name = "COMMAND")]
    pub(crate) command: Vec<String>,
}

/// `proctor explain`.
#[derive(Debug, Args)]
pub(crate) struct ExplainArgs {
    /// A check's id, its id@dialect or the end of its id; or the name of a suite
    pub(crate) check: String,
}

/// `proctor prove`.
#[derive(Debug, Args)]
pub(crate) struct ProveArgs {
    /// Prove only checks whose id matches; repeatable
    #[arg(long = "check", value_name = "GLOB")]
    pub(crate) checks: Vec<String>,
    /// Plant no fault; run the checks only on this legal variant of the reference server; repeatable
    #[arg(long = "variant", value_name = "NAME")]
    pub(crate) variants: Vec<String>,
    /// Write the report as JSON
    #[arg(long, value_name = "FILE")]
    pub(crate) json: Option<PathBuf>,
    /// Write the report as Markdown
    #[arg(long, value_name = "FILE")]
    pub(crate) page: Option<PathBuf>,
    /// Cases to run at a time [default: as many as keep the processors busy]
    #[arg(long, value_name = "N", value_parser = RangedU64ValueParser::<usize>::new().range(1..=1_000))]
    pub(crate) jobs: Option<usize>,
    /// Plant only the faults of `proctor proxy`, which work on any server
    #[arg(long)]
    pub(crate) proxy: bool,
    /// The server to plant the faults in, with its arguments [default: the embedded reference server]
    #[arg(last = true, value_name = "COMMAND", requires = "proxy")]
    pub(crate) command: Vec<OsString>,
}

/// `proctor proxy`.
#[derive(Debug, Args)]
pub(crate) struct ProxyArgs {
    /// The fault to plant; without it nothing is altered
    #[arg(long, value_name = "NAME")]
    pub(crate) fault: Option<String>,
    /// Do something unusual that a client must survive: stderr-flood or slow-list
    #[arg(long, value_name = "NAME", conflicts_with = "fault")]
    pub(crate) legal: Option<String>,
    /// Delay messages briefly, at points chosen by this seed
    #[arg(long, value_name = "SEED")]
    pub(crate) delays: Option<u64>,
    /// Pause the server briefly, at points chosen by this seed
    #[arg(long, value_name = "SEED")]
    pub(crate) pauses: Option<u64>,
    /// Log every alteration as a line of JSON
    #[arg(long, value_name = "FILE")]
    pub(crate) log: Option<PathBuf>,
    /// List the faults
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
    /// Checks to run at a time [default: four for each processor]
    #[arg(long, value_name = "N", value_parser = RangedU64ValueParser::<usize>::new().range(1..=1_000))]
    pub(crate) jobs: Option<usize>,
    /// The changed program; `app-server` or `mcp-server` is added
    #[arg(last = true, required = true, value_name = "COMMAND")]
    pub(crate) command: Vec<OsString>,
}

/// `proctor mock-model`.
#[derive(Debug, Args)]
pub(crate) struct MockModelArgs {
    /// The model's replies, as JSON [default: the same reply to every request]
    #[arg(long, value_name = "FILE")]
    pub(crate) script: Option<PathBuf>,
    /// The port on 127.0.0.1; 0 selects a free one
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) port: u16,
}
