//! One page about several servers of the Model Context Protocol, printed from the reports of their runs.

use std::fmt::Write as _;

use crate::Report;
use crate::outcome::Outcome;
use crate::releases::section;

/// The page, in Markdown, from reports and the names of their servers, in the order in which they are given.
pub fn page(reports: &[(String, Report)]) -> String {
    let mut page = String::from(
        "# Real MCP servers\n\n\
         Printed by `proctor report servers` from reports of runs; do not edit.\n\n\
         A *known failure* is a MUST that the server breaks; its reason says what was seen and where the rule is written. A *warning*\n\
         is a SHOULD. Everything else that applies to a server holds.\n\n\
         | server | calls itself | revisions | checks run | passed | known failures | warnings | not applicable |\n\
         |---|---|---|---:|---:|---:|---:|---:|\n",
    );
    for (name, report) in reports {
        let (subject, summary) = (&report.subject, &report.summary);
        let revisions: Vec<_> = subject.revisions.iter().map(ToString::to_string).collect();
        let called = [subject.user_agent.as_deref(), subject.version.as_deref()];
        // Writing to a string cannot fail.
        let _ = writeln!(
            page,
            "| {name} | {} | {} | {} | {} | {} | {} | {} |",
            called.into_iter().flatten().collect::<Vec<_>>().join(" "),
            revisions.join(", "),
            summary.run,
            summary.passed,
            summary.known_failures,
            summary.warned,
            summary.not_applicable,
        );
    }
    let named: Vec<_> = reports.iter().map(|(name, report)| (name.as_str(), report)).collect();
    section(&mut page, &named, "servers", "Known failures", Outcome::KnownFailure);
    section(&mut page, &named, "servers", "Warnings", Outcome::Warned);
    page
}
