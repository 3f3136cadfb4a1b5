//! A whole run: many cases at a time, each in an environment of its own, and the report on all of
//! them.

mod company;
mod news;
mod observers;
mod results;
mod settle;
mod shared;
mod stale;
mod work;

use std::collections::{BTreeSet, VecDeque};
use std::sync::Mutex;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use report::{CheckReport, Note, Outcome, Report, SCHEMA, Summary, Verdict};
use tokio::sync::watch;

use crate::check::Check;
use crate::known_failures::KnownFailures;
use crate::profile::Profile;
use crate::run::{Attempt, Case};
use crate::select::{Filters, Selected};
use crate::subject::Examined;

use news::News;
use results::Results;
pub(crate) use settle::{failed, known, settle};
pub use settle::{left_behind, transcript};
use work::Work;

/// The options of a run.
#[derive(Clone, Debug)]
pub struct Options {
    /// The number of cases that run at a time; by default, as many as the cost of a start allows.
    pub jobs: Option<usize>,
    /// The time limit of the whole run.
    pub deadline: Option<Duration>,
    /// The part of the time limit that has passed already.
    pub spent: Duration,
    /// The number of retries of a case that would fail the run.
    pub retries: usize,
    /// The number of runs of each case.
    pub repeat: usize,
    /// The part of the cases to run, from 1, and the number of parts.
    pub shard: Option<(usize, usize)>,
    /// The seed by which the order of the cases is shuffled.
    pub seed: Option<u64>,
    /// The number of failures after which the run is stopped; without it, never.
    pub fail_fast: Option<usize>,
    /// A SHOULD that does not hold fails the run too.
    pub strict: bool,
    /// Whether the laws judge, beside the checks.
    pub laws: bool,
    /// The expected failures.
    pub known_failures: KnownFailures,
    /// Whether all cases were selected, so that a listed failure without a match is stale.
    pub whole: bool,
    /// The end of the command that repeats one case: options, then ` -- ` and the subject.
    pub repeat_tail: String,
    /// The test of Bazel that this run is, quoted for a shell: its own command repeats a case.
    pub bazel_target: Option<String>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            jobs: None,
            deadline: None,
            spent: Duration::ZERO,
            retries: 0,
            repeat: 1,
            shard: None,
            seed: None,
            fail_fast: None,
            strict: false,
            laws: true,
            known_failures: KnownFailures::default(),
            whole: true,
            repeat_tail: String::new(),
            bazel_target: None,
        }
    }
}

/// Observes the progress of a run.
pub trait Watch {
    /// `total` cases are about to run.
    fn begun(&mut self, total: usize) {
        let _ = total;
    }
    /// One attempt at a case is over; `number` counts from 1.
    fn attempted(&mut self, case: &Case, number: usize, attempt: &Attempt) {
        let _ = (case, number, attempt);
    }
    /// A case, or an observer, is known not to have passed: called once for each, as soon as it is
    /// known.
    fn known(&mut self, check: &CheckReport) {
        let _ = check;
    }
    /// Checks wait for a resource of the machine that another run holds; called once.
    fn waiting(&mut self, what: &str) {
        let _ = what;
    }
    /// A case is over.
    fn finished(&mut self, check: &CheckReport) {
        let _ = check;
    }
}

/// Ignores all progress.
#[derive(Clone, Copy, Debug, Default)]
pub struct Unwatched;

impl Watch for Unwatched {}

/// A message of a worker: an attempt at a case, or the end of a case and whether it was run as often
/// as it should, by its number; or the lock that it waits for.
enum Done {
    Attempt(usize, Box<Attempt>),
    Case(usize, bool),
    Waiting(String),
}

/// The reason why a run ended early.
enum Cut {
    Deadline,
    Failures(usize),
    Interruption,
}

/// The attempt without its conversation, which is not needed if it held: many runs of many cases
/// must fit in memory.
pub fn lightened(mut attempt: Attempt) -> Attempt {
    if settle::held(&attempt) && attempt.violations.is_empty() {
        attempt.ended = Vec::new();
    }
    attempt
}

