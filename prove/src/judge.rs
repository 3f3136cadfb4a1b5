//! From the attempts to what is proved and what is not.

mod fault;

use std::collections::{BTreeMap, BTreeSet};

use fault::{About, fault};
use harness::run::{Attempt, Case, Violation};
use harness::select::Selected;
use harness::session::left_behind;
use harness::{Check, Failure, Kind, all_checks};

use crate::proof::{Problem, Proof, VariantReport};
use crate::{Attempts, Group, Plan, Planted, Twist, Variant};

/// What one case says against a subject.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Finding {
    /// Nothing.
    Held,
    /// We could not tell.
    Unclear(String),
    /// This, in one line.
    Against(String),
}

/// Why cases, `id@dialect`, cannot find anything: they do not apply, or fail without a fault too.
type Unfit = BTreeMap<String, String>;

pub(super) fn judge(
    plan: &Plan<'_>,
    selected: &[Selected],
    groups: &[Group],
    attempts: &[Attempts],
) -> Proof {
    let mut proof = Proof::new();
    proof.complete = attempts.iter().all(whole);
    proof.summary.run = attempts.iter().flatten().flatten().count();
    let unfit = unfit(plan, selected, groups, attempts);
    let all = attempts;
    for (group, attempts) in groups.iter().zip(attempts) {
        match group.twist {
            Twist::None if plan.correct => {
                let objections = objections(group, attempts, &|_| true);
                proof.problems.extend(objections.into_iter().map(Objection::into_reference));
            }
            Twist::None | Twist::Both(..) => {}
            Twist::Variant(number) => {
                let parts = parts(number, groups, all);
                let report = variant(plan, number, &parts, &mut proof.problems);
                proof.variants.push(report);
            }
            Twist::Fault(number) => {
                let (fault_of, correct) = (&plan.faults[number], plan.correct);
                let about = About { fault: fault_of, selected, correct, unfit: &unfit };
                let report = fault(&about, group, attempts, &mut proof.problems);
                proof.faults.push(report);
            }
        }
    }
    proof.variants.sort_by(|a, b| a.name.cmp(&b.name));
    proof.faults.sort_by(|a, b| a.name.cmp(&b.name));
    proof.problems.sort_by_key(rank);
    if plan.whole && plan.correct {
        proof.problems.extend(check_problems(plan.faults, selected));
    }
    if plan.whole {
        proof.problems.extend(fault_problems(plan.faults));
    }
    proof.problems.extend(same_variants(plan.variants));
    summarise(plan, selected, &mut proof);
    proof
}

/// Of a subject that need not be correct, what fails without a fault, too, finds none.
fn unfit(plan: &Plan<'_>, selected: &[Selected], groups: &[Group], attempts: &[Attempts]) -> Unfit {
    let mut unfit: Unfit =
        selected.iter().filter_map(|one| Some((one.case.name(), one.exempt.clone()?))).collect();
    // The tour of an observer may break off where the subject is not correct: what it saw counts.
    let counts = |check: &Check| !check.observes();
    let bare = groups.iter().zip(attempts).filter(|(group, _)| group.twist == Twist::None);
    for (group, attempts) in bare.filter(|_| !plan.correct) {
        for Objection { case, message, .. } in objections(group, attempts, &counts) {
            unfit.insert(case, format!("fails without the fault: {message}"));
        }
    }
    unfit
}

/// The cases, by group and number, that failed although there was no fault.
pub(super) fn failing(groups: &[Group], attempts: &[Attempts]) -> Vec<(usize, usize)> {
    let mut cases = Vec::new();
    for (number, (group, attempts)) in groups.iter().zip(attempts).enumerate() {
        for (case, attempt) in attempts.iter().enumerate().filter(|_| group.twist == Twist::None) {
            let Some(attempt) = attempt else { continue };
            if finding(attempt) != Finding::Held || !attempt.violations.is_empty() {
                cases.push((number, case));
            }
        }
    }
    cases
}

/// The cases, by group and number, that did not find a fault which they should find.
pub(super) fn missed(proof: &Proof, plan: &Plan<'_>, groups: &[Group]) -> Vec<(usize, usize)> {
    let mut cases = Vec::new();
    for problem in &proof.problems {
        let Problem::Missed { fault, check, .. } = problem else { continue };
        for (number, group) in groups.iter().enumerate() {
            if matches!(group.twist, Twist::Fault(at) if plan.faults[at].name == *fault) {
                let observer = group.observers.iter().any(|observer| observer.id() == *check);
                let all = group.cases.iter().enumerate();
                let named = all.filter(|(_, case)| {
                    if case.check.observes() { observer } else { case.check.id() == *check }
                });
                cases.extend(named.map(|(case, _)| (number, case)));
            }
        }
    }
    cases
}

