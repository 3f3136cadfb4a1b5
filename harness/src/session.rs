//! A whole run: many cases at a time, each in its own world, and the report of them all.

mod observers;
mod settle;
mod stale;

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::watch;

use crate::check::Check;
use crate::failure::Failure;
use crate::known_failures::KnownFailures;
use crate::outcome::{Outcome, Verdict};
use crate::report::text::is_flaky;
use crate::report::{CheckReport, Report, SCHEMA, SubjectReport, Summary};
use crate::run::{Attempt, Case, attempt, text_of};
use crate::select::Selected;
use crate::subject::Examined;

pub(crate) use settle::{failed, known, left_behind, settle, transcript};

/// How a run is done.
#[derive(Clone, Debug)]
pub struct Options {
    /// How many cases at a time.
    pub jobs: usize,
    /// When the whole run ends, finished or not.
    pub deadline: Option<Duration>,
    /// How much of the deadline has passed already.
    pub spent: Duration,
    /// How often a case that would fail the run is tried again.
    pub retries: usize,
    /// How often each case is run.
    pub repeat: usize,
    /// Which part of the cases, from 1, of how many.
    pub shard: Option<(usize, usize)>,
    /// Shuffles the order in which the cases are begun.
    pub seed: Option<u64>,
    /// A SHOULD that does not hold fails the run too.
    pub strict: bool,
    /// The failures that are expected.
    pub known_failures: KnownFailures,
    /// Whether every case was selected, so that a listed failure that matches none is stale.
    pub whole: bool,
    /// What a command that repeats one case ends with: options, then ` -- ` and the subject.
    pub repeat_tail: String,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            jobs: std::thread::available_parallelism().map_or(4, |cores| cores.get() * 2),
            deadline: None,
            spent: Duration::ZERO,
            retries: 0,
            repeat: 1,
            shard: None,
            seed: None,
            strict: false,
            known_failures: KnownFailures::default(),
            whole: true,
            repeat_tail: String::new(),
        }
    }
}

/// Sees a run as it goes.
pub trait Watch {
    /// `total` cases are about to run.
    fn begun(&mut self, total: usize) {
        let _ = total;
    }
    /// One attempt at a case is over; `number` counts from 1.
    fn attempted(&mut self, case: &Case, number: usize, attempt: &Attempt) {
        let _ = (case, number, attempt);
    }
    /// A case is over.
    fn finished(&mut self, check: &CheckReport) {
        let _ = check;
    }
}

/// Sees nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Unwatched;

impl Watch for Unwatched {}

/// What a worker tells: an attempt at a case, or that there will be no more of them; the case by its number.
enum Done {
    Attempt(usize, Box<Attempt>),
    Case(usize),
}

/// The attempt without the conversation, which nobody will ask for when it held: many runs of many cases must fit in memory.
pub(crate) fn lightened(mut attempt: Attempt) -> Attempt {
    if settle::held(&attempt) && attempt.violations.is_empty() {
        attempt.ended = Vec::new();
    }
    attempt
}

