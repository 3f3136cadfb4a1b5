//! What was wrong, row by row, so that one failure reports all.

use harness::{Failure, Result};

/// A setting without its effect.
#[derive(Clone, Debug)]
pub(super) struct Deviation {
    /// What should have been seen.
    pub(super) expected: String,
    /// What was seen.
    pub(super) observed: String,
}

/// The settings that had no effect, and where.
#[derive(Debug, Default)]
pub(super) struct Findings(Vec<(String, Deviation)>);

impl Findings {
    /// Takes down what was seen of a row, if it was wrong.
    pub(super) fn note(&mut self, row: impl Into<String>, seen: Option<Deviation>) {
        self.0.extend(seen.map(|deviation| (row.into(), deviation)));
    }

    /// Fails with the first row that was wrong, and names the others.
    #[track_caller]
    pub(super) fn end(self) -> Result {
        let mut rows = self.0.into_iter();
        let Some((row, Deviation { expected, observed })) = rows.next() else { return Ok(()) };
        let others: Vec<_> = rows.map(|(row, _)| row).collect();
        let failure = Failure::mismatch(row, expected, observed);
        Err(match others.len() {
            0 => failure,
            more => failure.note(format!("also      {more} more: {}", others.join("; "))),
        })
    }
}
