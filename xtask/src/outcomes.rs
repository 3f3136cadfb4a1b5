//! `outcomes`: what runs must agree on.

use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use crate::failure::Result;
use crate::reports::{self, table};

/// Print the outcome of each case, side by side for several reports; end with 1 if they differ.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// What `proctor run --json` wrote
    #[arg(required = true, value_name = "REPORT")]
    reports: Vec<PathBuf>,
    /// Print only the cases whose outcomes differ
    #[arg(long)]
    differing: bool,
}

/// Prints the table.
pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    let columns = args.reports.iter().map(|path| Ok(reports::outcomes(&reports::read(path)?)));
    let (text, differing) = table(&columns.collect::<Result<Vec<_>>>()?, args.differing);
    write!(io::stdout().lock(), "{text}")?;
    Ok(if differing == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
