//! A check as a target: the command that runs it, and the reading of its report.

use std::ffi::OsString;
use std::io::Read;
use std::path::Path;

use reaper::process::Exit;
use reaper::supervise;
use report::Outcome;
use report::{CheckReport, FailureReport, Report};
use tempfile::NamedTempFile;

use crate::conditions::Conditions;
use crate::runner::{Kind, Observation, Run, RunError};
use crate::supervised::{Apart, SEED, millis, output};

/// The exit codes of `proctor run` that mean that no run can succeed.
const USAGE: i32 = 2;
const UNABLE: i32 = 3;

/// The command that runs a check once, and the file for its report.
pub(crate) fn command(
    apart: &Apart,
    run: &Run<'_>,
    id: &str,
    options: &[String],
) -> Result<(Vec<OsString>, NamedTempFile), RunError> {
    let file = tempfile::Builder::new()
        .prefix("proctor-hunt-")
        .suffix(".json")
        .tempfile()
        .map_err(|error| RunError::Unable(format!("a file for a report: {error}")))?;
    let proctor = apart.proctor.as_os_str();
    let mut command: Vec<OsString> = vec![proctor.to_owned()];
    command
        .extend(["run", "--check", id, "--jobs", "1", "--quiet", "--no-progress"].map(Into::into));
    command.extend(options.iter().map(Into::into));
    if !options.iter().any(|option| option == "--profile") {
        command.extend(["--profile".into(), apart.profile.as_os_str().to_owned()]);
    }
    // A subject inherits no environment.
    command.extend(["--env".into(), format!("{SEED}={}", run.seed).into()]);
    command.extend(["--json".into(), file.path().as_os_str().to_owned(), "--".into()]);
    command.extend(between(proctor.to_owned(), run));
    let subject = run.target.command.iter().map(Into::into).collect();
    command.extend(apart.means.wrap(run.conditions, subject));
    Ok((command, file))
}

/// The program between peer and subject: none, or a proxy that delays their messages.
fn between(proctor: OsString, run: &Run<'_>) -> Vec<OsString> {
    let Conditions { delays, pauses, .. } = *run.conditions;
    if !delays && !pauses {
        return Vec::new();
    }
    let seed = OsString::from(run.seed.to_string());
    let mut command = vec![proctor, "proxy".into()];
    command.extend(delays.then(|| ["--delays".into(), seed.clone()]).into_iter().flatten());
    command.extend(pauses.then(|| ["--pauses".into(), seed]).into_iter().flatten());
    command.push("--".into());
    command
}

/// The result of a run, from the report of the check.
pub(crate) fn observed(report: &supervise::Report, file: &Path) -> Result<Observation, RunError> {
    let code = match report.exit {
        Some(Exit::Code(code)) => code,
        _ => -1,
    };
    if matches!(code, USAGE | UNABLE) {
        let said = output(report);
        return Err(RunError::Unable(said.strip_prefix("error: ").unwrap_or(&said).to_owned()));
    }
    let mut seen = Observation {
        exit: report.exit.map_or("exit status unknown".to_owned(), |exit| exit.to_string()),
        duration_ms: millis(report.duration),
        ..Observation::default()
    };
    if report.timed_out {
        seen.kinds.push(Kind::TimeOut);
        return Ok(seen);
    }
    let mut text = String::new();
    let read = std::fs::File::open(file).and_then(|mut file| file.read_to_string(&mut text));
    let examined: Report = read
        .map_err(|error| error.to_string())
        .and_then(|_| serde_json::from_str(&text).map_err(|error| error.to_string()))
        .map_err(|error| RunError::Unable(format!("the report of a check: {error}")))?;
    if examined.checks.iter().all(|check| check.outcome == Outcome::NotApplicable) {
        let reason = examined.checks.iter().find_map(|check| check.reason.as_ref());
        let reason = reason.map_or("there is no such check".to_owned(), ToString::to_string);
        return Err(RunError::Unable(format!("the check cannot be run: {reason}")));
    }
    for check in examined.checks {
        // An inconclusive run neither held nor failed.
        if check.outcome == Outcome::Inconclusive {
            return Err(RunError::Void);
        }
        note(&mut seen, check);
    }
    Ok(seen)
}

fn note(seen: &mut Observation, check: CheckReport) {
    let kind = match check.outcome {
        Outcome::Leaked => Kind::Leak,
        Outcome::Failed | Outcome::Warned | Outcome::UnexpectedPass => Kind::Failure,
        // It held, was expected to fail, or did not run.
        Outcome::Passed
        | Outcome::KnownFailure
        | Outcome::Inconclusive
        | Outcome::NotApplicable => return,
    };
    if !seen.kinds.contains(&kind) {
        seen.kinds.push(kind);
    }
    seen.exit = format!("{}: {}", check.id, check.outcome);
    if let Some(FailureReport { what, expected, observed, .. }) = check.failure {
        seen.output.push_str(&format!("{what}\nexpected  {expected}\nobserved  {observed}\n"));
    }
    seen.leaks.extend(check.leaks);
}
