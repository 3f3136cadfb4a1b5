//! Finds the cargo-nextest tests of a hunt: from a log, a report or an expression to targets.

use std::fmt::Write as _;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Duration;

use hunt::ci_log::{self, Finding};
use hunt::nextest::{Listing, NextestError, Options, Recorder, TestId};
use hunt::{Kind, Target, Token, junit};

use crate::args::NextestArgs;
use crate::exit_code::Stop;
use crate::{reference, terminal};

/// A target, and the leak-timeout of its profile.
pub(super) struct Found {
    pub(super) target: Target,
    pub(super) leak_timeout: Duration,
}

/// The source of the names of tests.
pub(super) enum Names<'a> {
    Log(&'a Path),
    Junit(&'a Path),
    Filter,
}

/// The targets of `proctor hunt nextest`.
pub(super) fn asked(args: &NextestArgs) -> Result<Vec<Found>, Stop> {
    let names = match (&args.from_log, &args.from_junit) {
        (Some(log), _) => Names::Log(log),
        (None, Some(report)) => Names::Junit(report),
        (None, None) => Names::Filter,
    };
    let mut cargo = args.cargo.clone();
    for package in &args.package {
        cargo.extend(["--package".into(), package.into()]);
    }
    for features in &args.features {
        cargo.extend(["--features".into(), features.into()]);
    }
    let options =
        Options { dir: None, profile: args.profile.clone(), filter: args.filterset.clone(), cargo };
    found(&names, options)
}

/// Builds the tests and finds the targets.
pub(super) fn found(names: &Names<'_>, mut options: Options) -> Result<Vec<Found>, Stop> {
    let findings = match names {
        Names::Log(path) => Some(from_log(path)?),
        Names::Junit(path) => Some(from_junit(path)?),
        Names::Filter => None,
    };
    let chosen = ["-p", "--package", "--workspace", "--all", "--manifest-path"];
    if !options.cargo.iter().any(|option| chosen.iter().any(|chosen| option == chosen)) {
        // A log may name tests of the whole workspace, not only of the default members.
        options.cargo.push("--workspace".into());
    }
    let listing = options.list().map_err(stop)?;
    let tests = match findings {
        Some(findings) => resolve(&listing, &findings)?,
        None => listing.matching().into_iter().map(|id| (id, None)).collect(),
    };
    let recorder = Recorder {
        program: PathBuf::from(reference::this_binary()?),
        args: vec!["__record".to_owned()],
    };
    let ids: Vec<TestId> = tests.iter().map(|(id, _)| id.clone()).collect();
    let recorded = listing.record(&ids, &recorder).map_err(stop)?;
    let found =
        |(recorded, (_, expected)): (hunt::nextest::Recorded, (TestId, Option<Kind>))| Found {
            target: Target { expected, ..recorded.target },
            leak_timeout: recorded.leak_timeout,
        };
    Ok(recorded.into_iter().zip(tests).map(found).collect())
}

/// The token, with the commands that its test has in the present build.
pub(super) fn anew(token: &Token) -> Result<Token, Stop> {
    let mut token = token.clone();
    if let Some(built) = token.target.built.clone() {
        token.target = built.anew(token.target).map_err(stop)?;
    }
    Ok(token)
}

/// A wrong expression or a log of another workspace is a mistake of the user; other errors are due
/// to the machine.
fn stop(error: NextestError) -> Stop {
    match error {
        NextestError::NoTests(_) | NextestError::Foreign(_) | NextestError::Config(_) => {
            Stop::usage(error)
        }
        _ => Stop::unable(error),
    }
}

fn read(path: &Path) -> Result<Vec<u8>, Stop> {
    let mut bytes = Vec::new();
    let read = if path == Path::new("-") {
        std::io::stdin().lock().read_to_end(&mut bytes).map(|_| bytes)
    } else {
        std::fs::read(path)
    };
    read.map_err(|error| Stop::usage(format!("cannot read {}: {error}", path.display())))
}

fn from_log(path: &Path) -> Result<Vec<Finding>, Stop> {
    let log = ci_log::read(&read(path)?);
    for line in &log.unreadable {
        terminal::complain(
            "note",
            &format!("line {} is about a test that it does not name: {}", line.line, line.text),
        );
    }
    if let Some(first) = log.unread.first() {
        let (count, are) = match log.unread.len() {
            1 => ("1 line".to_owned(), "looks like a result and was"),
            count => (format!("{count} lines"), "look like results and were"),
        };
        terminal::complain(
            "note",
            &format!("{count} {are} not read as such, the first in line {first}"),
        );
    }
    match (log.findings.is_empty(), log.results) {
        (true, 0) => Err(Stop::usage(format!(
            "{} has no result of a test in the form of cargo-nextest",
            path.display()
        ))),
        (true, results) => Err(Stop::usage(format!(
            "{} has {results} results, and no leak, failure or flaky test",
            path.display()
        ))),
        (false, _) => {
            print_findings(&log.findings, "line");
            Ok(log.findings)
        }
    }
}

fn from_junit(path: &Path) -> Result<Vec<Finding>, Stop> {
    let xml = String::from_utf8_lossy(&read(path)?).into_owned();
    let report =
        junit::parse(&xml).map_err(|error| Stop::usage(format!("{}: {error}", path.display())))?;
    if let Some(silence) = report.silence() {
        return Err(Stop::usage(format!("{}: {silence}", path.display())));
    }
    print_findings(&report.findings, "case");
    Ok(report.findings)
}

fn print_findings(findings: &[Finding], place: &str) {
    let mut text = format!("{} to hunt", findings.len());
    for finding in findings {
        let at = finding.sightings.first().map_or(0, |sighting| sighting.line);
        let times = match finding.sightings.len() {
            1 => "once".to_owned(),
            times => format!("{times} times"),
        };
        let Finding { binary_id, test, .. } = finding;
        let _ = write!(
            text,
            "\n  {binary_id} {test}: {} ({place} {at}, named {times})",
            finding.status()
        );
    }
    terminal::complain("found", &text);
}

fn resolve(listing: &Listing, findings: &[Finding]) -> Result<Vec<(TestId, Option<Kind>)>, Stop> {
    let resolution = listing.resolve(findings).map_err(Stop::usage)?;
    for unresolved in &resolution.unresolved {
        terminal::complain("note", &unresolved.to_string());
    }
    let mut tests: Vec<(TestId, Option<Kind>)> = Vec::new();
    for resolved in resolution.resolved {
        if let Some(note) = &resolved.note {
            terminal::complain("note", &format!("{}: {note}", resolved.id));
        }
        // Two names in a log may be the same test here.
        if !tests.iter().any(|(id, _)| *id == resolved.id) {
            tests.push((resolved.id, resolved.expected));
        }
    }
    if tests.is_empty() {
        return Err(Stop::usage("none of the named tests exists here any more"));
    }
    Ok(tests)
}
