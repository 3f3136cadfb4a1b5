//! What is written for Bazel beside the reports.

use report::{CheckReport, Note, Outcome, Report};
use shown::one_line;

use crate::exit_code::Stop;

/// The warnings, one a line: a SHOULD that did not hold, a check whose attempts differed, and a known
/// failure that is none any more.
pub(super) fn warnings(report: &Report) -> String {
    let stale = report.notes.iter().filter(|note| matches!(note, Note::Stale { .. }));
    let lines = report.checks.iter().filter_map(warning).chain(stale.map(ToString::to_string));
    lines.map(|line| one_line(&line) + "\n").collect()
}

fn warning(check: &CheckReport) -> Option<String> {
    let name = check.name();
    match (check.outcome, &check.failure) {
        (Outcome::Warned, Some(failure)) => {
            let (what, observed) = (&failure.what, &failure.observed);
            Some(format!("{name}: {} ({what}: {observed})", check.requirement))
        }
        (Outcome::UnexpectedPass, _) => Some(format!("{name}: {}", check.why())),
        _ if check.flaky => Some(format!("{name}: {}", check.why())),
        _ => None,
    }
}

/// Which component failed, and why.
pub(super) fn infrastructure_failure(stop: &Stop) -> String {
    let reason = stop.to_string();
    let reason: Vec<_> = reason.lines().map(str::trim).collect();
    format!("proctor\n{}\n", one_line(&reason.join("; ")))
}
