//! Tables of cases in one check: each row is judged, whatever the rows before it showed.

use std::fmt;

use harness::{Failure, Kind, Result};

/// The rows of a table, as far as they have been judged.
#[derive(Default)]
pub struct Rows {
    judged: usize,
    failed: Vec<(String, Failure)>,
}

impl Rows {
    /// Keeps the failure of a row for the end; fails at once if the row could not be judged, or if
    /// the subject has gone.
    pub fn judge(&mut self, row: impl fmt::Display, result: Result) -> Result {
        self.judged += 1;
        match result {
            Ok(()) => Ok(()),
            Err(failure) if matches!(failure.kind(), Kind::Mismatch | Kind::Timeout) => {
                self.failed.push((row.to_string(), failure));
                Ok(())
            }
            Err(failure) => Err(failure.within(row)),
        }
    }

    /// Fails with the first row that failed, and the names of all.
    pub fn end(self) -> Result {
        let names: Vec<_> = self.failed.iter().map(|(row, _)| row.clone()).collect();
        let Some((row, failure)) = self.failed.into_iter().next() else { return Ok(()) };
        let count = format!("failed     {} of {} cases: ", names.len(), self.judged);
        Err(failure.within(row).note(count + &names.join("; ")))
    }
}