fn summarise(plan: &Plan<'_>, selected: &[Selected], proof: &mut Proof) {
    let named = |one: &&Selected| plan.faults.iter().any(|fault| fault.is_named_by(one.case.check));
    let meant = selected.iter().filter(|one| plan.correct || named(one));
    let checks: BTreeSet<String> = meant.map(|one| one.case.check.id()).collect();
    let failing: BTreeSet<&str> = proof.problems.iter().filter_map(about).collect();
    let caught = |id: &String| {
        let mut catches = proof.faults.iter().flat_map(|fault| &fault.catches);
        catches.any(|catch| catch.check == *id && catch.caught)
    };
    let proved = checks.iter().filter(|id| caught(id) && !failing.contains(id.as_str()));
    proof.summary.proved = proved.count();
    proof.summary.checks = checks.len();
    proof.summary.variants = proof.variants.len();
    proof.summary.faults = proof.faults.len();
    proof.proved = proof.complete && proof.problems.is_empty();
}

/// Whether every case of a group ran to its end: nothing can be said of a fault that some of them have not met.
fn whole(attempts: &Attempts) -> bool {
    attempts.iter().all(|attempt| attempt.as_ref().is_some_and(|attempt| !attempt.cut))
}

/// Checks that no fault can prove, whatever the subjects did.
fn check_problems(faults: &[Planted], selected: &[Selected]) -> Vec<Problem> {
    let mut problems = Vec::new();
    let named = |one: &&Selected| faults.iter().any(|fault| fault.is_named_by(one.case.check));
    let named: BTreeSet<String> =
        selected.iter().filter(named).map(|one| one.case.check.id()).collect();
    let mut exempt: BTreeMap<String, Option<&str>> = BTreeMap::new();
    for one in selected {
        // Exempt only if it is in every dialect.
        let reason = one.exempt.as_deref();
        exempt
            .entry(one.case.check.id())
            .and_modify(|known| *known = known.and(reason))
            .or_insert(reason);
    }
    for (check, reason) in exempt {
        match reason {
            Some(reason) => problems.push(Problem::Exempt { check, reason: reason.to_owned() }),
            None if !named.contains(&check) => problems.push(Problem::Unnamed { check }),
            None => {}
        }
    }
    problems
}

/// What is wrong with the list of faults itself.
fn fault_problems(faults: &[Planted]) -> Vec<Problem> {
    let mut problems = Vec::new();
    let checks = all_checks();
    let mut names = BTreeSet::new();
    for fault in faults {
        if !checks.iter().any(|check| fault.is_named_by(check)) {
            problems.push(Problem::Unwanted { fault: fault.name.clone() });
        }
        if !names.insert(&fault.name) {
            problems.push(Problem::SameName { fault: fault.name.clone() });
        }
    }
    problems
}

/// The check that a problem is about.
fn about(problem: &Problem) -> Option<&str> {
    match problem {
        Problem::Reference { case, .. } | Problem::Variant { case, .. } => {
            case.rsplit_once('@').map(|(check, _)| check)
        }
        Problem::Missed { check, .. }
        | Problem::Wording { check, .. }
        | Problem::Unnamed { check }
        | Problem::Exempt { check, .. } => Some(check),
        Problem::Unwanted { .. }
        | Problem::SameName { .. }
        | Problem::SameVariant { .. }
        | Problem::Uncaught { .. } => None,
    }
}

/// What is told first: what the reference and its variants do wrong, since nothing else counts before that is right.
fn rank(problem: &Problem) -> u8 {
    match problem {
        Problem::Reference { .. } => 0,
        Problem::Variant { .. } => 1,
        _ => 2,
    }
}

/// What a case says against a subject that is correct.
struct Objection {
    case: String,
    message: String,
    detail: String,
}

impl Objection {
    fn into_reference(self) -> Problem {
        let Self { case, message, detail } = self;
        Problem::Reference { case, message, detail }
    }

    fn into_variant(self, variant: &str) -> Problem {
        let Self { case, message, detail } = self;
        Problem::Variant { variant: variant.to_owned(), case, message, detail }
    }
}

/// A correct subject must hold everything, a SHOULD and a MAY too: what it does not do, no fault can take away.
/// `counts` is whether it counts how a case ends, beside what observers see of it.
fn objections(
    group: &Group,
    attempts: &Attempts,
    counts: &dyn Fn(&Check) -> bool,
) -> Vec<Objection> {
    let mut objections = Vec::new();
    for (case, attempt) in group.cases.iter().zip(attempts) {
        let Some(attempt) = attempt.as_ref().filter(|attempt| !attempt.cut) else { continue };
        let mut against = |case: String, finding: Finding, failure: Option<&Failure>| {
            let (Finding::Against(message) | Finding::Unclear(message)) = finding else { return };
            let mut detail = failure.map_or(message.clone(), ToString::to_string);
            for line in harness::session::transcript(attempt) {
                detail.push_str(&format!("\n    {line}"));
            }
            objections.push(Objection { case, message, detail });
        };
        if counts(case.check) {
            against(case.name(), finding_in(group, case, attempt), attempt.result.as_ref().err());
        }
        for Violation { observer, failure, .. } in &attempt.violations {
            let name = format!("{}@{}", observer.id(), case.dialect);
            let seen = format!("{} (in the conversation of {})", failure.line(), case.name());
            against(name, Finding::Against(seen), Some(failure));
        }
    }
    objections
}

