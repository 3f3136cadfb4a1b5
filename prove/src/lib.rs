//! Proves the checks: the reference subject passes every one, in each of its legal variants too, and with a planted fault it
//! fails those that name the fault.
//!
//! A check that no fault can make fail proves nothing about anybody's server; one that a legal variant makes fail accuses
//! servers that do nothing wrong.

mod document;
mod judge;
pub mod memory;
mod pace;
mod page;
mod pool;
mod proof;
mod wording;

use std::collections::HashSet;
use std::time::Instant;

use harness::profile::Profile;
use harness::run::{Attempt, Case};
use harness::select::{FilterError, Filters, Selected};
use harness::session::{lightened, millis};
use harness::{Check, Dialect, Ended, Examined, Subject};
use memchr::memmem;
use tokio::sync::watch;

use pace::Pace;
use pool::Lane;

pub use proof::{Catch, FaultReport, Problem, Proof, ProofSummary, VariantReport};

/// A deliberate defect of a subject. The checks that must find it name it.
#[derive(Clone, Debug)]
pub struct Planted {
    /// What checks call it.
    pub fault: String,
    /// What reports call it, unique.
    pub name: String,
    /// What the subject does wrong.
    pub sentence: String,
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
    /// Whether it mostly waits, so that many of its cases can be under way.
    pub waits: bool,
    /// The variant that differs in another respect, so that a whole proof runs both in one subject: one of the pair says so.
    pub beside: Option<String>,
    /// What an examination of it found, if it offers something else than the reference: then it runs the cases that apply to
    /// it. Otherwise the reference's examination counts.
    pub profile: Option<Profile>,
    /// What the subject of [`Plan::telling`] writes on stderr when it comes to where the variant differs.
    pub sign: String,
}

impl Planted {
    /// Whether this check must find it.
    #[must_use]
    pub fn is_named_by(&self, check: &Check) -> bool {
        check.faults.contains(&self.fault.as_str())
    }
}

/// What is proved.
pub struct Plan<'a> {
    /// The subject without faults.
    pub reference: &'a Examined,
    /// Whether it is known to be correct. Then every selected check is proved, and one that fails without a fault is a
    /// problem; else only the checks that name a fault are run, and one that fails without a fault does not count.
    pub correct: bool,
    /// The subject in the variants of these names.
    pub varied: &'a dyn Fn(&[&str]) -> Subject,
    /// The variants that must pass.
    pub variants: &'a [Variant],
    /// The subject with the fault of this name.
    pub faulty: &'a dyn Fn(&str) -> Subject,
    /// Every fault there is.
    pub faults: &'a [Planted],
    /// Whether the reference and the faults are run, too; otherwise only the variants are.
    pub whole: bool,
    /// The reference as one that writes the [`Variant::sign`] of each variant that it meets. With it a whole proof leaves out
    /// the cases in which the reference never comes to where a variant differs: that variant does there what the
    /// reference did. Without it every variant runs every case.
    pub telling: Option<Subject>,
    /// Which checks are proved.
    pub filters: &'a Filters,
    /// How many cases at a time; without it, as many as keep the machine busy.
    pub jobs: Option<usize>,
}

/// Sees a proof as it goes.
pub trait Watch {
    /// `total` more cases are about to run.
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
    /// Two at a time, in the cases in which both differ.
    Both(usize, usize),
    Fault(usize),
}

/// One subject and the cases that are run on it.
struct Group {
    twist: Twist,
    subject: Examined,
    cases: Vec<Case>,
    observers: Vec<&'static Check>,
    /// How many cases were left out, in which the subject does what the reference does.
    alike: usize,
}

/// The attempt at each case of a group; nothing where the proof was interrupted.
type Attempts = Vec<Option<Attempt>>;

/// Runs every selected check on the subject, on each variant of it, and on the subject with each fault that it names.
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
    let mut groups = groups(plan, &selected)?;
    let mut attempts: Vec<Attempts> = groups.iter().map(not_run).collect();
    let done = match &plan.telling {
        Some(telling) if plan.whole && plan.correct => {
            narrow(plan, telling, &mut groups, &mut attempts, cancel, watch)
        }
        _ => None,
    };
    if plan.whole && plan.correct {
        share(plan, &mut groups, &mut attempts);
    }
    let pool = pool::Pool { plan, groups: &groups, cancel };
    pool.run(lanes(plan, &groups, done), &mut attempts, watch);
    if !plan.correct {
        // Where a subject takes long to start, many at a time may take longer than a wait: once more, each by itself.
        let one = |waiting: Vec<_>| vec![Lane { waiting: waiting.into(), pace: Pace::fixed(1) }];
        pool.run(one(judge::failing(&groups, &attempts)), &mut attempts, watch);
        let proof = judge::judge(plan, &selected, &groups, &attempts);
        pool.run(one(judge::missed(&proof, plan, &groups)), &mut attempts, watch);
    }
    let mut proof = judge::judge(plan, &selected, &groups, &attempts);
    proof.summary.duration_ms = millis(began.elapsed());
    Ok(proof)
}

