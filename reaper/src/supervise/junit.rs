//! Adds the causes of leaks to cargo-nextest's JUnit report after the run: nextest writes that
//! report when the tests have ended, and knows only that they failed.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

use quick_junit::{Property, TestCase, TestCaseStatus, TestRerun, XmlString};

use super::report::Report;
use crate::leak::Leak;

/// The `type` of a failure whose cause is a leak.
const TYPE: &str = "process leak";

/// The number of additions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Merged {
    /// Records that were read.
    pub records: usize,
    /// Records whose test is in the JUnit report.
    pub found: usize,
    /// Leaks in those records.
    pub leaks: usize,
}

/// The causes could not be added.
#[derive(Debug, thiserror::Error)]
pub enum MergeError {
    /// A file could not be read or written.
    #[error("{}: {source}", file.display())]
    File {
        /// The file.
        file: PathBuf,
        /// The error of the system.
        source: io::Error,
    },
    /// A line is not a record.
    #[error("{}, line {line}: not a record of `supervise`: {source}", file.display())]
    Record {
        /// The file.
        file: PathBuf,
        /// The line, from 1.
        line: usize,
        /// The error in it.
        source: serde_json::Error,
    },
    /// The file is not a JUnit report.
    #[error("{}: not a JUnit report: {source}", file.display())]
    Junit {
        /// The file.
        file: PathBuf,
        /// The error in it.
        source: Box<quick_junit::DeserializeError>,
    },
}

/// Adds the records of tests to a JUnit report: a test that failed with a leak gets the cause,
/// every test gets its left-over processes as properties. Tests are matched by run, binary and
/// name; the attempts of one test by their order. To do so twice adds nothing.
///
/// # Errors
///
/// If a file cannot be read, parsed or written; the JUnit report is then unchanged.
pub fn merge(junit: &Path, records: &Path) -> Result<Merged, MergeError> {
    let broken = |source| MergeError::File { file: junit.to_owned(), source };
    let reports = read(records)?;
    let file = File::open(junit).map_err(broken)?;
    let mut whole = quick_junit::Report::deserialize(BufReader::new(file))
        .map_err(|source| MergeError::Junit { file: junit.to_owned(), source: Box::new(source) })?;
    let run = whole.uuid.map(|uuid| uuid.to_string());
    let mut merged = Merged { records: reports.len(), ..Merged::default() };
    let mut by_test: HashMap<(String, String), Vec<&Report>> = HashMap::new();
    for report in &reports {
        let is_of_run = run.is_none() || report.attempt.run.is_none() || report.attempt.run == run;
        let Some(test) = report.attempt.test.clone().filter(|_| is_of_run) else { continue };
        let binary = report.attempt.binary.clone().unwrap_or_default();
        by_test.entry((binary, test)).or_default().push(report);
    }
    for case in whole.test_suites.iter_mut().flat_map(|suite| &mut suite.test_cases) {
        let binary = case.classname.as_ref().map_or("", XmlString::as_str).to_owned();
        let Some(mut attempts) = by_test.remove(&(binary, case.name.as_str().to_owned())) else {
            continue;
        };
        attempts.sort_by_key(|report| report.started);
        merged.found += attempts.len();
        merged.leaks += attempts.iter().map(|report| report.leaks.len()).sum::<usize>();
        add(case, &attempts);
    }
    write(&whole, junit).map_err(broken)?;
    Ok(merged)
}

fn read(records: &Path) -> Result<Vec<Report>, MergeError> {
    let broken = |source| MergeError::File { file: records.to_owned(), source };
    let lines = BufReader::new(File::open(records).map_err(broken)?).lines();
    let mut reports = Vec::new();
    for (number, line) in lines.enumerate() {
        let line = line.map_err(broken)?;
        let report = serde_json::from_str(&line).map_err(|source| MergeError::Record {
            file: records.to_owned(),
            line: number + 1,
            source,
        })?;
        reports.push(report);
    }
    Ok(reports)
}

/// Adds the attempts of one test, in their order. In a failed test, the first attempt is the test
/// case itself and the others are its reruns; in a test that passed in the end, the last attempt is
/// the test case.
fn add(case: &mut TestCase, attempts: &[&Report]) {
    let own = match &mut case.status {
        TestCaseStatus::Success { flaky_runs } => {
            let Some((last, before)) = attempts.split_last() else { return };
            before.iter().zip(flaky_runs).for_each(|(report, run)| add_to_run(run, report));
            *last
        }
        TestCaseStatus::NonSuccess { message, ty, description, reruns, .. } => {
            let Some((first, after)) = attempts.split_first() else { return };
            after.iter().zip(&mut reruns.runs).for_each(|(report, run)| add_to_run(run, report));
            if first.accuses() {
                explain(message, ty, description, first);
            }
            *first
        }
        TestCaseStatus::Skipped { .. } => return,
    };
    let leaks = own.leaks.iter().map(|leak| ("proctor.leak", line(leak)));
    let noted = own.noted.iter().map(|leak| ("proctor.noted", line(leak)));
    let doubts = own.doubts.iter().map(|doubt| ("proctor.doubt", doubt.clone()));
    for (name, value) in leaks.chain(noted).chain(doubts) {
        let property = Property::new(name, value);
        if !case.properties.contains(&property) {
            case.properties.push(property);
        }
    }
}

fn add_to_run(run: &mut TestRerun, report: &Report) {
    if report.accuses() {
        explain(&mut run.message, &mut run.ty, &mut run.description, report);
    }
}

fn explain(
    message: &mut Option<XmlString>,
    ty: &mut Option<XmlString>,
    description: &mut Option<XmlString>,
    report: &Report,
) {
    // As a reader will see it: without characters that XML cannot hold, and without surrounding
    // spaces.
    let text = XmlString::new(report.message().trim());
    let before = description.as_ref().map_or("", XmlString::as_str);
    if !before.trim_start().starts_with(text.as_str()) {
        *description = Some(format!("{}\n\n{before}", text.as_str()).trim_end().into());
    }
    let causes = report.leaks.iter().map(line).chain(report.doubts.iter().cloned());
    let causes: Vec<String> = causes.collect();
    *message = Some(causes.join("; ").into());
    *ty = Some(TYPE.into());
}

/// A leak in one line.
fn line(leak: &Leak) -> String {
    let held = leak.holds.iter().filter_map(|hold| {
        let stream = hold.stream?;
        Some(format!("fd {} is the test's {stream}", hold.fd))
    });
    let held: Vec<String> = held.collect();
    let held = if held.is_empty() { String::new() } else { format!(", {}", held.join(", ")) };
    format!("{} (pid {}): {}{held}", leak.name(), leak.pid, leak.how)
}

/// Writes a file beside the report and then replaces it: a reader sees the old or the new one.
fn write(whole: &quick_junit::Report, junit: &Path) -> io::Result<()> {
    let folder = junit.parent().filter(|folder| !folder.as_os_str().is_empty());
    let mut file = tempfile::NamedTempFile::new_in(folder.unwrap_or(Path::new(".")))?;
    let mut writer = BufWriter::new(&mut file);
    whole.serialize(&mut writer).map_err(io::Error::other)?;
    writer.flush()?;
    drop(writer);
    if let Ok(before) = fs::metadata(junit) {
        file.as_file().set_permissions(before.permissions())?;
    }
    file.persist(junit).map(drop).map_err(|error| error.error)
}
