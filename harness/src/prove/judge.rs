//! From the attempts to what is proved and what is not.

use std::collections::{BTreeMap, BTreeSet};

use crate::check::all;
use crate::ensure::shorten;
use crate::failure::{Failure, Kind};
use crate::message::printable;
use crate::prove::report::{Catch, FaultReport, Problem, Proof, VariantReport};
use crate::prove::wording::flaw;
use crate::prove::{Attempts, Fault, Group, Plan, Twist, Variant};
use crate::run::{Attempt, Violation};
use crate::select::Selected;

/// How long the line is that says by what a fault was caught, in bytes.
const WIDTH: usize = 600;

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

pub(super) fn judge(
    plan: &Plan<'_>,
    selected: &[Selected],
    groups: &[Group],
    attempts: &[Attempts],
) -> Proof {
    let mut proof = Proof::new();
    let (mut checks, mut named) = (BTreeSet::new(), BTreeSet::new());
    for one in selected {
        checks.insert(one.case.check.id());
    }
    for fault in plan.faults {
        named.extend(fault.caught_by.iter().cloned());
    }
    proof.complete = attempts.iter().all(whole);
    proof.summary.run = attempts.iter().flatten().flatten().count();
    for (group, attempts) in groups.iter().zip(attempts) {
        match group.twist {
            Twist::None => {
                let objections = objections(group, attempts);
                proof.problems.extend(objections.into_iter().map(Objection::into_reference));
            }
            Twist::Variant(number) => {
                let report = variant(&plan.variants[number], group, attempts, &mut proof.problems);
                proof.variants.push(report);
            }
            Twist::Fault(number) => {
                let report = fault(&plan.faults[number], group, attempts, &mut proof.problems);
                proof.faults.push(report);
            }
        }
    }
    proof.variants.sort_by(|a, b| a.name.cmp(&b.name));
    proof.faults.sort_by(|a, b| a.name.cmp(&b.name));
    proof.problems.sort_by_key(rank);
    if plan.whole {
        proof.problems.extend(list_problems(plan.faults, selected, &named));
    }
    proof.problems.extend(same_variants(plan.variants));
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
    proof
}

/// Whether every case of a group ran to its end: nothing can be said of a fault that some of them have not met.
fn whole(attempts: &Attempts) -> bool {
    attempts.iter().all(|attempt| attempt.as_ref().is_some_and(|attempt| !attempt.is_cut()))
}

