//! The last look at the machine, after every subject of a run has been ended.

use reaper::process::{Audit, ShutdownReport};

use crate::Report;
use crate::note::Note;
use crate::outcome::Verdict;

impl Report {
    /// Adds what the last look found, which belongs to no check, and what was left by processes
    /// whose shutdown nobody waited for.
    ///
    /// A process that outlived its subject fails the run, wherever it was found. A part of the
    /// system that could not be examined is reported, and does not fail the run.
    pub fn close(&mut self, audit: &Audit, dropped: &[ShutdownReport]) {
        let left = dropped.iter().flat_map(|report| &report.survivors);
        let found = audit.leaks.iter().chain(left).map(|leak| Note::Stray {
            origin: leak.subject.clone(),
            leak: Box::new(leak.report("the subject")),
        });
        let found: Vec<_> = found.collect();
        if !found.is_empty() {
            self.verdict = Verdict::Nonconformant;
        }
        self.notes.extend(found);
        self.notes.extend(audit.doubts.iter().cloned().map(Note::Doubt));
    }
}
