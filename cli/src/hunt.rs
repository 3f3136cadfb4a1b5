//! `proctor hunt`: reproduces a flake, names its cause, and says how often it happens.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::num::NonZero;
use std::time::Duration;

use hunt::report::{html, text};
use hunt::{Apart, Certainty, Plan, Report, Target, Unable, Watch, load};

use crate::args::HuntArgs;
use crate::exit_code::Stop;
use crate::interrupt::Interrupt;
use crate::output::OutputFile;
use crate::progress::Progress;
use crate::{reference, terminal};

/// What a token is given to.
const COMMAND: &str = "proctor hunt";

/// How long a hunt lasts, and a proof that something is gone, which takes as many runs as it takes.
const TIME: Duration = Duration::from_secs(120);
const PROOF: Duration = Duration::from_secs(3_600);

/// Seeds that are made up are short, so that they can be read out.
const SEEDS: u64 = 1_000_000_000;

/// Hunts with the command or the check that the arguments name, or repeats a run of an earlier hunt.
pub(crate) fn hunt(args: &HuntArgs) -> Result<u8, Stop> {
    let plan = plan(args)?;
    let json = args.reports.json.as_deref().map(OutputFile::prepare).transpose()?;
    let html = args.reports.html.as_deref().map(OutputFile::prepare).transpose()?;
    let interrupt = Interrupt::listen()?;
    let runner = Apart {
        proctor: reference::this_binary()?.into(),
        env: std::env::vars_os().collect(),
        processors: plan.processors,
        cancel: interrupt.cancel.subscribe(),
    };
    let mut watcher = Watcher::new(!args.reports.no_progress);
    let (cancel, watch) = (&interrupt.cancel, &mut watcher);
    let outcome = match (&args.replay, &args.prove_fixed) {
        (Some(token), _) => hunt::replay(token, &plan, &runner, cancel, watch),
        (_, Some(token)) => hunt::prove_fixed(token, &plan, &runner, cancel, watch),
        _ => hunt::hunt(&plan, &runner, cancel, watch),
    };
    drop(watcher);
    let report = outcome.map_err(|Unable(why)| Stop::unable(why))?;
    terminal::say(&text::text(&report, COMMAND, terminal::paint()))?;
    write(&report, json, html)?;
    Ok(report.answer.exit_code())
}

fn write(report: &Report, json: Option<OutputFile>, html: Option<OutputFile>) -> Result<(), Stop> {
    if let Some(file) = json {
        file.write(&report.json().map_err(Stop::unable)?)?;
    }
    html.map_or(Ok(()), |file| file.write(&html::render(report, COMMAND)))
}

fn plan(args: &HuntArgs) -> Result<Plan, Stop> {
    let effort = &args.effort;
    let certainty =
        Certainty { p0: effort.p0, p1: effort.p1, alpha: effort.alpha, beta: effort.beta };
    if certainty.p0 >= certainty.p1 {
        return Err(Stop::usage("--p0 must be less than --p1"));
    }
    let time = if args.prove_fixed.is_some() { PROOF } else { TIME };
    let seed = effort.seed.unwrap_or_else(|| RandomState::new().build_hasher().finish() % SEEDS);
    Ok(Plan {
        time: effort.time.unwrap_or(time),
        runs: effort.runs,
        leak_timeout: effort.leak_timeout,
        run_timeout: effort.run_timeout,
        certainty,
        ballast: load::ballast(),
        ..Plan::new(target(args), seed)
    })
}

fn target(args: &HuntArgs) -> Target {
    let command = args.command.clone();
    let mut target = match &args.check {
        None => Target { env: args.env.iter().cloned().collect(), ..Target::command(command) },
        Some(id) => {
            let set = args.env.iter().map(|(name, value)| format!("{name}={value}"));
            let options = set.flat_map(|pair| ["--env".to_owned(), pair]).collect();
            Target::check(id, options, command)
        }
    };
    target.expected = args.expect;
    target.at_a_time = args.at_a_time.and_then(NonZero::new);
    target
}

/// Moves the bar.
struct Watcher {
    progress: Progress,
    doing: String,
    runs: usize,
    hits: usize,
}

impl Watcher {
    fn new(wanted: bool) -> Self {
        let progress = Progress::new(wanted);
        Self { progress, doing: String::new(), runs: 0, hits: 0 }
    }
}

impl Watch for Watcher {
    fn doing(&mut self, what: &str) {
        self.doing = what.to_owned();
    }

    fn ran(&mut self, conditions: &str, hit: bool, over: f64) {
        self.runs += 1;
        self.hits += usize::from(hit);
        let doing = format!("{} ({conditions})", self.doing);
        self.progress.hunting(&doing, over, self.runs, self.hits);
    }
}
