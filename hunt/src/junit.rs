//! Finds the tests that a JUnit report of cargo-nextest reports as failed, flaky or leaky.
//!
//! Such a report does not show a leak that is not a failure: nextest writes a bare `<testcase/>`,
//! as for a pass.

use std::collections::BTreeMap;

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, XmlString};

use crate::ci_log::{Cut, Finding, Sighting, Status};

/// The contents of a report.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Junit {
    /// The tests to look into, in the order of the report; each once. The line of a sighting is the
    /// number of the test case.
    pub findings: Vec<Finding>,
    /// The number of test cases in the report.
    pub cases: usize,
}

impl Junit {
    /// A hint for the user about a report without findings.
    #[must_use]
    pub fn silence(&self) -> Option<&'static str> {
        self.findings.is_empty().then_some(
            "no failure in this report; nextest writes nothing into JUnit about a LEAK that passes, so take the log (--from-log), \
             or set `leak-timeout = { period = \"200ms\", result = \"fail\" }`",
        )
    }
}

/// The report could not be read.
#[derive(Debug, thiserror::Error)]
pub enum JunitError {
    /// It is not XML in JUnit's form.
    #[error("not a JUnit report: {0}")]
    Xml(#[from] quick_junit::DeserializeError),
}

/// Reads a report.
///
/// # Errors
///
/// If it is not a JUnit report.
pub fn parse(xml: &str) -> Result<Junit, JunitError> {
    let report = Report::deserialize_from_str(xml.trim_start_matches('\u{feff}').trim_start())?;
    let mut junit = Junit::default();
    let mut known: BTreeMap<(String, String), usize> = BTreeMap::new();
    for suite in &report.test_suites {
        // A setup script cannot be hunted by the name of a test.
        if suite.name.starts_with("@setup-script:") {
            continue;
        }
        let (binary_id, stress) = binary(&suite.name);
        for case in &suite.test_cases {
            junit.cases += 1;
            let sightings: Vec<Sighting> = statuses(case)
                .map(|(attempt, status)| Sighting {
                    line: junit.cases,
                    source: None,
                    status,
                    attempt,
                    stress,
                    cut: Cut::No,
                })
                .collect();
            if sightings.is_empty() {
                continue;
            }
            let key = (binary_id.to_owned(), case.name.as_str().to_owned());
            let at = *known.entry(key).or_insert_with_key(|(binary_id, test)| {
                let (binary_id, test) = (binary_id.clone(), test.clone());
                junit.findings.push(Finding { binary_id, test, sightings: Vec::new() });
                junit.findings.len() - 1
            });
            junit.findings[at].sightings.extend(sightings);
        }
    }
    Ok(junit)
}

/// The name of a suite: the id of the binary and, in a stress run, the iteration from 0.
fn binary(suite: &str) -> (&str, Option<u32>) {
    let stress =
        suite.rsplit_once("@stress-").and_then(|(id, n)| Some((id, n.parse::<u32>().ok()? + 1)));
    stress.map_or((suite, None), |(id, n)| (id, Some(n)))
}

/// Each attempt that did not pass; without a number if the test was tried once.
fn statuses(case: &TestCase) -> impl Iterator<Item = (Option<u32>, Status)> {
    let (mut said, runs) = match &case.status {
        TestCaseStatus::Success { flaky_runs } => (Vec::new(), flaky_runs.as_slice()),
        TestCaseStatus::NonSuccess { kind, ty, message, reruns, .. } => {
            (vec![status(*kind, text(ty), text(message))], reruns.runs.as_slice())
        }
        TestCaseStatus::Skipped { .. } => (Vec::new(), [].as_slice()),
    };
    let passed_at_last = said.is_empty() && !runs.is_empty();
    said.extend(runs.iter().map(|run| status(run.kind, text(&run.ty), text(&run.message))));
    if passed_at_last {
        said.push(Status::Flaky);
    }
    let several = said.len() > 1;
    (1..).zip(said).map(move |(attempt, status)| (several.then_some(attempt), status))
}

fn text(part: &Option<XmlString>) -> &str {
    part.as_ref().map_or("", XmlString::as_str)
}

/// The status, from nextest's type of a failure.
fn status(kind: NonSuccessKind, ty: &str, message: &str) -> Status {
    let leaked = ty.contains("leaked handles");
    if ty.contains("exited with code 0") || ty.contains("passed but leaked") {
        Status::LeakFail
    } else if leaked {
        Status::FailLeak
    } else if ty.contains("timeout") {
        Status::Timeout
    } else if ty.contains("abort") {
        let name = message.split_once("(SIG").and_then(|(_, rest)| rest.split_once(')'));
        name.map_or(Status::Abort, |(name, _)| Status::Signal(format!("SIG{name}")))
    } else if kind == NonSuccessKind::Error && ty.contains("execution failure") {
        Status::ExecFail
    } else {
        Status::Fail
    }
}
