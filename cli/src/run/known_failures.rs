//! The list of what fails now, in the form that `--known-failures` reads; and the list of one release among several.

use std::path::Path;

use harness::all_checks;
use harness::known_failures::{KnownFailures, Line, render};
use harness::profile::Profile;
use report::{CheckReport, Outcome, Report};
use shown::{masked, printable};

use crate::exit_code::Stop;
use crate::renamed;

/// Finds out whether a directory of lists can be read. Its lists are told apart only once the subject is known.
pub(super) fn of_directory(directory: &Path) -> Result<KnownFailures, Stop> {
    std::fs::read_dir(directory).map(|_| KnownFailures::default()).map_err(|error| {
        Stop::usage(format!("cannot read the known failures in {}: {error}", directory.display()))
    })
}

/// The list of the release that the subject claims.
pub(super) fn of_release(directory: &Path, profile: &Profile) -> Result<KnownFailures, Stop> {
    let Some(release) = profile.release else {
        let directory = directory.display();
        return Err(Stop::usage(format!(
            "the subject claims no release, so it has no list in {directory}: name one by --known-failures"
        )));
    };
    read(&directory.join(format!("{release}.txt")))
}

/// A list whose lines name the checks of today: a name of the release before would only be stale, without a word why.
pub(super) fn read(path: &Path) -> Result<KnownFailures, Stop> {
    let list = KnownFailures::read(path).map_err(Stop::usage)?;
    let old = list.lines().iter().filter_map(|line| {
        let now = renamed::today(&line.pattern)?;
        Some(format!("\n  line {}: `{}` is called `{now}` now", line.number, line.pattern))
    });
    let old: String = old.collect();
    if old.is_empty() {
        return Ok(list);
    }
    let path = path.display();
    Err(Stop::usage(format!("the known failures in {path} have old names of checks:{old}")))
}

/// How long a reason may be, in bytes.
const WIDTH: usize = 500;

/// The list: every case that failed or leaked, with `strict` also every warning, and every expected
/// failure; and the lines of `known` about cases that were not selected, or that fail only
/// sometimes and passed now.
pub(super) fn list(report: &Report, strict: bool, known: &KnownFailures) -> String {
    let listed = |check: &CheckReport| {
        known.lines().iter().any(|line| line.is_about(&check.id, check.dialect))
    };
    let fails = |check: &&CheckReport| match check.outcome {
        Outcome::Failed | Outcome::Leaked => true,
        // A known defect of older releases is declared by the check and needs no line.
        Outcome::KnownFailure => listed(check),
        Outcome::Warned => strict,
        Outcome::Passed
        | Outcome::UnexpectedPass
        | Outcome::Inconclusive
        | Outcome::NotApplicable => false,
    };
    let mut lines: Vec<(String, String)> = report
        .checks
        .iter()
        .filter(fails)
        .flat_map(|check| {
            let lines = of_conversations(check, known);
            let all = vec![(format!("{}@{}", check.id, check.dialect), reason(check))];
            if lines.is_empty() { all } else { lines }
        })
        .collect();
    let selected =
        |line: &&Line| report.checks.iter().any(|check| line.is_about(&check.id, check.dialect));
    let exists = |line: &&Line| {
        let mut cases = all_checks()
            .into_iter()
            .flat_map(|check| check.applies.iter().map(move |one| (check.id(), one.dialect)));
        cases.any(|(id, dialect)| line.is_about(&id, dialect))
    };
    let passed = |line: &&Line| {
        let mut passed = report.checks.iter().filter(|check| check.outcome == Outcome::Passed);
        line.is_sometimes() && passed.any(|check| line.is_about(&check.id, check.dialect))
    };
    let others = known.lines().iter().filter(|line| {
        let of_another_run = !selected(line) && exists(line);
        of_another_run || passed(line)
    });
    lines.extend(others.map(|line| (line.subject(), line.reason.clone())));
    render(lines.iter().map(|(name, reason)| (name.as_str(), reason.as_str())))
}

/// The lines that say in which conversations this observer or law is expected to fail, if it failed nowhere else.
fn of_conversations(check: &CheckReport, known: &KnownFailures) -> Vec<(String, String)> {
    let about = |line: &&Line| {
        check.outcome == Outcome::KnownFailure
            && line.is_about(&check.id, check.dialect)
            && line.names_conversations()
    };
    let line = |line: &Line| (line.subject(), line.reason.clone());
    known.lines().iter().filter(about).map(line).collect()
}

/// The reason of one line: the listed one, or the failure in words that are the same in every run.
///
/// A line without a reason could not be read back.
fn reason(check: &CheckReport) -> String {
    let listed = check.reason.as_ref().filter(|_| check.outcome == Outcome::KnownFailure);
    if let Some(reason) = listed {
        return reason.to_string();
    }
    let text = match (&check.failure, check.leaks.first()) {
        (Some(failure), _) => {
            format!(
                "{}: expected {}, observed {}",
                failure.what, failure.expected, failure.observed
            )
        }
        (None, Some(leak)) => format!("leaves behind: {}", leak.command),
        (None, None) => String::new(),
    };
    let line = masked(text.lines().next().unwrap_or_default().trim());
    let line = printable(line.as_bytes(), WIDTH);
    if line.is_empty() { check.outcome.to_string() } else { line }
}
