//! The last look at the machine, when every subject of a run has been ended.

use crate::outcome::Verdict;
use crate::report::Report;
use reaper::leak::Leak;
use reaper::process::{Audit, ShutdownReport};

/// How the note on something that outlived its subject begins.
pub(crate) const STRAY: &str = "outlived its subject";

impl Report {
    /// Adds what the last look found, which no check knows of, and what processes left that were ended in haste.
    ///
    /// Something that outlived its subject fails the run, wherever it was found. That something could not be looked at is
    /// told, and does not.
    pub fn close(&mut self, audit: &Audit, dropped: &[ShutdownReport]) {
        let strays = audit.strays.iter().map(|stray| (stray.origin.as_deref(), &stray.leak));
        let left = dropped.iter().flat_map(|report| {
            report.survivors.iter().map(|survivor| (Some(report.label.as_str()), survivor))
        });
        let found: Vec<_> =
            strays.chain(left).map(|(origin, survivor)| note(origin, survivor)).collect();
        if !found.is_empty() {
            self.verdict = Verdict::Nonconformant;
        }
        self.notes.extend(found);
        self.notes.extend(
            audit
                .doubts
                .iter()
                .map(|doubt| format!("it is not proven that nothing is left: {doubt}")),
        );
    }
}

fn note(origin: Option<&str>, survivor: &Leak) -> String {
    let origin = origin.unwrap_or("an unknown subject");
    let holds = match survivor.holds("the subject").as_slice() {
        [] => String::new(),
        holds => format!("; holds {}", holds.join(", ")),
    };
    format!(
        "{STRAY} {origin}, and was ended: pid {}: {}; {}{holds}",
        survivor.pid, survivor.command, survivor.how
    )
}
