//! Real Codex releases: examined, proved on, and asked whether their outcomes are always the same.

pub(crate) mod examine;
pub(crate) mod prove;
pub(crate) mod stable;

use std::fs;
use std::io::{self, Write as _};
use std::process::ExitCode;

use report::coverage::{self, Coverage, Reasons};
use report::{moments, releases as known};

use self::examine::{Examination, Stem, examine};
use crate::failure::Result;
use crate::reports;
use crate::{releases, workspace};

/// Examine real Codex releases one after the other; each is fetched from npm once.
///
/// All are examined, whatever happens to one. What would fail is tried up to twice more: what holds then came and went, which is
/// printed and fails nothing. Reports are target/reports/VERSION.json, .xml and .txt. PROCTOR names another proctor than the one
/// that is built here.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Releases, like 0.98.0
    #[arg(required = true, value_name = "VERSION")]
    versions: Vec<String>,
}

/// Examines and prints what failed once more at the end, where somebody who sees only the end of a log looks.
pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    all(&args.versions)
}

/// Examine every real release that is kept track of, and print docs/real-servers.md, docs/moments.md and docs/coverage.md from the
/// reports.
#[derive(Debug, clap::Args)]
pub(crate) struct PagesArgs {
    /// Print from the reports that are in target/reports, and examine nothing
    #[arg(long)]
    examined: bool,
}

/// Examines every release that is kept track of, unless that has been done.
pub(crate) fn servers(args: &PagesArgs) -> Result<ExitCode> {
    let versions = releases::all()?;
    let code = if args.examined { ExitCode::SUCCESS } else { all(&versions)? };
    if code != ExitCode::SUCCESS {
        return Ok(code);
    }
    let read = |version: &String| reports::conformant(&Stem::of_release(version).json());
    let reports = versions.iter().map(read).collect::<Result<Vec<_>>>()?;
    let docs = workspace::root().join("docs");
    fs::write(docs.join("real-servers.md"), known::page(&reports))?;
    fs::write(docs.join("moments.md"), moments::page(&reports))?;
    let touched = |version: &String| -> Result<Coverage> {
        Ok(serde_json::from_str(&fs::read_to_string(Stem::of_release(version).coverage())?)?)
    };
    let touched = versions.iter().map(touched).collect::<Result<Vec<_>>>()?;
    let reasons = Reasons::parse(&fs::read_to_string(docs.join("coverage-left-out.txt"))?);
    fs::write(docs.join("coverage.md"), coverage::page(&touched, &reasons))?;
    Ok(code)
}

fn all(versions: &[String]) -> Result<ExitCode> {
    let mut out = io::stdout().lock();
    let mut examined = Vec::new();
    for version in versions {
        writeln!(out, "real: Codex {version}")?;
        let stem = Stem::of_release(version);
        let done = examine(version, &stem, &["--no-progress", "--retries", "2"], true);
        write!(out, "{}", fs::read_to_string(stem.log()).unwrap_or_default())?;
        match &done {
            Ok(done) => writeln!(out, "real: Codex {version} ended with {}", done.code)?,
            Err(error) => writeln!(out, "real: Codex {version} could not be examined: {error}")?,
        }
        examined.push((version, done));
    }
    let text = |done: &Result<Examination>, text: fn(&report::Report) -> String| {
        done.as_ref().ok().and_then(|done| done.report.as_ref()).map(text).unwrap_or_default()
    };
    for (version, done) in &examined {
        let flaky = text(done, reports::came_and_went);
        if !flaky.is_empty() {
            write!(out, "real: what came and went in Codex {version}\n{flaky}")?;
        }
    }
    let held = |done: &Result<Examination>| done.as_ref().is_ok_and(|done| done.code == 0);
    let mut failed = Vec::new();
    for (version, done) in examined.iter().filter(|(_, done)| !held(done)) {
        write!(out, "real: what failed in Codex {version}\n{}", text(done, reports::failed))?;
        failed.push(version.as_str());
    }
    if !failed.is_empty() {
        writeln!(out, "real: failed: {}", failed.join(" "))?;
        return Ok(ExitCode::FAILURE);
    }
    writeln!(out, "real: all {} releases gave the outcomes that are known", versions.len())?;
    Ok(ExitCode::SUCCESS)
}
