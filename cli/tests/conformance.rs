//! Every check as an ordinary test: one trial a case, for cargo-nextest to list, filter and
//! partition.
//!
//! The subjects are the embedded references. The words of `PROCTOR_SUBJECT`, read as a shell reads
//! them, are another; failures that are expected are listed in the file that
//! `PROCTOR_KNOWN_FAILURES` names.

use std::error::Error;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use harness::known_failures::KnownFailures;
use harness::trial::{self, Trials};
use harness::{Family, Subject};
use reaper::guardian::Guardian;

/// The environment makes no sense, or the engine cannot run.
const UNABLE: u8 = 3;

fn main() -> ExitCode {
    match trials().and_then(|trials| Ok((protect()?, trials))) {
        // The guardian stays until the last trial has ended: a runner that loses its patience kills
        // us, not our subjects.
        Ok((_guardian, trials)) => trial::main(trials),
        Err(error) => {
            // With stderr gone, too, the exit code is all that is left to say.
            let _ = writeln!(std::io::stderr(), "error: {error}");
            ExitCode::from(UNABLE)
        }
    }
}

fn trials() -> Result<Vec<Trials>, Box<dyn Error>> {
    if let Ok(words) = std::env::var("PROCTOR_SUBJECT") {
        let command = shlex::split(&words).ok_or("PROCTOR_SUBJECT: a quote is not closed")?;
        let subject = of(command, Vec::new(), format!(" -- {words}"))?;
        return Ok(vec![Trials { named: true, ..subject }]);
    }
    let binary =
        binary()?.into_os_string().into_string().map_err(|_| "the path of proctor is no text")?;
    let reference = |name: &str| vec![binary.clone(), "reference".to_owned(), name.to_owned()];
    let app_server = of(reference("app-server"), vec![Family::V1, Family::V2], String::new())?;
    let tail = " -- proctor reference mcp-server".to_owned();
    let mut mcp_server = of(reference("mcp-server"), vec![Family::Mcp], tail)?;
    mcp_server.subject.claims.revisions = suites::mcp::proved_revisions();
    Ok(vec![app_server, mcp_server])
}

/// The trials of the subject that this command starts.
fn of(
    command: Vec<String>,
    families: Vec<Family>,
    repeat_tail: String,
) -> Result<Trials, Box<dyn Error>> {
    let known_failures = match std::env::var_os("PROCTOR_KNOWN_FAILURES") {
        Some(path) => KnownFailures::read(Path::new(&path))?,
        None => KnownFailures::default(),
    };
    let mut subject = Subject::new(command)?.template(suites::template()).methods(suites::METHODS);
    subject.settings.proctor = Some(binary()?);
    Ok(Trials {
        subject,
        families,
        known_failures,
        strict: false,
        named: false,
        cache: cache(),
        repeat_tail,
    })
}

/// Where subjects are remembered: in the directory for files of this test that Bazel names, else
/// beside the directory `deps` in which cargo or the archive of nextest put this program.
///
/// Elsewhere nowhere: what others can write is not to be trusted.
fn cache() -> Option<PathBuf> {
    const NAME: &str = "proctor-subjects";
    if let Some(own) = std::env::var_os("TEST_TMPDIR") {
        return Some(Path::new(&own).join(NAME));
    }
    let program = std::env::current_exe().ok()?;
    let deps = program.parent().filter(|folder| folder.ends_with("deps"))?;
    Some(deps.with_file_name(NAME))
}

/// Protects subjects from our own sudden death; a list starts nothing that would need it beyond the
/// one question.
fn protect() -> Result<Option<Guardian>, Box<dyn Error>> {
    if std::env::args().any(|arg| arg == "--list") {
        return Ok(None);
    }
    let mut command = Command::new(binary()?);
    command.arg("__guardian");
    Ok(Some(Guardian::start(command)?))
}

fn binary() -> Result<PathBuf, Box<dyn Error>> {
    Ok(utils_cargo_bin::cargo_bin("proctor")?)
}
