//! The report as JUnit XML, for the dashboards of CI systems.

use std::time::Duration;

use quick_junit::{NonSuccessKind, TestCase, TestCaseStatus, TestSuite};

use crate::note::Note;
use crate::outcome::Outcome;
use crate::text::{self, name, one_line};
use crate::{CheckReport, Report};

/// The report could not be written as XML.
#[derive(Debug, thiserror::Error)]
#[error("cannot write the report as XML: {0}")]
pub struct JunitError(#[from] quick_junit::SerializeError);

/// The report as JUnit XML: a test suite for each suite, a test case for each case.
///
/// A case that failed or leaked becomes a failure, an inconclusive one an error; one that does not
/// apply, or whose failure is known, is skipped. With `strict` a warning becomes a failure; without
/// it the case passes and the warning is in its output.
///
/// # Errors
///
/// Any error of the serialiser.
pub fn render(report: &Report, strict: bool) -> Result<String, JunitError> {
    let mut whole = quick_junit::Report::new("proctor");
    whole.set_time(Duration::from_millis(report.summary.duration_ms));
    let mut suites: Vec<(&str, TestSuite)> = Vec::new();
    for check in &report.checks {
        if suites.last().is_none_or(|(suite, _)| *suite != check.suite) {
            suites.push((&check.suite, TestSuite::new(&check.suite)));
        }
        if let Some((_, suite)) = suites.last_mut() {
            suite.add_test_case(case(check, strict));
        }
    }
    // Notes on the run as a whole belong to no case, and would be lost without a case of their own.
    // What no schema names says nothing about the verdict.
    if report.notes.iter().any(|note| !matches!(note, Note::Unnamed(_))) {
        suites.push(("run", run(report)));
    }
    whole.add_test_suites(suites.into_iter().map(|(_, suite)| suite));
    Ok(whole.to_string()?)
}

fn case(check: &CheckReport, strict: bool) -> TestCase {
    let block = clean(&text::case(check));
    let mut status = match check.outcome {
        Outcome::Passed => TestCaseStatus::success(),
        Outcome::Warned if !strict => TestCaseStatus::success(),
        Outcome::Failed | Outcome::Leaked | Outcome::UnexpectedPass | Outcome::Warned => {
            TestCaseStatus::non_success(NonSuccessKind::Failure)
        }
        Outcome::Inconclusive => TestCaseStatus::non_success(NonSuccessKind::Error),
        Outcome::KnownFailure | Outcome::NotApplicable => TestCaseStatus::skipped(),
    };
    status.set_message(clean(&one_line(&message(check))));
    if matches!(status, TestCaseStatus::NonSuccess { .. }) {
        status.set_type(check.outcome.name());
        status.set_description(block.clone());
    }
    let mut case = TestCase::new(name(check), status);
    case.set_classname(&check.suite).set_time(Duration::from_millis(check.duration_ms));
    if matches!(check.outcome, Outcome::Warned | Outcome::KnownFailure) || check.flaky {
        case.set_system_out(block);
    }
    case
}

/// One line that says why the case did not simply pass.
fn message(check: &CheckReport) -> String {
    let reason = check.why();
    match (&check.failure, check.leaks.first(), check.outcome) {
        (_, _, Outcome::KnownFailure) => format!("known failure: {reason}"),
        (_, _, Outcome::NotApplicable | Outcome::UnexpectedPass) => reason,
        (Some(failure), _, Outcome::Inconclusive) => {
            format!("inconclusive: {}: {}", failure.what, failure.observed)
        }
        (Some(failure), ..) => {
            format!(
                "{}: expected {}, observed {}",
                failure.what, failure.expected, failure.observed
            )
        }
        (None, Some(leak), _) => format!("left pid {} behind: {}", leak.pid, leak.command),
        (None, None, _) => reason,
    }
}

fn run(report: &Report) -> TestSuite {
    let mut suite = TestSuite::new("run");
    let mut status = match report.verdict {
        crate::Verdict::Conformant => TestCaseStatus::success(),
        crate::Verdict::Nonconformant => TestCaseStatus::non_success(NonSuccessKind::Failure),
        crate::Verdict::Incomplete => TestCaseStatus::non_success(NonSuccessKind::Error),
    };
    let notes: Vec<_> = report.notes.iter().map(ToString::to_string).collect();
    status.set_message(clean(&one_line(&notes.join("; "))));
    suite.add_test_case(TestCase::new("verdict", status));
    suite
}

/// The text without the characters that XML 1.0 cannot hold, even escaped (§2.2); each is replaced
/// by a label, which keeps the rest readable.
fn clean(text: &str) -> String {
    let legal = |letter: char| !matches!(letter, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}');
    text.chars().map(|letter| if legal(letter) { letter } else { '\u{fffd}' }).collect()
}
