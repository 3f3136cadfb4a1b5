//! Observers in a run: they judge every conversation of every case, and are reported under their
//! own ids.
//!
//! A violation in a conversation is one whatever was selected, so all observers judge. An observer
//! that was not selected is reported only if it found a violation.

use std::collections::BTreeMap;

use report::{CheckReport, Dialect, Outcome, Reason};

use crate::check::{Check, all};
use crate::run::{Attempt, Case, Violation};
use crate::select::Selected;
use crate::session::Options;
use crate::session::settle::{around, failed, failure, known, repeat, settle};

/// Every observer, and every law if they judge.
pub(crate) fn every(options: &Options) -> Vec<&'static Check> {
    let judges = |check: &&'static Check| check.observes() && (options.laws || !check.is_law());
    all().into_iter().filter(judges).collect()
}

/// A violation and where it was found.
pub(super) struct Found<'a> {
    pub(super) case: String,
    pub(super) attempts: usize,
    pub(super) violation: &'a Violation,
    pub(super) attempt: &'a Attempt,
}

/// By the observer's id and dialect.
type ByObserver<'a> = BTreeMap<(String, Dialect), Vec<Found<'a>>>;

/// Adds to the report of each observer its violations in the conversations of all cases: with
/// retries, those in the last attempt of each case, as for the case itself. Returns the reports of
/// observers that were not selected and found a violation.
pub(crate) fn merge(
    selected: &[Selected],
    results: &[Option<Vec<Attempt>>],
    options: &Options,
    checks: &mut [CheckReport],
) -> Vec<CheckReport> {
    let (mut found, mut gone) = (ByObserver::new(), ByObserver::new());
    for (selected, attempts) in selected.iter().zip(results) {
        let attempts = attempts.as_deref().unwrap_or_default();
        let before = if options.repeat <= 1 { attempts.len().saturating_sub(1) } else { 0 };
        for (number, attempt) in attempts.iter().enumerate() {
            for violation in &attempt.violations {
                let key = (violation.observer.id(), selected.case.dialect);
                let case = violation.within.as_ref().unwrap_or(&selected.case).name();
                let attempts = attempts.len();
                let kind = if number < before { &mut gone } else { &mut found };
                kind.entry(key).or_default().push(Found { case, attempts, violation, attempt });
            }
        }
    }
    for (selected, check) in selected.iter().zip(checks) {
        let key = (check.id.clone(), check.dialect);
        if selected.exempt.is_some() {
            continue;
        }
        let Some(violations) = found.get_mut(&key) else {
            if let Some(all @ [first, ..]) = gone.get(&key).map(Vec::as_slice)
                && check.outcome == Outcome::Passed
            {
                let here = all.iter().filter(|found| found.case == first.case).count();
                let line = first.violation.failure.line();
                let against = format!("{line} (in the conversation of {})", first.case);
                let held = first.attempts.saturating_sub(here);
                let attempts = first.attempts;
                check.flaky = true;
                check.reason = Some(Reason::Flaky { held, attempts, against });
            }
            continue;
        };
        report(selected.case, violations, options, check);
    }
    let is_selected = |key: &(String, Dialect)| {
        let mut cases = selected.iter().map(|selected| &selected.case);
        cases.any(|case| case.dialect == key.1 && case.check.id() == key.0)
    };
    let others = found.iter_mut().filter(|(key, _)| !is_selected(key));
    let reports = others.filter_map(|((_, dialect), violations)| {
        let case = Case { check: violations.first()?.violation.observer, dialect: *dialect };
        let mut merged = settle(&Selected { case, exempt: None }, &[], options);
        merged.reason = None;
        report(case, violations, options, &mut merged);
        (merged.outcome != Outcome::Passed).then_some(merged)
    });
    reports.collect()
}

/// Adds the violations to the report of an observer: the first in full, the others by number.
/// Violations that are not expected come first.
pub(super) fn report(
    case: Case,
    all: &mut [Found<'_>],
    options: &Options,
    check: &mut CheckReport,
) {
    let reason = |found: &Found<'_>| known(&case, &found.case, found.violation.defect, options);
    all.sort_by_cached_key(|found| (reason(found).is_some(), found.case.clone()));
    let Some(first) = all.first() else { return };
    let own = case.name();
    let mut cases: Vec<&str> = all.iter().map(|violation| violation.case.as_str()).collect();
    cases.dedup();
    let mut first_failure = failure(&first.violation.failure, case.check);
    first_failure.notes.insert(0, format!("in the conversation of {}", first.case));
    if cases.len() > 1 {
        first_failure.notes.push(format!(
            "and in {} more conversations, such as {}",
            cases.len() - 1,
            cases[1]
        ));
    }
    check.outcome = failed(check.level, &first.violation.failure);
    if check.attempts == 0 {
        // It no longer matters that it was not run by itself.
        check.reason = None;
    }
    check.failure = Some(first_failure);
    check.transcript = around(first.attempt, first.violation);
    let mut names = vec![own];
    if first.case != names[0] {
        names.push(first.case.clone());
    }
    check.repeat = repeat(&names, options);
    if matches!(check.outcome, Outcome::Failed | Outcome::Warned)
        && let Some(reason) = reason(first)
    {
        check.outcome = Outcome::KnownFailure;
        check.reason = Some(reason);
    }
}