/// What is wrong with the lists of faults and checks themselves, whatever the subjects did.
fn list_problems(
    faults: &[Fault],
    selected: &[Selected],
    named: &BTreeSet<String>,
) -> Vec<Problem> {
    let mut problems = Vec::new();
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
    let known: BTreeSet<String> = all().iter().map(|check| check.id()).collect();
    let mut names = BTreeSet::new();
    for fault in faults {
        for check in fault.caught_by.iter().filter(|check| !known.contains(*check)) {
            problems
                .push(Problem::UnknownCheck { fault: fault.name.clone(), check: check.clone() });
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
        Problem::UnknownCheck { .. } | Problem::SameName { .. } | Problem::SameVariant { .. } => {
            None
        }
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
fn objections(group: &Group, attempts: &Attempts) -> Vec<Objection> {
    let mut objections = Vec::new();
    for (case, attempt) in group.cases.iter().zip(attempts) {
        let Some(attempt) = attempt.as_ref().filter(|attempt| !attempt.is_cut()) else { continue };
        let mut against = |case: String, finding: Finding, failure: Option<&Failure>| {
            let (Finding::Against(message) | Finding::Unclear(message)) = finding else { return };
            let mut detail = failure.map_or(message.clone(), ToString::to_string);
            for line in crate::session::transcript(attempt) {
                detail.push_str(&format!("\n    {line}"));
            }
            objections.push(Objection { case, message, detail });
        };
        against(case.name(), finding(attempt), attempt.result.as_ref().err());
        for Violation { observer, failure, .. } in &attempt.violations {
            let name = format!("{}@{}", observer.id(), case.dialect);
            let seen = format!("{} (in the conversation of {})", line(failure), case.name());
            against(name, Finding::Against(seen), Some(failure));
        }
    }
    objections
}

/// How often the same thing is said against one variant: an observer may object to every conversation.
const TOLD: usize = 3;

fn variant(
    variant: &Variant,
    group: &Group,
    attempts: &Attempts,
    problems: &mut Vec<Problem>,
) -> VariantReport {
    let ran = attempts.iter().flatten().filter(|attempt| !attempt.is_cut());
    let cases = ran.clone().count();
    let held = ran
        .filter(|attempt| finding(attempt) == Finding::Held && attempt.violations.is_empty())
        .count();
    let mut told: BTreeMap<String, usize> = BTreeMap::new();
    for objection in objections(group, attempts) {
        let times = told.entry(objection.case.clone()).or_default();
        *times += 1;
        if *times <= TOLD {
            problems.push(objection.into_variant(&variant.name));
        }
    }
    let Variant { name, sentence, place } = variant.clone();
    VariantReport { name, sentence, place, cases, held }
}

fn same_variants(variants: &[Variant]) -> Vec<Problem> {
    let mut names = BTreeSet::new();
    let again = variants.iter().filter(|variant| !names.insert(&variant.name));
    again.map(|variant| Problem::SameVariant { variant: variant.name.clone() }).collect()
}

fn fault(
    fault: &Fault,
    group: &Group,
    attempts: &Attempts,
    problems: &mut Vec<Problem>,
) -> FaultReport {
    let mut findings: BTreeMap<String, Vec<Finding>> = BTreeMap::new();
    for (case, attempt) in group.cases.iter().zip(attempts) {
        let Some(attempt) = attempt else { continue };
        let of_case = findings.entry(case.check.id()).or_default();
        // An observer is proved by what it sees, not by how the conversation that it watches ends.
        of_case.push(match case.check.observes() {
            Some(_) => Finding::Held,
            None => finding(attempt),
        });
        for Violation { observer, failure, .. } in &attempt.violations {
            findings.entry(observer.id()).or_default().push(of_failure(failure));
            problems.extend(wording(fault, observer.id(), failure));
        }
        if let (Err(failure), None) = (&attempt.result, case.check.observes()) {
            problems.extend(wording(fault, case.check.id(), failure));
        }
    }
    let mut catches = Vec::new();
    for (check, findings) in findings {
        let catch = catch(check, &findings);
        if !catch.caught && whole(attempts) {
            problems.push(Problem::Missed {
                fault: fault.name.clone(),
                check: catch.check.clone(),
                message: catch.message.clone(),
            });
        }
        catches.push(catch);
    }
    FaultReport {
        name: fault.name.clone(),
        sentence: fault.sentence.clone(),
        place: fault.place.clone(),
        catches,
    }
}

/// What is wrong with the words in which a check told a fault. Two dialects with the same flaw are two problems.
fn wording(fault: &Fault, check: String, failure: &Failure) -> Option<Problem> {
    let flaw = flaw(failure)?;
    Some(Problem::Wording { fault: fault.name.clone(), check, flaw, message: line(failure) })
}

/// A check finds a fault if it does in one dialect; not being able to tell is no find.
fn catch(check: String, findings: &[Finding]) -> Catch {
    let mut against = findings.iter().filter_map(|finding| match finding {
        Finding::Against(message) => Some(message.clone()),
        _ => None,
    });
    let (against, mut others) = (against.next(), against.collect::<Vec<_>>());
    others.retain(|other| Some(other) != against.as_ref());
    others.dedup();
    let unclear = findings.iter().find_map(|finding| match finding {
        Finding::Unclear(message) => Some(message.clone()),
        _ => None,
    });
    let caught = against.is_some();
    let message = against.or(unclear).unwrap_or_else(|| "it holds all the same".to_owned());
    Catch { check, caught, message, others }
}

fn finding(attempt: &Attempt) -> Finding {
    match (&attempt.result, attempt.leaks.first()) {
        (Err(failure), _) => of_failure(failure),
        (Ok(()), Some(survivor)) => {
            Finding::Against(one_line(&format!("left behind: {}", survivor.command)))
        }
        (Ok(()), None) => Finding::Held,
    }
}

fn of_failure(failure: &Failure) -> Finding {
    match failure.kind() {
        Kind::Inconclusive => Finding::Unclear(format!("we could not tell: {}", line(failure))),
        Kind::Mismatch | Kind::Timeout | Kind::Closed => Finding::Against(line(failure)),
    }
}

/// A failure in one line.
fn line(failure: &Failure) -> String {
    let parts = failure.parts();
    one_line(&format!("{}: expected {}, observed {}", parts.what, parts.expected, parts.observed))
}

fn one_line(text: &str) -> String {
    let lines: Vec<_> = text.lines().collect();
    shorten(&printable(lines.join(" ⏎ ").as_bytes(), usize::MAX), WIDTH)
}

#[cfg(test)]
mod tests {
    use super::{Finding, catch, finding};
    use crate::failure::Failure;
    use crate::run::Attempt;

    fn attempt(result: crate::failure::Result) -> Attempt {
        let mut attempt = Attempt::void(Failure::mismatch("", "", ""));
        attempt.result = result;
        attempt
    }

    #[test]
    fn one_dialect_is_enough_to_find_a_fault() {
        let failing = finding(&attempt(Err(Failure::mismatch("reply", "1", "2"))));
        let found = catch("a::b".to_owned(), &[Finding::Held, failing]);
        assert!(found.caught);
        assert_eq!(found.message, "reply: expected 1, observed 2");
    }

    #[test]
    fn not_being_able_to_tell_is_no_find() {
        let unclear = finding(&attempt(Err(Failure::inconclusive("a home", "no space"))));
        let missed = catch("a::b".to_owned(), &[Finding::Held, unclear]);
        assert!(!missed.caught);
        assert!(missed.message.starts_with("we could not tell: a home"), "{}", missed.message);
        assert_eq!(
            catch("a::b".to_owned(), &[finding(&attempt(Ok(())))]).message,
            "it holds all the same"
        );
    }
}
