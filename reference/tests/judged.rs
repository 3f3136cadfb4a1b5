//! Whether the checks tell a changed reference subject from the one that they were proved on: the test of `just mutants`.
//!
//! It is the subject and what has it judged in one, so that a change costs one compilation. The judge is a `proctor` that was
//! built before the change, named by `PROCTOR_JUDGE`: this crate links no check.

use std::error::Error;
use std::ffi::OsString;
use std::fs;
use std::io::Write;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use rustix::process::{Resource, Rlimit, setrlimit};

/// What cargo-mutants writes where it changes something.
const MARK: &str = "changed by cargo-mutants";

/// A change may make the subject gather without end; the reference needs a fraction of this address space, in bytes.
const SPACE: u64 = 4 << 30;

fn main() -> ExitCode {
    let args: Vec<OsString> = std::env::args_os().skip(1).collect();
    let done = if args.is_empty() { judged() } else { subject(args) };
    done.unwrap_or_else(|error| {
        // With stderr gone, too, the exit code is all that is left to say.
        let _ = writeln!(std::io::stderr(), "error: {error}");
        ExitCode::FAILURE
    })
}

/// The word before the name of a server where the reference starts another one of itself, as in `proctor reference app-server`.
const OWN: &str = "reference";

fn subject(mut args: Vec<OsString>) -> Result<ExitCode, Box<dyn Error>> {
    if args.first().is_some_and(|first| first == OWN) {
        args.remove(0);
    }
    setrlimit(Resource::As, Rlimit { current: Some(SPACE), maximum: Some(SPACE) })?;
    Ok(reference::main(args.into_iter()))
}

/// Becomes the judge of this very program.
fn judged() -> Result<ExitCode, Box<dyn Error>> {
    let judge =
        std::env::var_os("PROCTOR_JUDGE").ok_or("PROCTOR_JUDGE is not set: see `just mutants`")?;
    let mut command = Command::new(judge);
    command.arg("__judge");
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    if let Some((file, line)) = changed(&root.join("src"))? {
        // As faults name their places: relative to the workspace.
        let file = file.strip_prefix(root.parent().unwrap_or(root))?;
        command.arg("--near").arg(format!("{}:{line}", file.display()));
    }
    command.arg("--").arg(std::env::current_exe()?);
    Err(command.exec().into())
}

/// The first place in the sources that was changed.
fn changed(folder: &Path) -> std::io::Result<Option<(PathBuf, usize)>> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let found = match path.is_dir() {
            true => changed(&path)?,
            false => {
                let text = fs::read_to_string(&path)?;
                let line = text.lines().position(|line| line.contains(MARK));
                line.map(|line| (path, line + 1))
            }
        };
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}
