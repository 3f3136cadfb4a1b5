//! What becomes known while a run is under way: each case that did not hold, and each observer, once.

use std::collections::BTreeSet;

use report::{CheckReport, Outcome};

use crate::run::{Attempt, Case, Violation};
use crate::select::Selected;
use crate::session::{Options, Watch, observers, settle};

/// What was told so far.
pub(super) struct News<'a> {
    selected: &'a [Selected],
    options: &'a Options,
    told: BTreeSet<String>,
    failures: usize,
}

impl<'a> News<'a> {
    pub(super) fn new(selected: &'a [Selected], options: &'a Options) -> Self {
        Self { selected, options, told: BTreeSet::new(), failures: 0 }
    }

    /// How many of those that were told fail the run.
    pub(super) fn failures(&self) -> usize {
        self.failures
    }

    /// After one more attempt. Of several runs of a case, one that did not hold decides; a retry may do better.
    pub(super) fn attempted(&mut self, index: usize, attempts: &[Attempt], watch: &mut dyn Watch) {
        if self.options.repeat > 1
            && let Some(last) = attempts.last()
        {
            self.look(index, attempts, last, watch);
        }
    }

    /// After the last attempt.
    pub(super) fn over(&mut self, index: usize, attempts: &[Attempt], watch: &mut dyn Watch) {
        if let Some(last) = attempts.last() {
            self.look(index, attempts, last, watch);
        }
    }

    fn look(&mut self, index: usize, all: &[Attempt], last: &Attempt, watch: &mut dyn Watch) {
        let selected = &self.selected[index];
        self.tell(settle(selected, all, self.options), watch);
        for violation in &last.violations {
            let found = self.observed(&selected.case, all.len(), last, violation);
            self.tell(found, watch);
        }
    }

    fn tell(&mut self, check: CheckReport, watch: &mut dyn Watch) {
        let counts =
            check.outcome.is_bad() || (self.options.strict && check.outcome == Outcome::Warned);
        let told = counts || matches!(check.outcome, Outcome::Warned | Outcome::Inconclusive);
        if told && self.told.insert(check.name()) {
            self.failures += usize::from(counts);
            watch.known(&check);
        }
    }

    /// The report of an observer that has something against the conversation of a case.
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
