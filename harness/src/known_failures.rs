//! The list of expected failures, each with a reason; a stale line fails the run.

use std::fmt::Write as _;
use std::path::Path;

use globset::GlobMatcher;
use report::Dialect;

use crate::run::Case;
use crate::select::glob;

/// One line of the list.
#[derive(Clone, Debug)]
pub struct Line {
    /// An id, `id@dialect`, or a glob over either.
    pub pattern: String,
    /// Why the failure is expected.
    pub reason: String,
    /// The number of the line in its file, from 1.
    pub number: usize,
    matcher: GlobMatcher,
}

/// The prefix of a reason for an intermittent failure; a pass of such a check is no surprise.
const SOMETIMES: &str = "sometimes:";

impl Line {
    /// Whether the failure is intermittent: the line is not stale if the check passes in one run.
    pub fn is_sometimes(&self) -> bool {
        self.reason.starts_with(SOMETIMES)
    }

    /// Whether the line covers this case.
    pub fn covers(&self, case: &Case) -> bool {
        self.is_about(&case.check.id(), case.dialect)
    }

    /// Whether the line covers the check with this id in this dialect.
    pub fn is_about(&self, id: &str, dialect: Dialect) -> bool {
        self.matcher.is_match(id) || self.matcher.is_match(format!("{id}@{dialect}"))
    }
}

/// The list; listed checks still run.
#[derive(Clone, Debug, Default)]
pub struct KnownFailures(Vec<Line>);

/// A list that cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum KnownFailuresError {
    /// The file does not exist, or is not text.
    #[error("cannot read the known failures in {path}: {error}")]
    Unreadable {
        /// The file.
        path: String,
        /// The error of the system.
        error: std::io::Error,
    },
    /// A line without a reason.
    #[error("line {0} of the known failures has no reason: write `id-or-glob  # reason`")]
    NoReason(usize),
    /// A line whose pattern is malformed.
    #[error("line {number} of the known failures: {reason}")]
    Pattern {
        /// The number of the line.
        number: usize,
        /// The error in it.
        reason: String,
    },
}

impl KnownFailures {
    /// Reads a list.
    ///
    /// # Errors
    ///
    /// If the file cannot be read, or a line is not `id-or-glob  # reason`.
    pub fn read(path: &Path) -> Result<Self, KnownFailuresError> {
        let text = std::fs::read_to_string(path).map_err(|error| {
            KnownFailuresError::Unreadable { path: path.display().to_string(), error }
        })?;
        Self::parse(&text)
    }

    /// Parses a list: one `id-or-glob  # reason` per line; blank lines and lines that begin with
    /// `#` are ignored. A reason that begins with `sometimes:` marks an intermittent failure.
    ///
    /// # Errors
    ///
    /// If a line has another form.
    pub fn parse(text: &str) -> Result<Self, KnownFailuresError> {
        let mut lines = Vec::new();
        for (index, line) in text.lines().enumerate() {
            let (number, line) = (index + 1, line.trim());
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let (pattern, reason) = line.split_once('#').unwrap_or((line, ""));
            let (pattern, reason) = (pattern.trim().to_owned(), reason.trim().to_owned());
            if reason.is_empty() {
                return Err(KnownFailuresError::NoReason(number));
            }
            let matcher = glob(&pattern)
                .map_err(|error| KnownFailuresError::Pattern { number, reason: error.to_string() })?
                .compile_matcher();
            lines.push(Line { pattern, reason, number, matcher });
        }
        Ok(Self(lines))
    }

    /// The lines.
    pub fn lines(&self) -> &[Line] {
        &self.0
    }

    /// The first line that covers this case.
    pub fn find(&self, case: &Case) -> Option<&Line> {
        self.0.iter().find(|line| line.covers(case))
    }
}

/// The text of a list with these ids and reasons.
pub fn render<'a>(failures: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let mut text = String::from("# One known failure a line: id-or-glob  # reason\n");
    for (name, reason) in failures {
        let reason = reason.lines().next().unwrap_or("").replace('#', "number ");
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{name}  # {reason}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::KnownFailures;

    #[test]
    fn a_line_is_a_pattern_and_a_reason() {
        let list = KnownFailures::parse("# about\n\n auth::*@v1   # the server forgets\n").unwrap();
        let line = &list.lines()[0];
        assert_eq!(
            (line.pattern.as_str(), line.reason.as_str(), line.number),
            ("auth::*@v1", "the server forgets", 3)
        );
    }

    #[test]
    fn a_reason_may_say_that_the_failure_comes_and_goes() {
        let list =
            KnownFailures::parse("a # sometimes: a race\nb # it sometimes: fails\n").unwrap();
        let sometimes: Vec<bool> = list.lines().iter().map(super::Line::is_sometimes).collect();
        assert_eq!(sometimes, [true, false]);
    }

    #[test]
    fn a_line_without_a_reason_is_refused() {
        for text in ["auth::x", "auth::x #", "auth::x  #   "] {
            let error = KnownFailures::parse(text).unwrap_err().to_string();
            assert!(error.starts_with("line 1 of the known failures has no reason"), "{error}");
        }
    }
}
