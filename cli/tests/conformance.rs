//! Every check as an ordinary test: one trial a case, for cargo-nextest to list, filter and
//! partition.
//!
//! The subject is the embedded reference, or the words of `PROCTOR_SUBJECT`, which are read as a
//! shell reads them; failures that are expected of it are listed in the file that
//! `PROCTOR_KNOWN_FAILURES` names.

use std::error::Error;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use harness::Subject;
use harness::known_failures::KnownFailures;
use harness::trial::{self, Trials};
use reaper::guardian::Guardian;

// Links the checks in: they register themselves.
use suites as _;

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

fn trials() -> Result<Trials, Box<dyn Error>> {
    let (command, repeat_tail) = match std::env::var("PROCTOR_SUBJECT") {
        Ok(words) => (
            shlex::split(&words).ok_or("PROCTOR_SUBJECT: a quote is not closed")?,
            format!(" -- {words}"),
        ),
        Err(_) => {
            let binary = binary()?
                .into_os_string()
                .into_string()
                .map_err(|_| "the path of proctor is no text")?;
            (vec![binary, "reference".to_owned(), "app-server".to_owned()], String::new())
        }
    };
    let known_failures = match std::env::var_os("PROCTOR_KNOWN_FAILURES") {
        Some(path) => KnownFailures::read(Path::new(&path))?,
        None => KnownFailures::default(),
    };
    let cache = option_env!("CARGO_TARGET_TMPDIR").map_or_else(std::env::temp_dir, PathBuf::from);
    let mut subject = Subject::new(command)?.template(suites::template()).methods(suites::METHODS);
    subject.settings.proctor = Some(binary()?);
    Ok(Trials {
        subject,
        known_failures,
        strict: false,
        cache: cache.join("proctor-subjects"),
        repeat_tail,
    })
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
