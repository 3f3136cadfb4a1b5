//! Prints the page about moments, from the reports of runs.

use std::path::PathBuf;

use report::moments::page;

use crate::exit_code::{HELD, Stop};
use crate::releases::read;
use crate::terminal;

/// Prints the page to stdout.
pub(crate) fn moments(paths: &[PathBuf]) -> Result<u8, Stop> {
    let reports = paths.iter().map(|path| read(path)).collect::<Result<Vec<_>, _>>()?;
    terminal::say(&page(&reports))?;
    Ok(HELD)
}
