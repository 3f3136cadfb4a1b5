//! A file of reports that many processes append to: one line each, never torn.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::Path;

use super::report::Report;

/// Appends a report to a file as one line of JSON. One call writes the line, to a file opened for
/// appending, so the lines of several processes do not mix.
///
/// # Errors
///
/// If the file cannot be opened, or only part of the line is written.
pub fn append(report: &Report, file: &Path) -> io::Result<()> {
    let mut line = serde_json::to_vec(report)?;
    line.push(b'\n');
    let mut file = OpenOptions::new().append(true).create(true).open(file)?;
    loop {
        match file.write(&line) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Ok(written) if written < line.len() => {
                return Err(io::Error::other("only part of the line was written"));
            }
            other => return other.map(drop),
        }
    }
}
