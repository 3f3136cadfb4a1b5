//! Prints the pages about real servers, from the reports of their runs.

use std::fs;
use std::path::{Path, PathBuf};

use report::Report;
use report::releases::page;

use crate::exit_code::{HELD, Stop};
use crate::terminal;

/// Prints the page to stdout.
pub(crate) fn releases(paths: &[PathBuf]) -> Result<u8, Stop> {
    let reports = paths.iter().map(|path| read(path)).collect::<Result<Vec<_>, _>>()?;
    terminal::say(&page(&reports))?;
    Ok(HELD)
}

/// The report in this file.
pub(crate) fn read(path: &Path) -> Result<Report, Stop> {
    let unreadable =
        |why: String| Stop::unable(format!("cannot read the report {}: {why}", path.display()));
    let text = fs::read_to_string(path).map_err(|error| unreadable(error.to_string()))?;
    serde_json::from_str(&text).map_err(|error| unreadable(error.to_string()))
}

/// Prints the page about servers of the Model Context Protocol, each named like the file of its report.
pub(crate) fn servers(paths: &[PathBuf]) -> Result<u8, Stop> {
    let named = |path: &PathBuf| {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        read(path).map(|report| (name, report))
    };
    let reports = paths.iter().map(named).collect::<Result<Vec<_>, _>>()?;
    terminal::say(&report::servers::page(&reports))?;
    Ok(HELD)
}
