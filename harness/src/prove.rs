//! Proves the checks: the reference subject passes every one, and with a planted fault it fails those that name the fault.
//!
//! A check that no fault can make fail proves nothing about anybody's server.

mod judge;
mod report;

use std::collections::VecDeque;
use std::sync::mpsc::channel;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use tokio::sync::watch;

use crate::check::Check;
use crate::failure::Kind;
use crate::run::{Attempt, Case, attempt};
use crate::select::{FilterError, Filters, Selected};
use crate::session::millis;
use crate::subject::{Examined, Subject};

pub use report::{Catch, FaultReport, Problem, Proof, ProofSummary};

/// A deliberate defect of a subject.
#[derive(Clone, Debug)]
pub struct Fault {
    /// Its name, unique.
    pub name: String,
    /// What the subject does wrong.
    pub sentence: String,
    /// Ids of the checks that must find it.
    pub caught_by: Vec<String>,
    /// Where it is planted, as `file:line`.
    pub place: String,
}

impl Fault {
    fn names(&self, check: &Check) -> bool {
        self.caught_by.contains(&check.id())
    }
}

/// What is proved.
pub struct Plan<'a> {
    /// The subject without faults.
    pub reference: &'a Examined,
    /// Whether it is known to be correct. Then every selected check is proved, and one that fails without a fault is a
    /// problem; else only the checks that faults name are run, and one that fails without a fault does not count.
    pub correct: bool,
    /// The subject with the fault of this name.
    pub faulty: &'a dyn Fn(&str) -> Subject,
    /// Every fault there is.
    pub faults: &'a [Fault],
    /// Which checks are proved.
    pub filters: &'a Filters,
    /// How many cases at a time.
    pub jobs: usize,
}

/// Sees a proof as it goes.
pub trait Watch {
    /// `total` cases are about to run.
    fn begun(&mut self, total: usize) {
        let _ = total;
    }
    /// A case is over: of the reference as it should be, or with a fault.
    fn finished(&mut self, fault: Option<&str>, case: &Case) {
        let _ = (fault, case);
    }
}

/// Sees nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Unwatched;

impl Watch for Unwatched {}

/// One subject and the cases that are run on it: the reference, or the reference with a fault.
struct Group {
    /// The number of the fault; `None` is the reference as it should be.
    fault: Option<usize>,
    subject: Examined,
    cases: Vec<Case>,
    observers: Vec<&'static Check>,
}

/// The attempt at each case of a group; nothing where the proof was interrupted.
type Attempts = Vec<Option<Attempt>>;

/// Runs every selected check on the subject, and on the subject with each fault that names it.
///
/// # Errors
///
/// Filters that let nothing through.
pub fn prove(
    plan: &Plan<'_>,
    cancel: &watch::Sender<bool>,
    watch: &mut dyn Watch,
) -> Result<Proof, FilterError> {
    let began = Instant::now();
    let selected = plan.filters.select(&plan.reference.profile)?;
    let groups = groups(plan, &selected);
    let attempts = run(plan, &groups, cancel, watch);
    let mut proof = judge::judge(plan, &selected, &groups, &attempts);
    proof.summary.duration_ms = millis(began.elapsed());
    Ok(proof)
}

fn groups(plan: &Plan<'_>, selected: &[Selected]) -> Vec<Group> {
    let applicable: Vec<Case> = selected
        .iter()
        .filter(|selected| selected.exempt.is_none())
        .map(|selected| selected.case)
        .collect();
    let group = |fault: Option<usize>, subject: Subject, cases: Vec<Case>| {
        let mut observers: Vec<_> = cases
            .iter()
            .map(|case| case.check)
            .filter(|check| check.observes().is_some())
            .collect();
        observers.dedup_by_key(|check| check.id());
        // The profile is the reference's: asking each faulty subject would fail where the fault is in the greeting.
        let profile = plan.reference.profile.clone();
        Group { fault, subject: Examined { subject, profile }, cases, observers }
    };
    let named = |case: &&Case| plan.faults.iter().any(|fault| fault.names(case.check));
    let without: Vec<_> = match plan.correct {
        true => applicable.clone(),
        false => applicable.iter().filter(named).copied().collect(),
    };
    let mut groups = vec![group(None, plan.reference.subject.clone(), without)];
    for (number, fault) in plan.faults.iter().enumerate() {
        let named = |case: &Case| fault.names(case.check);
        let cases: Vec<_> = applicable.iter().copied().filter(named).collect();
        // Without a case to run it is still judged: it may name only checks that do not apply.
        if selected.iter().any(|selected| named(&selected.case)) {
            groups.push(group(Some(number), (plan.faulty)(&fault.name), cases));
        }
    }
    groups
}

/// All cases of all groups in one pool.
fn run(
    plan: &Plan<'_>,
    groups: &[Group],
    cancel: &watch::Sender<bool>,
    watch: &mut dyn Watch,
) -> Vec<Attempts> {
    let all = groups.iter().enumerate();
    let queue: VecDeque<(usize, usize)> = all
        .flat_map(|(group, content)| (0..content.cases.len()).map(move |case| (group, case)))
        .collect();
    let total = queue.len();
    watch.begun(total);
    let queue = Mutex::new(queue);
    let mut attempts: Vec<Attempts> =
        groups.iter().map(|group| group.cases.iter().map(|_| None).collect()).collect();
    std::thread::scope(|scope| {
        let (done, finished) = channel();
        for _ in 0..plan.jobs.clamp(1, total.max(1)) {
            let (queue, done) = (&queue, done.clone());
            scope.spawn(move || {
                while !*cancel.borrow() {
                    let next = queue.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
                    let Some((group, case)) = next else { return };
                    let Group { subject, cases, observers, .. } = &groups[group];
                    let attempt = attempt(subject, cases[case], observers, cancel.subscribe());
                    if done.send((group, case, attempt)).is_err() {
                        return;
                    }
                }
            });
        }
        drop(done);
        for (group, case, attempt) in finished {
            let name = groups[group].fault.map(|fault| plan.faults[fault].name.as_str());
            watch.finished(name, &groups[group].cases[case]);
            // What was still under way when the proof was interrupted says nothing.
            let cut_short = *cancel.borrow()
                && matches!(&attempt.result, Err(failure) if failure.kind() == Kind::Inconclusive);
            attempts[group][case] = (!cut_short).then_some(attempt);
        }
    });
    attempts
}