/// Runs the selected cases. If `cancel` becomes true, or the time is up, the run ends, and its
/// results so far are reported.
pub fn run(
    examined: &Examined,
    selected: &[Selected],
    options: &Options,
    cancel: &watch::Sender<bool>,
    watch: &mut dyn Watch,
) -> Report {
    let began = Instant::now();
    let selected = &shard(selected, options.shard);
    let observers: &[&'static Check] = &observers::every(options);
    let shared = shared::tours(selected);
    let companies = &company::companies(examined, selected, options);
    let (queue, total) = order(selected, &shared, companies, options.seed);
    watch.begun(total);
    let (mut results, mut cut) = (Results::of(selected.len()), None);
    let (mut news, mut waits) = (News::new(selected, options), BTreeSet::new());
    std::thread::scope(|scope| {
        let (done, finished) = channel::<Done>();
        let jobs = options.jobs.unwrap_or_else(|| examined.profile.jobs());
        for _ in 0..jobs.clamp(1, total.max(1)) {
            let done = done.clone();
            let work = Work { examined, selected, options, companies, observers, cancel };
            let (queue, shared) = (&queue, &shared);
            scope.spawn(move || work.until_done(queue, shared, &done));
        }
        drop(done);
        let deadline = options.deadline.map(|limit| began + limit.saturating_sub(options.spent));
        loop {
            let received = match deadline.filter(|_| cut.is_none()) {
                Some(deadline) => {
                    finished.recv_timeout(deadline.saturating_duration_since(Instant::now()))
                }
                None => finished.recv().map_err(|_| RecvTimeoutError::Disconnected),
            };
            match received {
                Ok(Done::Attempt(index, attempt)) => {
                    let number = results.at(index).len() + 1;
                    watch.attempted(&selected[index].case, number, &attempt);
                    let attempts = results.add(index, *attempt).filter(|_| cut.is_none());
                    if let Some(attempts) = attempts {
                        news.attempted(index, attempts, watch);
                    }
                }
                Ok(Done::Case(index, whole)) => {
                    results.unfinished[index] |= !whole;
                    let attempts = results.at(index);
                    if cut.is_none() {
                        news.over(index, attempts, watch);
                    }
                    watch.finished(&settle(&selected[index], attempts, options));
                }
                Ok(Done::Waiting(what)) => {
                    if waits.insert(what.clone()) {
                        watch.waiting(&what);
                    }
                }
                Err(RecvTimeoutError::Timeout) => {
                    cut = Some(Cut::Deadline);
                    cancel.send_replace(true);
                }
                Err(RecvTimeoutError::Disconnected) => break,
            }
            let enough = options.fail_fast.filter(|enough| news.failures() >= *enough);
            if enough.is_some() && cut.is_none() {
                cut = Some(Cut::Failures(news.failures()));
                cancel.send_replace(true);
            }
        }
    });
    shared::hand_out(selected, &shared, &mut results);
    let interrupted = || cancel.borrow().then_some(Cut::Interruption);
    let cut = cut.or_else(interrupted);
    conclude(examined, selected, options, &results, began, cut)
}

/// The cases of a shard: every `count`-th one, so that each shard has some of each suite.
fn shard(selected: &[Selected], shard: Option<(usize, usize)>) -> Vec<Selected> {
    let Some((part, count)) = shard else { return selected.to_vec() };
    selected
        .iter()
        .enumerate()
        .filter(|(index, _)| index % count == part - 1)
        .map(|(_, selected)| selected.clone())
        .collect()
}

/// The applicable cases in the order in which they are started, the first of each company for all of
/// it; and the number of all that are run.
fn order(
    selected: &[Selected],
    tours: &[usize],
    companies: &[Vec<usize>],
    seed: Option<u64>,
) -> (Mutex<VecDeque<usize>>, usize) {
    // What shares the tour or the process of another case is not run by itself.
    let applicable = |index: &usize| {
        let leads = tours[*index] == *index && !companies[*index].is_empty();
        selected[*index].exempt.is_none() && leads
    };
    let mut order: Vec<usize> = (0..selected.len()).filter(applicable).collect();
    if let Some(mut state) = seed {
        // Fisher-Yates over SplitMix64: the same order for the same seed, on every machine and
        // release.
        for last in (1..order.len()).rev() {
            state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
            let mut mixed = state;
            mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            mixed ^= mixed >> 31;
            let pick = usize::try_from(mixed % (last as u64 + 1)).unwrap_or(last);
            order.swap(last, pick);
        }
    }
    let size = |index: &usize| {
        companies[*index].len().max(shared::together(selected, tours, *index).len())
    };
    // Checks that others rely on come first, so that readers see the cause before its consequences.
    order.sort_by_key(|index| {
        let check = selected[*index].case.check;
        let first = !check.grants.is_empty();
        // In source order: a later one may need an earlier.
        // Long ones before short ones, so that none is left to the end.
        (!first, first.then_some((check.file, check.line)), std::cmp::Reverse(size(index)))
    });
    let total = order.iter().map(size).sum();
    (Mutex::new(order.into()), total)
}

fn conclude(
    examined: &Examined,
    selected: &[Selected],
    options: &Options,
    results: &Results,
    began: Instant,
    cut: Option<Cut>,
) -> Report {
    let Results { all: results, unfinished } = results;
    let mut checks: Vec<CheckReport> = selected
        .iter()
        .zip(results)
        .map(|(selected, attempts)| settle(selected, attempts.as_deref().unwrap_or(&[]), options))
        .collect();
    let cut_off = settle::cut_off(&mut checks, results, unfinished, options);
    let unselected = observers::merge(selected, results, options, &mut checks);
    let mut notes = stale::apply(selected, &examined.profile, options, &mut checks);
    if !options.laws {
        notes.push(Note::WithoutLaws);
    }
    let attempts = results.iter().flatten().flatten();
    let mentioned: BTreeSet<&String> = attempts.flat_map(|attempt| &attempt.mentions).collect();
    if !mentioned.is_empty() {
        notes.push(Note::Unnamed(mentioned.into_iter().cloned().collect()));
    }
    let mut stopped_after = None;
    match cut {
        Some(Cut::Deadline) => notes.push(Note::Deadline(options.deadline.unwrap_or_default())),
        Some(Cut::Failures(failures)) => stopped_after = Some(failures),
        Some(Cut::Interruption) => notes.push(Note::Interrupted),
        None => {}
    }
    // A check of a feature that the subject turned out not to offer did not test it.
    let unoffered = |(selected, check): &(&Selected, &CheckReport)| {
        selected.exempt.is_none() && check.outcome == Outcome::NotApplicable
    };
    let unoffered = selected.iter().zip(&checks).filter(unoffered).count();
    let expected = selected.iter().filter(|selected| selected.exempt.is_none()).count();
    let run = results.iter().filter(|attempts| attempts.is_some()).count() - cut_off;
    let mut summary = Summary {
        applicable: applicable(&examined.profile) - unoffered,
        expected: expected - unoffered + unselected.len(),
        run: run - unoffered + unselected.len(),
        duration_ms: millis(began.elapsed()),
        ..Summary::default()
    };
    for (check, attempts) in checks.iter().zip(results) {
        summary.count(check.outcome);
        let differ = attempts.as_ref().is_some_and(|all| settle::differ(all));
        summary.flaky += usize::from(differ || check.flaky);
    }
    unselected.iter().for_each(|check| summary.count(check.outcome));
    checks.extend(unselected);
    checks.sort_by(|a, b| (&a.id, a.dialect).cmp(&(&b.id, b.dialect)));
    let stale = notes.iter().any(|note| matches!(note, Note::Stale { .. }));
    let verdict = verdict(&summary, &checks, options.strict, stale);
    let noted = &examined.subject.settings.coverage;
    Report {
        schema: SCHEMA.to_owned(),
        subject: examined.report(),
        verdict,
        notes,
        stopped_after,
        summary,
        checks,
        coverage: noted.as_ref().map(|noted| noted.coverage(&examined.profile)),
    }
}

/// The number of all cases that apply to the subject, selected or not.
fn applicable(profile: &Profile) -> usize {
    let all = Filters::default().select(profile).unwrap_or_default();
    all.iter().filter(|selected| selected.exempt.is_none()).count()
}

fn verdict(summary: &Summary, checks: &[CheckReport], strict: bool, stale: bool) -> Verdict {
    let bad = checks
        .iter()
        .any(|check| check.outcome.is_bad() || (strict && check.outcome == Outcome::Warned));
    if bad || stale {
        Verdict::Nonconformant
    } else if summary.inconclusive > 0 || summary.run < summary.expected || summary.run == 0 {
        // Zero checks prove nothing.
        Verdict::Incomplete
    } else {
        Verdict::Conformant
    }
}

/// Whole milliseconds.
pub fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
