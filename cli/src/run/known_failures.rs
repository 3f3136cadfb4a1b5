//! The list of what fails now, in the form that `--known-failures` reads.

use harness::known_failures::render;
use harness::outcome::Outcome;
use harness::report::{CheckReport, Report};

/// The list: every case that failed or leaked, with `strict` also those that warned, and those that were listed rightly.
pub(super) fn list(report: &Report, strict: bool) -> String {
    let fails = |check: &&CheckReport| match check.outcome {
        Outcome::Failed | Outcome::Leaked | Outcome::KnownFailure => true,
        Outcome::Warned => strict,
        Outcome::Passed
        | Outcome::UnexpectedPass
        | Outcome::Inconclusive
        | Outcome::NotApplicable => false,
    };
    let lines: Vec<(String, String)> = report
        .checks
        .iter()
        .filter(fails)
        .map(|check| (format!("{}@{}", check.id, check.dialect), reason(check)))
        .collect();
    render(lines.iter().map(|(name, reason)| (name.as_str(), reason.as_str())))
}

/// A line without a reason would be refused when it is read.
fn reason(check: &CheckReport) -> String {
    let listed = check.reason.as_ref().filter(|_| check.outcome == Outcome::KnownFailure);
    let told = match (listed, &check.failure, check.leaks.first()) {
        (Some(reason), ..) => reason.clone(),
        (None, Some(failure), _) => {
            format!(
                "{}: expected {}, observed {}",
                failure.what, failure.expected, failure.observed
            )
        }
        (None, None, Some(leak)) => format!("leaves behind: {}", leak.command),
        (None, None, None) => String::new(),
    };
    let line = told.lines().next().unwrap_or_default().trim();
    if line.is_empty() { check.outcome.to_string() } else { line.to_owned() }
}
