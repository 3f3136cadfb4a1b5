//! Whether the checks find the faults of `proctor proxy` on real releases too.

use std::fs;
use std::io::{self, Write as _};
use std::process::ExitCode;

use super::examine::fetched;
use crate::failure::{COULD_NOT_TRY, Result};
use crate::workspace::{self, command, root};

/// Show on real Codex releases that the checks find every fault of `proctor proxy`.
///
/// All are tried, whatever happens to one. Reports are target/reports/prove-VERSION.json. PROCTOR names another proctor than the
/// one that is built here.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Releases, like 0.98.0
    #[arg(required = true, value_name = "VERSION")]
    versions: Vec<String>,
}

/// Proves, and names the releases on which a fault was not found.
pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    let mut out = io::stdout().lock();
    fs::create_dir_all(root().join("target/reports"))?;
    let mut failed = Vec::new();
    for version in &args.versions {
        writeln!(out, "prove-real: Codex {version}")?;
        let code = prove(version).unwrap_or_else(|error| {
            let _ = writeln!(out, "prove-real: {error}");
            i32::from(COULD_NOT_TRY)
        });
        writeln!(out, "prove-real: Codex {version} ended with {code}")?;
        if code != 0 {
            failed.push(version.as_str());
        }
    }
    if !failed.is_empty() {
        writeln!(out, "prove-real: not proved: {}", failed.join(" "))?;
        return Ok(ExitCode::FAILURE);
    }
    writeln!(out, "prove-real: every fault was found")?;
    Ok(ExitCode::SUCCESS)
}

fn prove(version: &str) -> Result<i32> {
    let codex = fetched(version)?;
    let report = root().join(format!("target/reports/prove-{version}.json"));
    let mut proctor = command(workspace::proctor()?);
    proctor.args(["prove", "--proxy", "--json"]).arg(report).arg("--").arg(codex).arg("app-server");
    workspace::code(&mut proctor)
}
