//! One page about several real servers, printed from the reports of their runs: what each does not
//! do, with the evidence.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use shown::{masked, printable, shorten};

use crate::outcome::Outcome;
use crate::{CheckReport, Report};

/// The number of bytes of an observation that the page shows.
const SHOWN: usize = 300;

/// The page, in Markdown. The reports stand in the order in which they are given.
pub fn page(reports: &[Report]) -> String {
    let mut page = String::from(
        "# Real servers\n\n\
         Printed by `proctor report releases` from reports of runs; do not edit.\n\n\
         A *known failure* is what the release does not do: a MUST that is listed as one, with its reason (`--known-failures`),\n\
         or a defect that a later release mended, which the check itself names (`fixed_in`). A *warning* is a SHOULD.\n\
         Everything else that applies to a release holds.\n\n\
         | release | dialects | checks run | passed | known failures | warnings | not applicable |\n\
         |---|---|---:|---:|---:|---:|---:|\n",
    );
    for report in reports {
        let dialects = report.subject.spoken();
        let summary = &report.summary;
        // Writing to a string cannot fail, here and below.
        let _ = writeln!(
            page,
            "| {} | {} | {} | {} | {} | {} | {} |",
            version(report),
            dialects.join(", "),
            summary.run,
            summary.passed,
            summary.known_failures,
            summary.warned,
            summary.not_applicable,
        );
    }
    let named: Vec<_> = reports.iter().map(|report| (version(report), report)).collect();
    section(&mut page, &named, "releases", "Known failures", Outcome::KnownFailure);
    section(&mut page, &named, "releases", "Warnings", Outcome::Warned);
    page
}

fn version(report: &Report) -> &str {
    report.subject.version.as_deref().unwrap_or("unknown")
}

/// Every check with this outcome, once, with the names of those that have it (`word` says what they are) and the evidence from
/// the last of them.
pub(crate) fn section(
    page: &mut String,
    reports: &[(&str, &Report)],
    word: &str,
    title: &str,
    outcome: Outcome,
) {
    let mut found: BTreeMap<(&str, String), Vec<(&str, &CheckReport)>> = BTreeMap::new();
    for (name, report) in reports {
        for check in report.checks.iter().filter(|check| check.outcome == outcome) {
            let key = (check.id.as_str(), check.dialect.to_string());
            found.entry(key).or_default().push((*name, check));
        }
    }
    let _ = write!(page, "\n## {title}\n");
    if found.is_empty() {
        page.push_str("\nNone.\n");
    }
    for ((id, dialect), cases) in found {
        let Some((newest, check)) = cases.last() else { continue };
        let releases: Vec<_> = cases.iter().map(|(version, _)| *version).collect();
        let _ = write!(
            page,
            "\n### `{id}@{dialect}`\n\n{}\n\n- {word}: {}\n",
            check.requirement,
            releases.join(", ")
        );
        if outcome == Outcome::KnownFailure
            && let Some(reason) = &check.reason
        {
            let _ = writeln!(page, "- reason: {reason}");
        }
        let _ = writeln!(page, "- source: {}", check.source);
        if let Some(failure) = &check.failure {
            let _ = writeln!(page, "- seen on {newest}: {}", one_cell(&failure.what));
            let _ = writeln!(page, "  - expected: `{}`", one_cell(&failure.expected));
            let _ = writeln!(page, "  - observed: `{}`", one_cell(&failure.observed));
        }
        for leak in &check.leaks {
            let _ = writeln!(
                page,
                "- left behind on {newest}: `{}`, {}",
                one_cell(without_directory(&leak.command)),
                leak.how
            );
        }
    }
}

/// A command line without the directory of its program, which differs between machines.
fn without_directory(command: &str) -> &str {
    let program = command.split_whitespace().next().unwrap_or_default();
    let name = program.rfind('/').filter(|_| command.starts_with('/'));
    &command[name.map_or(0, |slash| slash + 1)..]
}

/// A text from the subject on one line of the page, the same in every run.
fn one_cell(text: &str) -> String {
    let text = masked(text).lines().collect::<Vec<_>>().join(" ⏎ ").replace('`', "'");
    printable(shorten(&text, SHOWN).as_bytes(), usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::without_directory;

    #[test]
    fn a_program_is_named_without_its_directory() {
        for (command, told) in [
            ("/opt/bin/tool serve /srv/data", "tool serve /srv/data"),
            ("tool serve ./a/b", "tool serve ./a/b"),
            ("/sh", "sh"),
            ("", ""),
        ] {
            assert_eq!(without_directory(command), told);
        }
    }
}