fn not_run(group: &Group) -> Attempts {
    group.cases.iter().map(|_| None).collect()
}

/// Runs the reference as one that tells which variants it meets, and leaves to each variant the cases in which it is met. The
/// number of the reference's group, which was run.
fn narrow(
    plan: &Plan<'_>,
    telling: &Subject,
    groups: &mut [Group],
    attempts: &mut [Attempts],
    cancel: &watch::Sender<bool>,
    watch: &mut dyn Watch,
) -> Option<usize> {
    let bare = groups.iter().position(|group| group.twist == Twist::None)?;
    groups[bare].subject.subject = telling.clone();
    // Few cases, and everything else waits for the last of them.
    let pace = plan.jobs.map_or_else(Pace::waiting, Pace::fixed);
    let waiting = (0..groups[bare].cases.len()).map(|case| (bare, case)).collect();
    let pool = pool::Pool { plan, groups, cancel };
    pool.run(vec![Lane { waiting, pace }], attempts, watch);
    for number in 0..groups.len() {
        let Twist::Variant(variant) = groups[number].twist else { continue };
        if plan.variants[variant].profile.is_some() {
            continue;
        }
        let sign = plan.variants[variant].sign.as_bytes();
        let group = &mut groups[number];
        let cases = group.cases.len();
        // The cases of a correct subject's variants are the reference's own, in the same order.
        let mut told = attempts[bare].iter();
        group.cases.retain(|case| {
            let attempt = told.next().and_then(Option::as_ref);
            case.check.observes() || attempt.is_none_or(|attempt| may_meet(attempt, sign))
        });
        group.alike = cases - group.cases.len();
        attempts[number] = not_run(group);
    }
    for attempt in &mut attempts[bare] {
        *attempt = attempt.take().map(lightened);
    }
    Some(bare)
}

/// Has variants that are beside each other run in one subject where both differ.
fn share(plan: &Plan<'_>, groups: &mut Vec<Group>, attempts: &mut Vec<Attempts>) {
    for (one, variant) in plan.variants.iter().enumerate() {
        let beside = |other: &Variant| variant.beside.as_ref() == Some(&other.name);
        let Some(other) = plan.variants.iter().position(beside) else { continue };
        let at = |number| groups.iter().position(|group| group.twist == Twist::Variant(number));
        let (Some(first), Some(second)) = (at(one), at(other)) else { continue };
        let names: HashSet<String> = groups[second].cases.iter().map(Case::name).collect();
        let (cases, alone) =
            groups[first].cases.iter().partition(|case| names.contains(&case.name()));
        groups[first].cases = alone;
        let cases: Vec<Case> = cases;
        let names: HashSet<String> = cases.iter().map(Case::name).collect();
        groups[second].cases.retain(|case| !names.contains(&case.name()));
        for number in [first, second] {
            attempts[number] = not_run(&groups[number]);
        }
        let Group { subject: Examined { profile, .. }, observers, .. } = &groups[first];
        let subject = (plan.varied)(&[&variant.name, &plan.variants[other].name]);
        let both = Group {
            twist: Twist::Both(one, other),
            subject: Examined { subject, profile: profile.clone() },
            cases,
            observers: observers.clone(),
            alike: 0,
        };
        attempts.push(not_run(&both));
        groups.push(both);
    }
}

/// Whether a subject that told in this attempt what it met may have met what has this sign.
fn may_meet(attempt: &Attempt, sign: &[u8]) -> bool {
    let met = |ended: &Ended| {
        let stderr = &ended.report.stderr;
        stderr.lost() > 0 || memmem::find(&stderr.bytes, sign).is_some()
    };
    attempt.result.is_err() || attempt.ended.is_empty() || attempt.ended.iter().any(met)
}

