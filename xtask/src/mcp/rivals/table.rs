//! The table about other testers.

use std::fmt::Write as _;

use super::{Found, Seen};

/// What one tester did.
pub(super) struct Tried {
    name: &'static str,
    /// On the servers, in their order.
    pub(super) servers: Vec<Seen>,
    /// On the faults, in their order.
    pub(super) faults: Vec<(&'static str, Found)>,
}

impl Tried {
    /// A tester that has done nothing yet.
    pub(super) fn new(name: &'static str) -> Self {
        Self { name, servers: Vec::new(), faults: Vec::new() }
    }

    fn count(&self, wanted: Found) -> usize {
        self.faults.iter().filter(|(_, found)| *found == wanted).count()
    }
}

/// The page, in Markdown: a line for each tester, then a line for each fault.
pub(super) fn page(columns: &[Tried]) -> String {
    let mut page = String::from(
        "| tester | of 22 faults | hangs | complains about an official server | seconds for one |\n|---|---:|---:|---:|---|\n",
    );
    for tried in columns {
        let complaints = tried.servers.iter().filter(|seen| seen.complained()).count();
        let seconds = tried.servers.iter().map(|seen| seen.seconds);
        let (least, most) =
            seconds.fold((f64::MAX, 0.0), |(least, most), one| (one.min(least), one.max(most)));
        // Writing to a string cannot fail, here and below.
        let _ = writeln!(
            page,
            "| {} | {} | {} | {complaints} of {} | {least:.1}–{most:.1} |",
            tried.name,
            tried.count(Found::Caught),
            tried.count(Found::Hung),
            tried.servers.len(),
        );
    }
    let names: Vec<_> = columns.iter().map(|tried| tried.name).collect();
    let _ =
        writeln!(page, "\n| fault | {} |\n|---|{}", names.join(" | "), "---|".repeat(names.len()));
    let rows = columns.first().map(|tried| tried.faults.as_slice()).unwrap_or_default();
    for (row, (fault, _)) in rows.iter().enumerate() {
        let cells = columns.iter().map(|tried| {
            tried.faults.get(row).map_or("", |(_, found)| match found {
                Found::Caught => "yes",
                Found::Missed => "-",
                Found::Hung => "hangs",
            })
        });
        let _ = writeln!(page, "| `{fault}` | {} |", cells.collect::<Vec<_>>().join(" | "));
    }
    page
}
