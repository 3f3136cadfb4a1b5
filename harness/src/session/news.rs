//! The news of a run in progress: each case and each observer that did not pass, once.

use std::collections::BTreeSet;

use report::{CheckReport, Outcome};

use crate::run::{Attempt, Case, Violation};
use crate::select::Selected;
use crate::session::{Options, Watch, observers, settle};

/// The cases and observers that were reported so far.
pub(super) struct News<'a> {
    selected: &'a [Selected],
    options: &'a Options,
    reported: BTreeSet<String>,
    failures: usize,
}

impl<'a> News<'a> {
    pub(super) fn new(selected: &'a [Selected], options: &'a Options) -> Self {
        Self { selected, options, reported: BTreeSet::new(), failures: 0 }
    }

    /// The number of those that fail the run.
    pub(super) fn failures(&self) -> usize {
        self.failures
    }

    /// Called after each attempt. With several runs of a case, one failure decides; a retry may
    /// still pass.
    pub(super) fn attempted(&mut self, index: usize, attempts: &[Attempt], watch: &mut dyn Watch) {
        if self.options.repeat > 1
            && let Some(last) = attempts.last()
        {
            self.look(index, attempts, last, watch);
        }
    }

    /// Called after the last attempt.
    pub(super) fn over(&mut self, index: usize, attempts: &[Attempt], watch: &mut dyn Watch) {
        if let Some(last) = attempts.last() {
            self.look(index, attempts, last, watch);
        }
    }

    fn look(&mut self, index: usize, all: &[Attempt], last: &Attempt, watch: &mut dyn Watch) {
        let selected = &self.selected[index];
        self.report(settle(selected, all, self.options), watch);
        for violation in &last.violations {
            let case = violation.within.as_ref().unwrap_or(&selected.case);
            let found = self.observed(case, all.len(), last, violation);
            self.report(found, watch);
        }
    }

    fn report(&mut self, check: CheckReport, watch: &mut dyn Watch) {
        let counts =
            check.outcome.is_bad() || (self.options.strict && check.outcome == Outcome::Warned);
        let is_news = counts || matches!(check.outcome, Outcome::Warned | Outcome::Inconclusive);
        if is_news && self.reported.insert(check.name()) {
            self.failures += usize::from(counts);
            watch.known(&check);
        }
    }

    /// The report of an observer that found a violation in the conversation of a case.
    fn observed(
        &self,
        case: &Case,
        attempts: usize,
        attempt: &Attempt,
        violation: &Violation,
    ) -> CheckReport {
        let own = Case { check: violation.observer, dialect: case.dialect };
        let mut check = settle(&Selected { case: own, exempt: None }, &[], self.options);
        check.reason = None;
        check.attempts = 1;
        let found = observers::Found { case: case.name(), attempts, violation, attempt };
        observers::report(own, &mut [found], self.options, &mut check);
        check
    }
}
