//! Reports in a file that many processes append to: one line each, never torn.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::Path;

use super::report::Report;

/// Appends a report to a file as one line of JSON. The line is written by one call, to a file that
/// was opened for appending: lines of processes that do so at the same time do not mix.
///
/// # Errors
///
/// If the file cannot be opened or takes only a part of the line.
pub fn append(report: &Report, file: &Path) -> io::Result<()> {
    let mut line = serde_json::to_vec(report)?;
    line.push(b'\n');
    let mut file = OpenOptions::new().append(true).create(true).open(file)?;
    loop {
        match file.write(&line) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Ok(written) if written < line.len() => {
                return Err(io::Error::other("only a part of the line could be written"));
            }
            other => return other.map(drop),
        }
    }
}
