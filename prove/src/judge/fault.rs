//! What the checks that name a fault said of it.

use std::collections::BTreeMap;

use harness::Dialect;
use harness::run::Violation;
use harness::select::Selected;
use harness::{Check, Failure};
use shown::one_line;

use crate::judge::{Finding, Unfit, finding, of_failure, whole};
use crate::proof::{Catch, FaultReport, Problem};
use crate::wording::flaw;
use crate::{Attempts, Group, Planted};

/// One fault, and what is known of the checks that name it.
pub(super) struct About<'a> {
    pub(super) fault: &'a Planted,
    pub(super) selected: &'a [Selected],
    pub(super) correct: bool,
    pub(super) unfit: &'a Unfit,
}

impl About<'_> {
    /// What the cases that could find the fault say, by check; and why the other cases cannot.
    fn findings(
        &self,
        group: &Group,
        attempts: &Attempts,
    ) -> BTreeMap<String, std::result::Result<Vec<Finding>, &str>> {
        let mut findings = BTreeMap::new();
        for one in self.selected.iter().filter(|one| self.fault.is_named_by(one.case.check)) {
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
                if case.check.observes() { Finding::Held } else { finding(attempt) },
            );
            for Violation { observer, failure, .. } in &attempt.violations {
                found(observer, case.dialect, of_failure(failure));
            }
        }
        findings
    }
}

pub(super) fn fault(
    about: &About<'_>,
    group: &Group,
    attempts: &Attempts,
    problems: &mut Vec<Problem>,
) -> FaultReport {
    let fault = about.fault;
    problems.extend(wordings(fault, group, attempts));
    let mut catches = Vec::new();
    for (check, findings) in about.findings(group, attempts) {
        let catch = match findings {
            Ok(findings) => catch(check, &findings),
            Err(reason) => {
                let message = one_line(reason);
                Catch { check, caught: false, not_applicable: true, message, others: Vec::new() }
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
    // Of a correct subject each check that does not apply is a problem by itself.
    if !about.correct && catches.iter().all(|catch| catch.not_applicable) {
        problems.push(Problem::Uncaught { fault: fault.name.clone() });
    }
    FaultReport {
        name: fault.name.clone(),
        sentence: fault.sentence.clone(),
        place: fault.place.clone(),
        catches,
    }
}

/// What is wrong with the words in which checks told the fault.
fn wordings(fault: &Planted, group: &Group, attempts: &Attempts) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (case, attempt) in group.cases.iter().zip(attempts) {
        let Some(attempt) = attempt else { continue };
        for Violation { observer, failure, .. } in &attempt.violations {
            problems.extend(wording(fault, observer.id(), failure));
        }
        if let (Err(failure), false) = (&attempt.result, case.check.observes()) {
            problems.extend(wording(fault, case.check.id(), failure));
        }
    }
    problems
}

/// What is wrong with the words in which a check told a fault. Two dialects with the same flaw are two problems.
fn wording(fault: &Planted, check: String, failure: &Failure) -> Option<Problem> {
    let flaw = flaw(failure)?;
    Some(Problem::Wording { fault: fault.name.clone(), check, flaw, message: failure.line() })
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
    Catch { check, caught, not_applicable: false, message, others }
}

#[cfg(test)]
mod tests {
    use super::catch;
    use crate::judge::{Finding, finding};
    use harness::Failure;
    use harness::run::Attempt;

    fn attempt(result: harness::Result) -> Attempt {
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