/// A case with a fault mostly waits for what never comes, one without mostly computes: side by side, the ones wait while
/// the others compute.
fn lanes(plan: &Plan<'_>, groups: &[Group], done: Option<usize>) -> Vec<Lane> {
    let cases = |those: &dyn Fn(Twist) -> bool| {
        let groups = groups.iter().enumerate();
        let groups = groups.filter(|(at, group)| Some(*at) != done && those(group.twist));
        groups.flat_map(|(at, group)| (0..group.cases.len()).map(move |case| (at, case))).collect()
    };
    let waits = |twist| match twist {
        Twist::None => false,
        Twist::Variant(number) => plan.variants[number].waits,
        Twist::Both(one, other) => plan.variants[one].waits || plan.variants[other].waits,
        Twist::Fault(_) => true,
    };
    match plan.jobs {
        Some(jobs) => vec![Lane { waiting: cases(&|_| true), pace: Pace::fixed(jobs) }],
        // What a subject that is not ours costs is not known.
        None if !plan.correct => {
            vec![Lane { waiting: cases(&|_| true), pace: Pace::adaptive() }]
        }
        None => vec![
            Lane { waiting: cases(&waits), pace: Pace::waiting() },
            Lane { waiting: cases(&|twist| !waits(twist)), pace: Pace::computing() },
        ],
    }
}

/// The cases that apply.
fn applicable(selected: &[Selected], profile: &Profile) -> Vec<Case> {
    let applicable = selected.iter().filter(|selected| selected.exempt.is_none());
    let cases = applicable.map(|selected| selected.case);
    cases.filter(|case| !is_of_a_newer_revision(profile, case)).collect()
}

/// Whether the check of a case is proved in a newer revision of the same era: its revision is there for
/// the checks that only older ones have.
fn is_of_a_newer_revision(profile: &Profile, case: &Case) -> bool {
    let Some(own) = case.dialect.revision() else { return false };
    let mut newer = profile
        .revisions
        .keys()
        .filter(|other| **other > own && other.is_modern() == own.is_modern());
    newer.any(|other| case.check.applies_in(Dialect::Mcp(*other)).is_some())
}

fn groups(plan: &Plan<'_>, selected: &[Selected]) -> Result<Vec<Group>, FilterError> {
    let applicable = applicable(selected, &plan.reference.profile);
    let group = |twist: Twist, subject: Subject, cases: Vec<Case>| {
        let mut observers: Vec<_> =
            cases.iter().map(|case| case.check).filter(|check| check.observes()).collect();
        observers.dedup_by_key(|check| check.id());
        let cases = with_one_tour(cases);
        // The profile is the reference's: asking each faulty subject would fail where the fault is in the greeting.
        let profile = plan.reference.profile.clone();
        Group { twist, subject: Examined { subject, profile }, cases, observers, alike: 0 }
    };
    let named = |case: &&Case| plan.faults.iter().any(|fault| fault.is_named_by(case.check));
    let without: Vec<_> = if plan.correct {
        applicable.clone()
    } else {
        applicable.iter().filter(named).copied().collect()
    };
    let mut groups = Vec::new();
    let faults = plan.faults.iter().enumerate().filter(|_| plan.whole);
    for (number, fault) in faults {
        let named = |case: &Case| fault.is_named_by(case.check);
        let cases: Vec<_> = applicable.iter().copied().filter(named).collect();
        // Without a case to run it is still judged: it may name only checks that do not apply.
        if selected.iter().any(|selected| named(&selected.case)) {
            groups.push(group(Twist::Fault(number), (plan.faulty)(&fault.name), cases));
        }
    }
    if plan.whole {
        groups.push(group(Twist::None, plan.reference.subject.clone(), without));
    }
    for (number, variant) in plan.variants.iter().enumerate() {
        let subject = (plan.varied)(&[&variant.name]);
        let cases = match &variant.profile {
            None => applicable.clone(),
            Some(profile) => self::applicable(&plan.filters.select(profile)?, profile),
        };
        let mut group = group(Twist::Variant(number), subject, cases);
        if let Some(profile) = &variant.profile {
            group.subject.profile = profile.clone();
        }
        groups.push(group);
    }
    Ok(groups)
}

/// Observers of one dialect share their tour, and so do laws: each of them judges every conversation of its group, and a second one
/// like it shows nothing that the first did not.
fn with_one_tour(mut cases: Vec<Case>) -> Vec<Case> {
    let mut toured = Vec::new();
    cases.retain(|case| {
        if !case.check.observes() {
            return true;
        }
        let tour = (case.dialect, case.check.is_law());
        let is_first = !toured.contains(&tour);
        toured.push(tour);
        is_first
    });
    cases
}
