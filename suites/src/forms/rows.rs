//! Many rows in one check: every row is judged, and the failure names the first that failed and the others.

use harness::{Failure, Kind, Result};

/// How many of the rows that failed are named.
const NAMED: usize = 12;

/// What came of the rows so far.
#[derive(Default)]
pub(super) struct Rows {
    judged: usize,
    first: Option<Failure>,
    failed: Vec<String>,
}

impl Rows {
    /// Notes the outcome of a row. Only a mismatch lets the other rows go on: without an answer
    /// there is nothing to compare them with.
    pub(super) fn judge(&mut self, row: impl Into<String>, outcome: Result) -> Result {
        self.judged += 1;
        match outcome {
            Ok(()) => Ok(()),
            Err(failure) if failure.kind() == Kind::Mismatch => {
                let row = row.into();
                self.first.get_or_insert(failure.within(&row));
                self.failed.push(row);
                Ok(())
            }
            Err(failure) => Err(failure.within(row.into())),
        }
    }

    /// The first failure, with the number and the names of the rows that failed.
    pub(super) fn end(self) -> Result {
        let Some(first) = self.first else { return Ok(()) };
        let count = self.failed.len();
        let mut named = self.failed;
        named.truncate(NAMED);
        let more = if count > NAMED { "; and more" } else { "" };
        let rows = format!("{count} of {}: {}{more}", self.judged, named.join("; "));
        Err(first.note(format!("rows      {rows}")))
    }
}
