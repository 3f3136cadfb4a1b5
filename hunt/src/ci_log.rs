//! Finds the tests that a CI log of cargo-nextest runs reports as leaky, flaky or failed.
//!
//! A log is text that many programs have processed. nextest aligns its status to the right in
//! twelve columns; this, and the first lines of a run, distinguish its own lines from similar
//! output of a test. What cannot be distinguished: under `--no-capture`, a test that prints its own
//! result line, word for word; in logs of releases that do not indent the output of tests, and in
//! logs that lost their leading spaces, any line with a status, a duration and (where the run
//! counts) a matching count.

mod decoration;
mod packed;
mod run;
mod shape;
mod status;
mod stream;
mod text;
mod wrapped;

use std::collections::{BTreeMap, HashSet};

pub use status::Status;

use status::status_line;
use stream::Line;

/// The contents of a log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CiLog {
    /// The tests to look into, in the order of their first mention; each once.
    pub findings: Vec<Finding>,
    /// Lines about the result of a test whose name cannot be read.
    pub unreadable: Vec<Unreadable>,
    /// The number of nextest's result lines that were understood, passes included.
    pub results: usize,
    /// Lines, from 1, that look like results and were not read as such: output of a test, a log
    /// within the log, or a decoration that is not understood.
    pub unread: Vec<usize>,
}

/// One test, and everything that the log says about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// nextest's id of the binary, like `codex-core::suite`.
    pub binary_id: String,
    /// The name of the test within the binary.
    pub test: String,
    /// The lines about it; never empty.
    pub sightings: Vec<Sighting>,
}

/// One line about one test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sighting {
    /// The line of the log, from 1.
    pub line: usize,
    /// The job, service or branch that the line's decoration names.
    pub source: Option<String>,
    /// The status that nextest reports.
    pub status: Status,
    /// The attempt, from 1, if the line names one.
    pub attempt: Option<u32>,
    /// The iteration of a stress run, from 1, if the line names one.
    pub stress: Option<u32>,
    /// Whether the name may be incomplete.
    pub cut: Cut,
}

/// Whether the name of a test may continue after the end of the line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Cut {
    /// No sign of that.
    #[default]
    No,
    /// The line ends with an ellipsis.
    Ellipsis,
    /// The next line of the log could be the rest of the name.
    Wrapped(String),
}

/// A line about the result of a test without the test's name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// The line of the log, from 1.
    pub line: usize,
    /// Its text, without decorations.
    pub text: String,
}

impl Finding {
    /// The most informative status: a leak before a failure before a flaky pass.
    #[must_use]
    pub fn status(&self) -> &Status {
        let sighting = self.sightings.iter().min_by_key(|sighting| sighting.status.rank());
        sighting.map_or(&Status::Fail, |sighting| &sighting.status)
    }
}

/// Reads a log as downloaded: undecodable bytes are harmless, and UTF-16 with a byte order mark, the
/// JSON of `CircleCI`, gzip and zip are supported.
#[must_use]
pub fn read(bytes: &[u8]) -> CiLog {
    parse(&text::decode(bytes))
}

/// Reads the text of a log.
#[must_use]
pub fn parse(log: &str) -> CiLog {
    let mut results = Vec::new();
    let mut unreadable = Vec::new();
    let streams = stream::streams(log);
    let runs: Vec<_> = streams.iter().map(|(source, lines)| (source, run::runs(lines))).collect();
    // Where a source announces a run of nextest, similar lines of sources without one are output of
    // tests.
    let announced = runs.iter().any(|(_, runs)| runs.announced);
    let mut read = HashSet::new();
    for (source, runs) in runs.iter().filter(|(_, runs)| runs.announced || !announced) {
        runs.collect(source.as_deref(), &mut results, &mut unreadable, &mut read);
    }
    let alike = streams.iter().flat_map(|(_, lines)| lines);
    let is_result = |line: &Line| status_line(&line.text).is_some_and(|found| found.is_result());
    let alike = alike.filter(|line| !read.contains(&line.number) && is_result(line));
    let mut unread: Vec<usize> = alike.map(|line| line.number).collect();
    unread.sort_unstable();
    unread.dedup();
    unreadable.sort_by_key(|line: &Unreadable| line.line);
    CiLog { results: results.len(), findings: findings(results), unreadable, unread }
}

/// A result line, passes included.
struct TestResult {
    binary_id: String,
    test: String,
    /// `None` where the test simply passed.
    sighting: Option<Sighting>,
}

fn findings(results: Vec<TestResult>) -> Vec<Finding> {
    let mut order: BTreeMap<(String, String), usize> = BTreeMap::new();
    let mut findings: Vec<Finding> = Vec::new();
    for TestResult { binary_id, test, sighting } in results {
        let Some(sighting) = sighting else { continue };
        let key = (binary_id, test);
        if let Some(at) = order.get(&key) {
            findings[*at].sightings.push(sighting);
            continue;
        }
        order.insert(key.clone(), findings.len());
        findings.push(Finding { binary_id: key.0, test: key.1, sightings: vec![sighting] });
    }
    for finding in &mut findings {
        finding.sightings.sort_by_key(|sighting| sighting.line);
    }
    findings.sort_by_key(|finding| finding.sightings.first().map(|sighting| sighting.line));
    findings
}