/// Runs the selected cases. `cancel` turning true, by the caller or at the deadline, ends them; what is known is reported.
pub fn run(
    examined: &Examined,
    selected: &[Selected],
    options: &Options,
    cancel: &watch::Sender<bool>,
    watch: &mut dyn Watch,
) -> Report {
    let began = Instant::now();
    let selected = &shard(selected, options.shard);
    let observers: Vec<&'static Check> = observers::every();
    let queue = Mutex::new(order(selected, options.seed));
    let total = queue.lock().unwrap_or_else(PoisonError::into_inner).len();
    watch.begun(total);
    let mut results: Vec<Option<Vec<Attempt>>> = selected.iter().map(|_| None).collect();
    let mut out_of_time = false;
    std::thread::scope(|scope| {
        let (done, finished) = channel::<Done>();
        for _ in 0..options.jobs.clamp(1, total.max(1)) {
            let done = done.clone();
            let (queue, observers) = (&queue, &observers);
            scope.spawn(move || work(examined, selected, options, queue, observers, cancel, &done));
        }
        drop(done);
        let deadline = options.deadline.map(|limit| began + limit.saturating_sub(options.spent));
        loop {
            let received = match deadline.filter(|_| !out_of_time) {
                Some(deadline) => {
                    finished.recv_timeout(deadline.saturating_duration_since(Instant::now()))
                }
                None => finished.recv().map_err(|_| RecvTimeoutError::Disconnected),
            };
            match received {
                Ok(Done::Attempt(index, attempt)) => {
                    let attempts = results[index].get_or_insert_with(Vec::new);
                    watch.attempted(&selected[index].case, attempts.len() + 1, &attempt);
                    attempts.push(lightened(*attempt));
                }
                Ok(Done::Case(index)) => {
                    let attempts = results[index].as_deref().unwrap_or_default();
                    watch.finished(&settle(&selected[index], attempts, options));
                }
                Err(RecvTimeoutError::Timeout) => {
                    out_of_time = true;
                    cancel.send_replace(true);
                }
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
    });
    conclude(examined, selected, options, &results, began, out_of_time, *cancel.borrow())
}

/// One worker: takes cases until there are none, or the run is cancelled.
fn work(
    examined: &Examined,
    selected: &[Selected],
    options: &Options,
    queue: &Mutex<VecDeque<usize>>,
    observers: &[&'static Check],
    cancel: &watch::Sender<bool>,
    done: &Sender<Done>,
) {
    while !*cancel.borrow() {
        let next = queue.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
        let Some(index) = next else { return };
        let case = selected[index].case;
        // A panic of ours must cost one case, not the run.
        let once = || {
            let once = || attempt(examined, case, observers, cancel.subscribe());
            catch_unwind(AssertUnwindSafe(once)).unwrap_or_else(|panic| {
                Attempt::void(Failure::inconclusive("the harness panicked", text_of(&*panic)))
            })
        };
        let mut gone = false;
        let mut tell = |done_so_far: Done| gone |= done.send(done_so_far).is_err();
        for repeat in 0..options.repeat.max(1) {
            if *cancel.borrow() && repeat > 0 {
                break;
            }
            for _ in 0..=options.retries {
                let attempt = once();
                let again = settle::is_worth_another(&case, &attempt, options);
                tell(Done::Attempt(index, Box::new(attempt)));
                if !again || *cancel.borrow() {
                    break;
                }
            }
        }
        tell(Done::Case(index));
        if gone {
            return;
        }
    }
}

/// The part of the cases that a shard has: every `count`-th, so that each shard gets some of each suite.
fn shard(selected: &[Selected], shard: Option<(usize, usize)>) -> Vec<Selected> {
    let Some((part, count)) = shard else { return selected.to_vec() };
    selected
        .iter()
        .enumerate()
        .filter(|(index, _)| index % count == part - 1)
        .map(|(_, selected)| selected.clone())
        .collect()
}

/// The applicable cases in the order in which they are begun.
fn order(selected: &[Selected], seed: Option<u64>) -> VecDeque<usize> {
    let applicable = |index: &usize| selected[*index].exempt.is_none();
    let mut order: Vec<usize> = (0..selected.len()).filter(applicable).collect();
    if let Some(mut state) = seed {
        // Fisher-Yates over SplitMix64: the same order for the same seed, on every machine and release.
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
    order.into()
}

fn conclude(
    examined: &Examined,
    selected: &[Selected],
    options: &Options,
    results: &[Option<Vec<Attempt>>],
    began: Instant,
    out_of_time: bool,
    cancelled: bool,
) -> Report {
    let empty = Vec::new();
    let mut checks: Vec<CheckReport> = selected
        .iter()
        .zip(results)
        .map(|(selected, attempts)| settle(selected, attempts.as_ref().unwrap_or(&empty), options))
        .collect();
    let unselected = observers::merge(selected, results, options, &mut checks);
    let mut notes = stale::apply(selected, &examined.profile, options, &mut checks);
    if out_of_time {
        notes.push(format!(
            "the deadline of {:?} passed before every check had run",
            options.deadline.unwrap_or_default()
        ));
    } else if cancelled {
        notes.push("the run was interrupted before every check had run".to_owned());
    }
    let applicable = selected.iter().filter(|selected| selected.exempt.is_none()).count();
    let ran = results.iter().filter(|attempts| attempts.is_some()).count();
    let mut summary = Summary {
        expected: applicable + unselected.len(),
        run: ran + unselected.len(),
        duration_ms: millis(began.elapsed()),
        ..Summary::default()
    };
    for (check, attempts) in checks.iter().zip(results) {
        summary.count(check.outcome);
        let differ = attempts.as_ref().is_some_and(|all| settle::differ(all));
        summary.flaky += usize::from(differ || is_flaky(check));
    }
    unselected.iter().for_each(|check| summary.count(check.outcome));
    checks.extend(unselected);
    checks.sort_by(|a, b| (&a.id, a.dialect).cmp(&(&b.id, b.dialect)));
    let stale = notes.iter().any(|note| note.starts_with("known failures"));
    let verdict = verdict(&summary, &checks, options.strict, stale);
    let Examined { subject, profile } = examined;
    Report {
        schema: SCHEMA.to_owned(),
        subject: SubjectReport {
            command: subject
                .command
                .iter()
                .map(|part| part.to_string_lossy().into_owned())
                .collect(),
            user_agent: profile.user_agent.clone(),
            version: profile.version.clone(),
            dialects: profile.dialects.clone(),
        },
        verdict,
        notes,
        summary,
        checks,
    }
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

pub(crate) fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
