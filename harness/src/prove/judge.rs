//! From the attempts to what is proved and what is not.

use std::collections::{BTreeMap, BTreeSet};

use crate::check::{Check, all};
use crate::dialect::Dialect;
use crate::ensure::shorten;
use crate::failure::{Failure, Kind};
use crate::message::printable;
use crate::prove::report::{Catch, FaultReport, Problem, Proof};
use crate::prove::{Attempts, Fault, Group, Plan};
use crate::run::{Attempt, Violation};
use crate::select::Selected;

/// How long the line is that says by what a fault was caught, in bytes.
const WIDTH: usize = 200;

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
    let mut unfit: Unfit =
        selected.iter().filter_map(|one| Some((one.case.name(), one.exempt.clone()?))).collect();
    for (group, attempts) in groups.iter().zip(attempts) {
        match group.fault {
            None if plan.correct => reference(group, attempts, &mut proof.problems),
            None => {
                let mut failing = Vec::new();
                reference(group, attempts, &mut failing);
                unfit.extend(failing.into_iter().filter_map(|problem| match problem {
                    Problem::Reference { case, message, .. } => {
                        Some((case, format!("fails without the fault: {message}")))
                    }
                    _ => None,
                }));
            }
            Some(number) => {
                let about = About { fault: &plan.faults[number], selected, unfit: &unfit };
                let report = fault(&about, group, attempts, &mut proof.problems);
                proof.faults.push(report);
            }
        }
    }
    proof.faults.sort_by(|a, b| a.name.cmp(&b.name));
    proof.problems.extend(fault_problems(plan.faults));
    if plan.correct {
        proof.problems.extend(check_problems(plan.faults, selected));
    }
    summarise(plan, selected, &mut proof);
    proof
}

fn summarise(plan: &Plan<'_>, selected: &[Selected], proof: &mut Proof) {
    let named = |one: &&Selected| plan.faults.iter().any(|fault| fault.names(one.case.check));
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
    proof.summary.faults = proof.faults.len();
    proof.proved = proof.complete && proof.problems.is_empty();
}

/// Whether every case of a group ran to its end: nothing can be said of a fault that some of them have not met.
fn whole(attempts: &Attempts) -> bool {
    attempts.iter().all(|attempt| attempt.as_ref().is_some_and(|attempt| !attempt.is_cut()))
}

/// Checks that no fault can prove, whatever the subjects did.
fn check_problems(faults: &[Fault], selected: &[Selected]) -> Vec<Problem> {
    let mut problems = Vec::new();
    let named: BTreeSet<&String> = faults.iter().flat_map(|fault| &fault.caught_by).collect();
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
fn fault_problems(faults: &[Fault]) -> Vec<Problem> {
    let mut problems = Vec::new();
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
        Problem::Reference { case, .. } => case.rsplit_once('@').map(|(check, _)| check),
        Problem::Missed { check, .. }
        | Problem::Unnamed { check }
        | Problem::Exempt { check, .. } => Some(check),
        Problem::UnknownCheck { .. } | Problem::SameName { .. } | Problem::Uncaught { .. } => None,
    }
}

/// The correct subject must hold everything, a SHOULD and a MAY too: what it does not do, no fault can take away.
fn reference(group: &Group, attempts: &Attempts, problems: &mut Vec<Problem>) {
    for (case, attempt) in group.cases.iter().zip(attempts) {
        let Some(attempt) = attempt.as_ref().filter(|attempt| !attempt.is_cut()) else { continue };
        let mut against = |case: String, finding: Finding, failure: Option<&Failure>| {
            let (Finding::Against(message) | Finding::Unclear(message)) = finding else { return };
            let mut detail = failure.map_or(message.clone(), ToString::to_string);
            for line in crate::session::transcript(attempt) {
                detail.push_str(&format!("\n    {line}"));
            }
            problems.push(Problem::Reference { case, message, detail });
        };
        against(case.name(), finding(attempt), attempt.result.as_ref().err());
        for Violation { observer, failure, .. } in &attempt.violations {
            let name = format!("{}@{}", observer.id(), case.dialect);
            let seen = format!("{} (in the conversation of {})", line(failure), case.name());
            against(name, Finding::Against(seen), Some(failure));
        }
    }
}

/// One fault, and what is known of the checks that name it.
struct About<'a> {
    fault: &'a Fault,
    selected: &'a [Selected],
    unfit: &'a Unfit,
}

impl About<'_> {
    /// What the cases that could find the fault say, by check; and why the other cases cannot.
    fn findings(
        &self,
        group: &Group,
        attempts: &Attempts,
    ) -> BTreeMap<String, std::result::Result<Vec<Finding>, &str>> {
        let mut findings = BTreeMap::new();
        for one in self.selected.iter().filter(|one| self.fault.names(one.case.check)) {
            match self.unfit.get(&one.case.name()) {
                Some(reason) => findings.entry(one.case.check.id()).or_insert(Err(reason.as_str())),
                None => findings.entry(one.case.check.id()).insert_entry(Ok(Vec::new())).into_mut(),
            };
        }
        let mut found = |check: &Check, dialect: Dialect, finding: Finding| {
            let fit = !self.unfit.contains_key(&format!("{}@{dialect}", check.id()));
            if fit && let Some(Ok(of_check)) = findings.get_mut(&check.id()) {
                of_check.push(finding);
            }
        };
        for (case, attempt) in group.cases.iter().zip(attempts) {
            let Some(attempt) = attempt else { continue };
            // An observer is proved by what it sees, not by how the conversation that it watches ends.
            found(
                case.check,
                case.dialect,
                match case.check.observes() {
                    Some(_) => Finding::Held,
                    None => finding(attempt),
                },
            );
            for Violation { observer, failure, .. } in &attempt.violations {
                found(observer, case.dialect, of_failure(failure));
            }
        }
        findings
    }
}

fn fault(
    about: &About<'_>,
    group: &Group,
    attempts: &Attempts,
    problems: &mut Vec<Problem>,
) -> FaultReport {
    let fault = about.fault;
    let mut catches = Vec::new();
    for (check, findings) in about.findings(group, attempts) {
        let catch = match findings {
            Ok(findings) => catch(check, &findings),
            Err(reason) => {
                let message = one_line(reason);
                Catch { check, caught: false, not_applicable: true, message }
            }
        };
        if !catch.caught && !catch.not_applicable && whole(attempts) {
            problems.push(Problem::Missed {
                fault: fault.name.clone(),
                check: catch.check.clone(),
                message: catch.message.clone(),
            });
        }
        catches.push(catch);
    }
    if catches.iter().all(|catch| catch.not_applicable) {
        problems.push(Problem::Uncaught { fault: fault.name.clone() });
    }
    FaultReport {
        name: fault.name.clone(),
        sentence: fault.sentence.clone(),
        place: fault.place.clone(),
        catches,
    }
}

/// A check finds a fault if it does in one dialect; not being able to tell is no find.
fn catch(check: String, findings: &[Finding]) -> Catch {
    let against = findings.iter().find_map(|finding| match finding {
        Finding::Against(message) => Some(message.clone()),
        _ => None,
    });
    let unclear = findings.iter().find_map(|finding| match finding {
        Finding::Unclear(message) => Some(message.clone()),
        _ => None,
    });
    let caught = against.is_some();
    let message = against.or(unclear).unwrap_or_else(|| "it holds all the same".to_owned());
    Catch { check, caught, not_applicable: false, message }
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
    let first = text.lines().next().unwrap_or_default();
    shorten(&printable(first.as_bytes(), WIDTH), WIDTH)
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
