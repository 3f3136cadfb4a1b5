//! One page about several real servers, from the reports of their runs: what each does not do, with the evidence.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::outcome::Outcome;
use crate::report::{CheckReport, Report};

/// How much of an observation the page shows, in bytes.
const SHOWN: usize = 300;

/// The page, in Markdown. The reports stand in the order in which they are given.
pub fn page(reports: &[Report]) -> String {
    let mut page = String::from(
        "# Real servers\n\n\
         Printed from runs of the checks against real releases; do not edit. `just real-servers` makes it anew.\n\n\
         A *known failure* is a MUST that the release does not do, listed with its reason in `docs/known-failures`; a\n\
         *warning* is a SHOULD. Everything else that applies to a release holds.\n\n\
         | release | dialects | checks run | passed | known failures | warnings | not applicable |\n\
         |---|---|---:|---:|---:|---:|---:|\n",
    );
    for report in reports {
        let dialects: Vec<_> = report.subject.dialects.iter().map(ToString::to_string).collect();
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
    section(&mut page, reports, "Known failures", Outcome::KnownFailure);
    section(&mut page, reports, "Warnings", Outcome::Warned);
    page
}

fn version(report: &Report) -> &str {
    report.subject.version.as_deref().unwrap_or("unknown")
}

/// Every check with this outcome, once, with the releases that have it and the evidence from the newest of them.
fn section(page: &mut String, reports: &[Report], title: &str, outcome: Outcome) {
    let mut found: BTreeMap<(&str, String), Vec<(&str, &CheckReport)>> = BTreeMap::new();
    for report in reports {
        for check in report.checks.iter().filter(|check| check.outcome == outcome) {
            let key = (check.id.as_str(), check.dialect.to_string());
            found.entry(key).or_default().push((version(report), check));
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
            "\n### `{id}@{dialect}`\n\n{}\n\n- releases: {}\n",
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
            let cell = |text: &str| masked(&crate::ensure::shorten(text, SHOWN)).replace('`', "'");
            let _ = writeln!(page, "- seen on {newest}: {}", cell(&failure.what));
            let _ = writeln!(page, "  - expected: `{}`", cell(&failure.expected));
            let _ = writeln!(page, "  - observed: `{}`", cell(&failure.observed));
        }
        for leak in &check.leaks {
            let _ = writeln!(
                page,
                "- left behind on {newest}: `{}`, {}",
                masked(&leak.command).replace('`', "'"),
                leak.how
            );
        }
    }
}

/// The text without what differs from run to run: ids, temporary paths, times.
pub fn masked(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        if let Some(after) = temporary(rest) {
            out.push_str("TMP");
            rest = after;
        } else if let Some(after) = uuid(rest) {
            out.push_str("UUID");
            rest = after;
        } else {
            let letter = rest.chars().next().map_or(1, char::len_utf8);
            out.push_str(&rest[..letter]);
            rest = &rest[letter..];
        }
    }
    out
}

/// What follows the path of a home of ours, if one stands here.
fn temporary(text: &str) -> Option<&str> {
    let end = text
        .find(|letter: char| !(letter.is_ascii_alphanumeric() || "/._-".contains(letter)))
        .unwrap_or(text.len());
    let path = &text[..end];
    let mark = path.find("/proctor-").filter(|_| path.starts_with('/'))?;
    let tail = &text[mark + "/proctor-".len()..];
    let name = tail.find(|letter: char| !letter.is_ascii_alphanumeric()).unwrap_or(tail.len());
    Some(&tail[name..])
}

/// What follows a UUID, if one stands here.
fn uuid(text: &str) -> Option<&str> {
    let head = text.get(..36)?;
    let groups: Vec<_> = head.split('-').collect();
    let fits = groups.iter().map(|group| group.len()).eq([8, 4, 4, 4, 12])
        && groups.iter().all(|group| group.bytes().all(|byte| byte.is_ascii_hexdigit()));
    fits.then(|| &text[36..])
}

#[cfg(test)]
mod tests {
    use super::masked;

    #[test]
    fn what_differs_from_run_to_run_is_masked() {
        let seen = "rollout /tmp/proctor-a1B2/home/sessions/x-01a2026e-f3b3-7e82-8329-d49aa20ec9b1.jsonl é";
        assert_eq!(masked(seen), "rollout TMP/home/sessions/x-UUID.jsonl é");
        assert_eq!(masked("plain /usr/bin text"), "plain /usr/bin text");
    }
}
