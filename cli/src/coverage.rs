//! Prints the page about the parts of the protocol that the checks touch, from the files of `run --coverage`.

use std::fs;
use std::path::{Path, PathBuf};

use report::coverage::{Reasons, page};

use crate::exit_code::{HELD, Stop};
use crate::terminal;

/// Prints the page to stdout.
pub(crate) fn coverage(paths: &[PathBuf], reasons: Option<&Path>) -> Result<u8, Stop> {
    let reasons = reasons.map(read).transpose()?;
    let reasons = reasons.map(|text| Reasons::parse(&text)).unwrap_or_default();
    let record = |path: &PathBuf| {
        let wrong = |error| {
            Stop::usage(format!("{} was not written by `run --coverage`: {error}", path.display()))
        };
        serde_json::from_str(&read(path)?).map_err(wrong)
    };
    let records = paths.iter().map(record).collect::<Result<Vec<_>, _>>()?;
    terminal::say(&page(&records, &reasons))?;
    Ok(HELD)
}

fn read(path: &Path) -> Result<String, Stop> {
    fs::read_to_string(path)
        .map_err(|error| Stop::usage(format!("cannot read {}: {error}", path.display())))
}
