//! The tests that a CI log of cargo-nextest runs calls leaky, flaky or failed.
//!
//! A log is text that many programs have touched. nextest writes a status right-aligned in twelve columns, and that, with what
//! its first line of a run says, is what tells its own lines from the output of a test that looks alike. What remains
//! indistinguishable: under `--no-capture` a test that prints the result of itself, word for word; from releases that print the
//! output of tests without indenting it, and from logs whose leading spaces are lost, any line with a status, a duration and
//! (where the run counts) a count that fits.

mod decoration;
mod run;
mod status;
mod stream;
mod text;

use std::collections::BTreeMap;

pub use status::Status;

/// What a log says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CiLog {
    /// The tests to look into, in the order in which the log first names them; each once.
    pub findings: Vec<Finding>,
    /// Lines of nextest about a result, whose test cannot be read.
    pub unreadable: Vec<Unreadable>,
    /// How many lines of nextest about the result of a test were understood, passes included.
    pub results: usize,
}

/// One test, and all that the log says of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// nextest's id of the binary, like `codex-core::suite`.
    pub binary_id: String,
    /// The name of the test within the binary.
    pub test: String,
    /// Where the log speaks of it; never empty.
    pub sightings: Vec<Sighting>,
}

/// One line about one test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sighting {
    /// The line of the log, from 1.
    pub line: usize,
    /// The job, service or branch that a decoration names.
    pub source: Option<String>,
    /// What nextest says.
    pub status: Status,
    /// The attempt, from 1, if the line says so.
    pub attempt: Option<u32>,
    /// The iteration of a stress run, from 1, if the line says so.
    pub stress: Option<u32>,
    /// Whether the name may not be whole.
    pub cut: Cut,
}

/// Whether the name of a test may go on where the line of the log ends.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Cut {
    /// Nothing says so.
    #[default]
    No,
    /// The line ends with an ellipsis.
    Ellipsis,
    /// The next line of the log could be the rest of the name.
    Wrapped(String),
}

/// A line that is about the result of a test, which it does not name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// The line of the log, from 1.
    pub line: usize,
    /// Its text, without what decorates it.
    pub text: String,
}

impl Finding {
    /// The most telling of the statuses: a leak before a failure before a flaky pass.
    #[must_use]
    pub fn status(&self) -> &Status {
        let sighting = self.sightings.iter().min_by_key(|sighting| sighting.status.rank());
        sighting.map_or(&Status::Fail, |sighting| &sighting.status)
    }
}

/// Reads a log as it was downloaded: undecodable bytes do no harm, UTF-16 with a mark and the JSON of `CircleCI` are known.
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
    // Where nextest says that it runs, what looks like another source in which it does not is output of a test.
    let announced = runs.iter().any(|(_, runs)| runs.announced);
    for (source, runs) in runs.iter().filter(|(_, runs)| runs.announced || !announced) {
        runs.collect(source.as_deref(), &mut results, &mut unreadable);
    }
    unreadable.sort_by_key(|line: &Unreadable| line.line);
    CiLog { results: results.len(), findings: findings(results), unreadable }
}

/// A result that a line gives, passes included.
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
