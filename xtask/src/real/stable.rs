//! Whether runs against one release always give the same outcomes.

use std::collections::BTreeMap;
use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::builder::RangedU64ValueParser;

use super::examine::{Stem, examine, fetched};
use crate::failure::Result;
use crate::load::Beside;
use crate::reports::{outcomes, table};
use crate::workspace::{fresh, root};

/// How many busy threads there are in the second half.
const BUSY: usize = 2;

/// Show that runs against one real release always give the same outcomes.
///
/// RUNS runs in a row on the machine as it is, then as many beside two busy threads. What they printed and reported stays in
/// target/reports/stable/VERSION.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The release, like 0.98.0
    version: String,
    /// How many runs, idle and busy each
    #[arg(default_value_t = 10, value_parser = RangedU64ValueParser::<usize>::new().range(2..=10_000))]
    runs: usize,
}

/// Runs, and compares each run with the first.
pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    let Args { version, runs } = args;
    fetched(version)?;
    let folder = root().join("target/reports/stable").join(version);
    fresh(&folder)?;
    let mut out = io::stdout().lock();
    let mut first: Option<BTreeMap<String, &'static str>> = None;
    let mut failed = false;
    for beside in Beside::each(None) {
        let load = beside.start(BUSY);
        for number in 1..=*runs {
            let stem = Stem(folder.join(format!("{}-{number}", beside.name())));
            let done = examine(version, &stem, &["--no-progress"], true)?;
            let mut differences = String::new();
            let mut verdict = match (done.report.as_ref().map(outcomes), &first) {
                (None, _) => "no outcomes".to_owned(),
                (Some(found), None) => {
                    let verdict = format!("{} outcomes", found.len());
                    first = Some(found);
                    verdict
                }
                (Some(found), Some(first)) => {
                    differences = table(&[first.clone(), found], true).0;
                    let same = differences.is_empty();
                    if same { "same outcomes" } else { "OTHER OUTCOMES (first run, this run)" }
                        .to_owned()
                }
            };
            if done.code != 0 {
                verdict.push_str(&format!(
                    "; ended with {}, see {}",
                    done.code,
                    stem.log().display()
                ));
            }
            failed |= done.code != 0 || done.report.is_none() || !differences.is_empty();
            writeln!(out, "stable: {version} {} {number}/{runs}: {verdict}", beside.name())?;
            differences.lines().try_for_each(|line| writeln!(out, "    {line}"))?;
        }
        drop(load);
    }
    if failed {
        writeln!(out, "stable: Codex {version} is not stable")?;
        return Ok(ExitCode::FAILURE);
    }
    writeln!(out, "stable: {} runs against Codex {version} gave the same outcomes", 2 * runs)?;
    Ok(ExitCode::SUCCESS)
}
