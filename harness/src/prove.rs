//! Proves the checks: the reference subject passes every one, in each of its legal variants too, and with a planted fault it
//! fails those that name the fault.
//!
//! A check that no fault can make fail proves nothing about anybody's server; one that a legal variant makes fail accuses
//! servers that do nothing wrong.

mod judge;
mod pace;
mod pool;
mod report;
mod wording;

use std::time::Instant;

use tokio::sync::watch;

use crate::check::Check;
use crate::run::{Attempt, Case};
use crate::select::{FilterError, Filters, Selected};
use crate::session::millis;
use crate::subject::{Examined, Subject};

pub use report::{Catch, FaultReport, Problem, Proof, ProofSummary, VariantReport};

/// A deliberate defect of the reference subject.
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

/// Something legal that the reference subject does otherwise than most servers.
#[derive(Clone, Debug)]
pub struct Variant {
    /// Its name, unique.
    pub name: String,
    /// What the subject does, and why it may.
    pub sentence: String,
    /// Where it is declared, as `file:line`.
    pub place: String,
}

/// What is proved.
pub struct Plan<'a> {
    /// The reference subject as it is.
    pub reference: &'a Examined,
    /// The reference subject in the variant of this name.
    pub varied: &'a dyn Fn(&str) -> Subject,
    /// The variants that must pass.
    pub variants: &'a [Variant],
    /// The reference subject with the fault of this name.
    pub faulty: &'a dyn Fn(&str) -> Subject,
    /// Every fault there is.
    pub faults: &'a [Fault],
    /// Whether the reference and the faults are run, too; otherwise only the variants are.
    pub whole: bool,
    /// Which checks are proved.
    pub filters: &'a Filters,
    /// How many cases at a time; without it, as many as keep the machine busy.
    pub jobs: Option<usize>,
}

/// Sees a proof as it goes.
pub trait Watch {
    /// `total` cases are about to run.
    fn begun(&mut self, total: usize) {
        let _ = total;
    }
    /// A case is over: of the reference as it is, or as the variant or with the fault of this name.
    fn finished(&mut self, otherwise: Option<&str>, case: &Case) {
        let _ = (otherwise, case);
    }
}

/// Sees nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Unwatched;

impl Watch for Unwatched {}

/// How the subject of a group differs from the reference; variants and faults by their numbers in the plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Twist {
    /// Not at all.
    None,
    Variant(usize),
    Fault(usize),
}

/// One subject and the cases that are run on it.
struct Group {
    twist: Twist,
    subject: Examined,
    cases: Vec<Case>,
    observers: Vec<&'static Check>,
}

/// The attempt at each case of a group; nothing where the proof was interrupted.
type Attempts = Vec<Option<Attempt>>;

/// Runs every selected check on the reference, on each variant of it, and on the reference with each fault that names it.
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
    let attempts = pool::run(plan, &groups, cancel, watch);
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
    let group = |twist: Twist, subject: Subject, cases: Vec<Case>| {
        let mut observers: Vec<_> = cases
            .iter()
            .map(|case| case.check)
            .filter(|check| check.observes().is_some())
            .collect();
        observers.dedup_by_key(|check| check.id());
        // The profile is the reference's: asking each faulty subject would fail where the fault is in the greeting.
        let profile = plan.reference.profile.clone();
        Group { twist, subject: Examined { subject, profile }, cases, observers }
    };
    let mut groups = Vec::new();
    let faults = plan.faults.iter().enumerate().filter(|_| plan.whole);
    for (number, fault) in faults {
        let named = |case: &Case| fault.caught_by.contains(&case.check.id());
        let cases: Vec<_> = applicable.iter().copied().filter(named).collect();
        if !cases.is_empty() {
            groups.push(group(Twist::Fault(number), (plan.faulty)(&fault.name), cases));
        }
    }
    if plan.whole {
        groups.push(group(Twist::None, plan.reference.subject.clone(), applicable.clone()));
    }
    for (number, variant) in plan.variants.iter().enumerate() {
        let subject = (plan.varied)(&variant.name);
        groups.push(group(Twist::Variant(number), subject, applicable.clone()));
    }
    groups
}
