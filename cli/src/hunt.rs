//! `proctor hunt`: reproduces a flake, names its cause, and reports its rate.

mod nextest;

use std::hash::{BuildHasher, Hasher, RandomState};
use std::num::NonZero;
use std::time::Duration;

use hunt::limits::Means;
use hunt::nextest::Options;
use hunt::others::Others;
use hunt::report::{html, text};
use hunt::{Apart, Certainty, Plan, Report, Target, Unable, Watch};
use reaper::supervise::GRACE;

use crate::args::{EffortArgs, HuntArgs, HuntWhat};
use crate::exit_code::{FAILED, HELD, INCOMPLETE, Stop};
use crate::interrupt::Interrupt;
use crate::output::OutputFile;
use crate::progress::Progress;
use crate::{reference, run, terminal};
use nextest::{Found, Names};

/// The command that takes a token.
const COMMAND: &str = "proctor hunt";

/// The time limit of a hunt, and that of a proof that a problem is gone, which takes many more
/// runs.
const TIME: Duration = Duration::from_secs(120);
const PROOF: Duration = Duration::from_secs(3_600);

/// Generated seeds are short, so that they can be read out.
const SEEDS: u64 = 1_000_000_000;

/// Hunts as the arguments say, or replays a run of an earlier hunt.
pub(crate) fn hunt(args: &HuntArgs) -> Result<u8, Stop> {
    let (effort, reports) = match &args.what {
        Some(HuntWhat::Nextest(nextest)) => (&nextest.effort, &nextest.reports),
        None => (&args.effort, &args.reports),
    };
    let json = reports.json.as_deref().map(OutputFile::prepare).transpose()?;
    let html = reports.html.as_deref().map(OutputFile::prepare).transpose()?;
    let token =
        args.replay.as_ref().or(args.prove_fixed.as_ref()).map(nextest::anew).transpose()?;
    let scratch = tempfile::tempdir().map_err(Stop::unable)?;
    let plans = plans(args, effort, &Means::probe(scratch.path()))?;
    if html.is_some() && plans.len() > 1 {
        return Err(Stop::usage(
            "--html shows one hunt; choose one of the tests with `hunt nextest -E`",
        ));
    }
    let _guardian = run::protect()?;
    let interrupt = Interrupt::listen()?;
    let mut done: Vec<Report> = Vec::new();
    for (index, plan) in plans.iter().enumerate() {
        if plans.len() > 1 {
            terminal::say(&format!("[{}/{}] {}\n", index + 1, plans.len(), plan.target.label))?;
        }
        let known = tempfile::tempdir().map_err(Stop::unable)?;
        let runner = Apart {
            proctor: reference::this_binary()?.into(),
            profile: known.path().join("profile.json"),
            env: std::env::vars_os().collect(),
            processors: plan.processors,
            means: plan.means.clone(),
            cancel: interrupt.cancel.subscribe(),
        };
        let mut watcher = Watcher::new(!reports.no_progress);
        let (cancel, watch) = (&interrupt.cancel, &mut watcher);
        let outcome = match &token {
            Some(token) if args.replay.is_some() => {
                hunt::replay(token, plan, &runner, cancel, watch)
            }
            Some(token) => hunt::prove_fixed(token, plan, &runner, cancel, watch),
            None => hunt::hunt(plan, &runner, cancel, watch),
        };
        drop(watcher);
        let report = outcome.map_err(|Unable(why)| Stop::unable(why))?;
        terminal::say(&text::text(&report, COMMAND, terminal::paint()))?;
        done.push(report);
    }
    write(&done, json, html)?;
    Ok(exit_code(&done))
}

/// A hit counts most, then an undecided hunt, then one without a hit.
fn exit_code(reports: &[Report]) -> u8 {
    let codes: Vec<u8> = reports.iter().map(|report| report.answer.exit_code()).collect();
    [FAILED, INCOMPLETE].into_iter().find(|code| codes.contains(code)).unwrap_or(HELD)
}

fn write(
    reports: &[Report],
    json: Option<OutputFile>,
    html: Option<OutputFile>,
) -> Result<(), Stop> {
    if let Some(file) = json {
        let texts: Vec<String> =
            reports.iter().map(Report::json).collect::<Result<_, _>>().map_err(Stop::unable)?;
        file.write(&match texts.as_slice() {
            [one] => one.clone(),
            several => format!(
                "{{\"schema\": \"proctor.hunts/1\", \"hunts\": [\n{}\n]}}\n",
                several.join(",\n")
            ),
        })?;
    }
    match (html, reports) {
        (Some(file), [report]) => file.write(&html::render(report, COMMAND)),
        _ => Ok(()),
    }
}

/// One plan per target; they share the time.
fn plans(args: &HuntArgs, effort: &EffortArgs, means: &Means) -> Result<Vec<Plan>, Stop> {
    let certainty =
        Certainty { p0: effort.p0, p1: effort.p1, alpha: effort.alpha, beta: effort.beta };
    if certainty.p0 >= certainty.p1 {
        return Err(Stop::usage("--p0 must be less than --p1"));
    }
    let time = if args.prove_fixed.is_some() { PROOF } else { TIME };
    let seed = effort.seed.unwrap_or_else(|| RandomState::new().build_hasher().finish() % SEEDS);
    let found = found(args)?;
    let share = u32::try_from(found.len()).unwrap_or(u32::MAX).max(1);
    let plan = |Found { target, leak_timeout }| Plan {
        time: effort.time.unwrap_or(time) / share,
        runs: effort.runs,
        leak_timeout: effort.leak_timeout.unwrap_or(leak_timeout),
        run_timeout: effort.run_timeout,
        certainty,
        means: means.clone(),
        others: Others::of(&target),
        ..Plan::new(target, seed)
    };
    Ok(found.into_iter().map(plan).collect())
}

fn found(args: &HuntArgs) -> Result<Vec<Found>, Stop> {
    let cargo = || args.command.iter().map(Into::into).collect();
    let options = || Options { cargo: cargo(), ..Options::default() };
    let mut found = match (&args.what, &args.from_log, &args.from_junit) {
        (Some(HuntWhat::Nextest(nextest)), ..) => nextest::asked(nextest)?,
        (None, Some(log), _) => nextest::found(&Names::Log(log), options())?,
        (None, None, Some(report)) => nextest::found(&Names::Junit(report), options())?,
        (None, None, None) => vec![Found { target: target(args), leak_timeout: GRACE }],
    };
    for Found { target, .. } in &mut found {
        target.expected = args.expect.or(target.expected);
    }
    Ok(found)
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

/// Updates the progress bar.
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
