//! Tables of cases in one check: each row is judged, whatever the rows before it showed.

use std::fmt;

use harness::{Failure, Kind, Result};

/// The number of failed rows that are named.
const NAMED: usize = 12;

/// The rows of a table, as far as they have been judged.
#[derive(Default)]
pub struct Rows {
    judged: usize,
    first: Option<Failure>,
    failed: Vec<String>,
    goes_on_after_a_wait: bool,
}

impl Rows {
    /// A table whose other rows are judged after one that waited in vain, too.
    pub fn of_waits() -> Self {
        Self { goes_on_after_a_wait: true, ..Self::default() }
    }

    /// Keeps the failure of a row for the end; fails at once if the row could not be judged, or if
    /// the subject has gone.
    pub fn judge(&mut self, row: impl fmt::Display, outcome: Result) -> Result {
        self.judged += 1;
        let Err(failure) = outcome else { return Ok(()) };
        let goes_on = match failure.kind() {
            Kind::Mismatch => true,
            Kind::Timeout => self.goes_on_after_a_wait,
            _ => false,
        };
        if !goes_on {
            return Err(failure.within(row));
        }
        self.failed.push(row.to_string());
        self.first.get_or_insert_with(|| failure.within(row));
        Ok(())
    }

    /// Fails with the first row that failed, and the names of the rows that did.
    pub fn end(self) -> Result {
        let Some(first) = self.first else { return Ok(()) };
        let (count, mut named) = (self.failed.len(), self.failed);
        named.truncate(NAMED);
        let more = if count > NAMED { "; and more" } else { "" };
        let rows = format!("{count} of {}: {}{more}", self.judged, named.join("; "));
        Err(first.note(format!("rows      {rows}")))
    }
}
