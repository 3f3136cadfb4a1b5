//! Observers in a run: they judge every conversation of every case, and are reported under their own id.

use std::collections::BTreeMap;

use crate::check::Check;
use crate::outcome::Outcome;
use crate::report::CheckReport;
use crate::run::{Attempt, Violation};
use crate::select::Selected;
use crate::session::Options;
use crate::session::settle::{around, failed, failure, repeat};

/// The observers among the selected cases, each once.
pub(crate) fn of(selected: &[Selected]) -> Vec<&'static Check> {
    let mut observers: Vec<&'static Check> = selected
        .iter()
        .map(|selected| selected.case.check)
        .filter(|check| check.observes().is_some())
        .collect();
    observers.dedup_by_key(|check| check.id());
    observers
}

/// A violation and where it was found.
struct Found<'a> {
    case: String,
    violation: &'a Violation,
    attempt: &'a Attempt,
}

/// Adds to each observer's report what it has against the conversations of all cases.
pub(crate) fn merge(
    selected: &[Selected],
    results: &[Option<Vec<Attempt>>],
    options: &Options,
    checks: &mut [CheckReport],
) {
    let mut found: BTreeMap<(String, _), Vec<Found<'_>>> = BTreeMap::new();
    for (selected, attempts) in selected.iter().zip(results) {
        for attempt in attempts.iter().flatten() {
            for violation in &attempt.violations {
                let key = (violation.observer.id(), selected.case.dialect);
                found.entry(key).or_default().push(Found {
                    case: selected.case.name(),
                    violation,
                    attempt,
                });
            }
        }
    }
    for (selected, check) in selected.iter().zip(checks) {
        let key = (check.id.clone(), check.dialect);
        let Some(violations) = found.get_mut(&key).filter(|_| selected.exempt.is_none()) else {
            continue;
        };
        violations.sort_by(|a, b| a.case.cmp(&b.case));
        let Some(first) = violations.first() else { continue };
        report(selected, first, violations, options, check);
    }
}

fn report(
    selected: &Selected,
    first: &Found<'_>,
    all: &[Found<'_>],
    options: &Options,
    check: &mut CheckReport,
) {
    let own = selected.case.name();
    let mut cases: Vec<&str> = all.iter().map(|violation| violation.case.as_str()).collect();
    cases.dedup();
    let mut told = failure(&first.violation.failure, selected.case.check);
    told.notes.insert(0, format!("in the conversation of {}", first.case));
    if cases.len() > 1 {
        told.notes.push(format!(
            "and in {} more conversations, such as {}",
            cases.len() - 1,
            cases[1]
        ));
    }
    check.outcome = failed(check.level, &first.violation.failure);
    check.failure = Some(told);
    check.transcript = around(first.attempt, first.violation);
    let mut names = vec![own];
    if first.case != names[0] {
        names.push(first.case.clone());
    }
    check.repeat = repeat(&names, options);
    if matches!(check.outcome, Outcome::Failed | Outcome::Warned)
        && let Some(line) = options.known_failures.find(&selected.case)
    {
        check.outcome = Outcome::KnownFailure;
        check.reason = Some(line.reason.clone());
    }
}
