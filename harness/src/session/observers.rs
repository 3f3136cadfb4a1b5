//! Observers in a run: they judge every conversation of every case, and are reported under their own id.

use std::collections::BTreeMap;

use crate::check::Check;
use crate::failure::Failure;
use crate::outcome::Outcome;
use crate::report::CheckReport;
use crate::run::Attempt;
use crate::select::Selected;
use crate::session::settle::{failed, failure, repeat, transcript};
use crate::session::Options;

/// The observers among the selected cases, each once.
pub(crate) fn of(selected: &[Selected]) -> Vec<&'static Check> {
    let mut observers: Vec<&'static Check> =
        selected.iter().map(|selected| selected.case.check).filter(|check| check.observes().is_some()).collect();
    observers.dedup_by_key(|check| check.id());
    observers
}

struct Violation<'a> {
    case: String,
    failure: &'a Failure,
    attempt: &'a Attempt,
}

/// Adds to each observer's report what it has against the conversations of all cases.
pub(crate) fn merge(
    selected: &[Selected],
    results: &[Option<Vec<Attempt>>],
    options: &Options,
    checks: &mut [CheckReport],
) {
    let mut found: BTreeMap<(String, _), Vec<Violation<'_>>> = BTreeMap::new();
    for (selected, attempts) in selected.iter().zip(results) {
        for attempt in attempts.iter().flatten() {
            for (observer, failure) in &attempt.violations {
                let key = (observer.id(), selected.case.dialect);
                found.entry(key).or_default().push(Violation { case: selected.case.name(), failure, attempt });
            }
        }
    }
    for (selected, check) in selected.iter().zip(checks) {
        let key = (check.id.clone(), check.dialect);
        let Some(violations) = found.get_mut(&key).filter(|_| selected.exempt.is_none()) else { continue };
        violations.sort_by(|a, b| a.case.cmp(&b.case));
        let Some(first) = violations.first() else { continue };
        report(selected, first, violations, options, check);
    }
}

fn report(
    selected: &Selected,
    first: &Violation<'_>,
    all: &[Violation<'_>],
    options: &Options,
    check: &mut CheckReport,
) {
    let own = selected.case.name();
    let mut cases: Vec<&str> = all.iter().map(|violation| violation.case.as_str()).collect();
    cases.dedup();
    let mut told = failure(first.failure, selected.case.check);
    told.notes.insert(0, format!("in the conversation of {}", first.case));
    if cases.len() > 1 {
        told.notes.push(format!("and in {} more conversations, such as {}", cases.len() - 1, cases[1]));
    }
    check.outcome = failed(check.level, first.failure);
    check.failure = Some(told);
    check.transcript = transcript(first.attempt);
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
