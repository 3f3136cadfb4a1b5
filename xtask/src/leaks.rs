//! Leaks of tests: of these here, of other projects, and what cargo-nextest says of any.

pub(crate) mod elsewhere;
pub(crate) mod hunt;
pub(crate) mod nextest_bugs;

use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::process::Command;

use reaper::supervise::Report;

use crate::failure::Result;
use crate::workspace::printed;

/// The variable that makes cargo run every test under this proctor, with these options.
fn runner(proctor: &Path, options: &[&OsStr]) -> Result<(String, String)> {
    let mut print = Command::new(proctor);
    let text = printed(print.args(["supervise", "--print-runner"]).args(options))?;
    let (name, value) = text.split_once('=').ok_or("proctor prints no variable")?;
    Ok((name.to_owned(), value.to_owned()))
}

/// What `proctor supervise --json` wrote: one record for each test.
fn records(path: &Path) -> Result<Vec<Report>> {
    if !path.exists() {
        return Ok(Vec::new());
    }
    let text = fs::read_to_string(path)?;
    Ok(text.lines().map(serde_json::from_str).collect::<serde_json::Result<_>>()?)
}
