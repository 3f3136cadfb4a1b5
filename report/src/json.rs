//! The report as JSON, for programs.

use crate::Report;

/// The report as one JSON object over several lines, with a final line end.
///
/// # Errors
///
/// Any error of the serialiser.
pub fn render(report: &Report) -> serde_json::Result<String> {
    let mut text = serde_json::to_string_pretty(report)?;
    text.push('\n');
    Ok(text)
}
