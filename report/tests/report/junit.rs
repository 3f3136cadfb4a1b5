//! The report as JUnit XML, for dashboards.

use pretty_assertions::assert_eq;
use quick_junit::{NonSuccessKind, TestCase, TestCaseStatus};
use report::junit;
use report::{Note, Outcome, Verdict};

use crate::sample;

fn parsed(report: &report::Report, strict: bool) -> quick_junit::Report {
    quick_junit::Report::deserialize_from_str(&junit::render(report, strict).unwrap()).unwrap()
}

fn only(check: report::CheckReport, strict: bool) -> TestCase {
    parsed(&sample::report(Verdict::Nonconformant, vec![check]), strict).test_suites[0].test_cases
        [0]
    .clone()
}

fn kind(case: &TestCase) -> &'static str {
    match &case.status {
        TestCaseStatus::Success { .. } => "success",
        TestCaseStatus::NonSuccess { kind: NonSuccessKind::Failure, .. } => "failure",
        TestCaseStatus::NonSuccess { kind: NonSuccessKind::Error, .. } => "error",
        TestCaseStatus::Skipped { .. } => "skipped",
    }
}

fn message(case: &TestCase) -> String {
    match &case.status {
        TestCaseStatus::NonSuccess { message, .. } | TestCaseStatus::Skipped { message, .. } => {
            message.as_ref().map_or_else(String::new, |message| message.as_str().to_owned())
        }
        TestCaseStatus::Success { .. } => String::new(),
    }
}

#[test]
fn each_outcome_has_its_place() {
    for (check, strict, expected, says) in [
        (sample::check("answers", Outcome::Passed), false, "success", ""),
        (
            sample::mismatch(),
            false,
            "failure",
            "reply to the second `initialize`: expected -32600, observed -32601",
        ),
        (sample::leaked(), false, "failure", "left pid 4242 behind: sleep 600"),
        (
            sample::unexpected_pass(),
            false,
            "failure",
            "listed as failing (line 3: the server forgets), and it passed",
        ),
        (
            sample::inconclusive(),
            false,
            "error",
            "inconclusive: starting the subject: no file descriptors left",
        ),
        (sample::not_run("b"), false, "error", "not run"),
        (sample::warned(), false, "success", ""),
        (
            sample::warned(),
            true,
            "failure",
            "exit after the end of input: expected within 1s, observed after 3s",
        ),
        (sample::known_failure(), false, "skipped", "known failure: the server forgets, issue 12"),
        (sample::not_applicable(), false, "skipped", "the subject does not speak mcp"),
    ] {
        let name = check.id.clone();
        let case = only(check, strict);
        assert_eq!((kind(&case), message(&case).as_str()), (expected, says), "{name}");
    }
}

#[test]
fn the_description_is_the_text_that_people_read() {
    let case = only(sample::mismatch(), false);
    let TestCaseStatus::NonSuccess { description, .. } = &case.status else { panic!("{case:?}") };
    assert_eq!(
        description.as_ref().unwrap().as_str().trim_end(),
        report::text::case(&sample::mismatch()).trim_end()
    );
    assert_eq!(case.name.as_str(), "lifecycle::initialize_only_once@v2");
}

#[test]
fn a_warning_that_passes_is_not_silent() {
    let case = only(sample::warned(), false);
    assert!(case.system_out.unwrap().as_str().contains("observed  after 3s"));
}

#[test]
fn suites_are_counted() {
    let mut other = sample::check("x", Outcome::Passed);
    other.suite = "wire".to_owned();
    let report = parsed(
        &sample::report(Verdict::Nonconformant, vec![sample::mismatch(), sample::leaked(), other]),
        false,
    );
    let suites: Vec<_> = report
        .test_suites
        .iter()
        .map(|suite| (suite.name.as_str(), suite.tests, suite.failures))
        .collect();
    assert_eq!(suites, [("lifecycle", 2, 2), ("wire", 1, 0)]);
    assert_eq!((report.tests, report.failures), (3, 2));
}

#[test]
fn notes_on_the_run_are_not_lost() {
    let mut report =
        sample::report(Verdict::Nonconformant, vec![sample::check("answers", Outcome::Passed)]);
    report.notes = vec![Note::Stale { line: 9, pattern: "gone::*".to_owned() }];
    let parsed = parsed(&report, false);
    let case = &parsed.test_suites[1].test_cases[0];
    assert_eq!((case.name.as_str(), kind(case)), ("verdict", "failure"));
    assert!(message(case).contains("line 9"));
}

#[test]
fn characters_invalid_in_xml_are_replaced() {
    let mut check = sample::mismatch();
    check.failure = Some(sample::failure("a\u{0}b\u{fffe}", "]]><x>&", "\u{1b}[31m\u{c}"));
    let report = sample::report(Verdict::Nonconformant, vec![check]);
    let text = junit::render(&report, false).unwrap();
    let legal = |letter: char| matches!(letter, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
    assert!(text.chars().all(legal), "{text:?}");
    let case = &parsed(&report, false).test_suites[0].test_cases[0];
    assert!(message(case).contains("expected ]]><x>&"), "{}", message(case));
}

#[test]
fn misleading_characters_are_escaped() {
    let mut check = sample::mismatch();
    check.failure = Some(sample::failure("a\u{2028}b", "c\u{202e}d", "e\u{feff}f\u{200f}"));
    let report = sample::report(Verdict::Nonconformant, vec![check]);
    let xml = junit::render(&report, false).unwrap();
    for raw in ['\u{2028}', '\u{202e}', '\u{feff}', '\u{200f}'] {
        assert!(!xml.contains(raw), "{raw:?} in {xml}");
        let spelled = raw.escape_unicode().to_string();
        assert!(xml.contains(&spelled), "no {spelled} in {xml}");
    }
}
