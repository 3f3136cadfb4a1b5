//! Whether several runs of one server gave the same outcomes.

use std::collections::BTreeMap;

use report::Report;

use crate::reports::{outcomes, table};

/// The outcomes of runs.
#[derive(Default)]
pub(super) struct Compared {
    columns: Vec<BTreeMap<String, &'static str>>,
}

impl Compared {
    /// Adds a run; one without a report has no outcomes.
    pub(super) fn add(&mut self, report: Option<&Report>) {
        self.columns.push(report.map(outcomes).unwrap_or_default());
    }

    /// Every case whose outcomes differ, with its outcome in each run; empty if there is none.
    pub(super) fn differences(&self) -> String {
        let (text, differing) = table(&self.columns, true);
        if differing == 0 {
            return String::new();
        }
        let runs = self.columns.len();
        format!("mcp-real: {differing} cases differ between {runs} runs:\n{text}")
    }
}