/// How often the same thing is said against one variant: an observer may object to every conversation.
const TOLD: usize = 3;

fn variant(
    plan: &Plan<'_>,
    number: usize,
    parts: &[(&Group, &Attempts)],
    problems: &mut Vec<Problem>,
) -> VariantReport {
    let variant = &plan.variants[number];
    let (mut cases, mut held) = (0, 0);
    let mut each = Vec::new();
    for (group, attempts) in parts {
        let cases = group.cases.iter().zip(attempts.iter());
        each.extend(cases.map(|(case, attempt)| (group, case, attempt)));
    }
    for (group, case, attempt) in each {
        let Some(attempt) = attempt.as_ref().filter(|attempt| !attempt.cut) else { continue };
        let fine = finding_in(group, case, attempt) == Finding::Held;
        if !case.check.observes() {
            cases += 1;
            held += usize::from(fine && attempt.violations.is_empty());
            continue;
        }
        // One tour stands for all observers of its dialect.
        let release = plan.reference.profile.release;
        for observer in
            group.observers.iter().filter(|one| one.exempts(case.dialect, release).is_none())
        {
            let objects = attempt.violations.iter().any(|one| one.observer.id() == observer.id());
            cases += 1;
            held += usize::from(fine && !objects);
        }
    }
    let mut told: BTreeMap<String, usize> = BTreeMap::new();
    let objections = parts.iter().flat_map(|(group, made)| objections(group, made, &|_| true));
    for objection in objections {
        let times = told.entry(objection.case.clone()).or_default();
        *times += 1;
        if *times <= TOLD {
            problems.push(objection.into_variant(&variant.name));
        }
    }
    let Variant { name, sentence, place, .. } = variant.clone();
    let alike = parts.iter().map(|(group, _)| group.alike).sum();
    let beside = parts.iter().find_map(|(group, _)| match group.twist {
        Twist::Both(one, other) => Some(if one == number { other } else { one }),
        _ => None,
    });
    let beside = beside.map(|other| plan.variants[other].name.clone());
    VariantReport { name, sentence, place, cases, held, alike, beside }
}

/// The groups in which the subject was this variant, alone or beside another.
fn parts<'a>(
    number: usize,
    groups: &'a [Group],
    attempts: &'a [Attempts],
) -> Vec<(&'a Group, &'a Attempts)> {
    let is_part = |group: &Group| match group.twist {
        Twist::Variant(one) => one == number,
        Twist::Both(one, other) => one == number || other == number,
        Twist::None | Twist::Fault(_) => false,
    };
    groups.iter().zip(attempts).filter(|(group, _)| is_part(group)).collect()
}

fn same_variants(variants: &[Variant]) -> Vec<Problem> {
    let mut names = BTreeSet::new();
    let again = variants.iter().filter(|variant| !names.insert(&variant.name));
    again.map(|variant| Problem::SameVariant { variant: variant.name.clone() }).collect()
}

/// What a case says against the subject of a group. A variant need not offer what the reference does: in the Model Context
/// Protocol many checks find out by themselves whether they apply.
fn finding_in(group: &Group, case: &Case, attempt: &Attempt) -> Finding {
    let is_variant = matches!(group.twist, Twist::Variant(_) | Twist::Both(..));
    let lacks = attempt.result.as_ref().is_err_and(|failure| failure.kind() == Kind::NotOffered);
    if is_variant && case.dialect.is_mcp() && lacks && attempt.leaks.is_empty() {
        return Finding::Held;
    }
    finding(attempt)
}

fn finding(attempt: &Attempt) -> Finding {
    match (&attempt.result, attempt.leaks.first()) {
        (Err(failure), _) => of_failure(failure),
        (Ok(()), Some(survivor)) => Finding::Against(left_behind(survivor)),
        (Ok(()), None) => Finding::Held,
    }
}

fn of_failure(failure: &Failure) -> Finding {
    match failure.kind() {
        Kind::Inconclusive | Kind::NotOffered => {
            Finding::Unclear(format!("we could not tell: {}", failure.line()))
        }
        Kind::Mismatch | Kind::Timeout | Kind::Closed => Finding::Against(failure.line()),
    }
}
