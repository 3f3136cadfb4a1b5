//! What the attempts at the cases of a run were, while they come in.

use crate::run::Attempt;
use crate::session::lightened;

/// The attempts at each case, by its number.
pub(super) struct Results {
    /// Nothing for a case that the run did not reach.
    pub(super) all: Vec<Option<Vec<Attempt>>>,
    /// Whether the end of the run cut the case off.
    pub(super) unfinished: Vec<bool>,
}

impl Results {
    /// Nothing yet, of so many cases.
    pub(super) fn of(cases: usize) -> Self {
        Self { all: (0..cases).map(|_| None).collect(), unfinished: vec![false; cases] }
    }

    /// The attempts at a case so far.
    pub(super) fn at(&self, case: usize) -> &[Attempt] {
        self.all[case].as_deref().unwrap_or_default()
    }

    /// Adds an attempt; `None` if that changes nothing.
    pub(super) fn add(&mut self, case: usize, attempt: Attempt) -> Option<&[Attempt]> {
        self.unfinished[case] |= attempt.cut;
        // An interrupted attempt has no result, unless it left a process behind.
        if attempt.cut && attempt.leaks.is_empty() {
            return None;
        }
        let attempts = self.all[case].get_or_insert_with(Vec::new);
        attempts.push(lightened(attempt));
        Some(attempts)
    }
}
