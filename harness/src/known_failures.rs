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
    /// The checks in whose conversations an observer or a law may fail: `None` if in all.
    conversations: Option<(String, GlobMatcher)>,
}

/// The prefix of a reason for an intermittent failure; a pass of such a check is no surprise.
const SOMETIMES: &str = "sometimes:";

/// What stands between an observer or a law and the checks in whose conversations it may fail.
const IN: &str = " in ";

impl Line {
    /// The line without its reason.
    pub fn subject(&self) -> String {
        match &self.conversations {
            Some((glob, _)) => format!("{}{IN}{glob}", self.pattern),
            None => self.pattern.clone(),
        }
    }

    /// Whether it is about an observer or a law in the conversations of some checks only.
    pub fn names_conversations(&self) -> bool {
        self.conversations.is_some()
    }

    /// Whether the failure is expected that the case found in the conversation of the check with
    /// this id and dialect: its own, unless it is an observer or a law.
    pub fn excuses(&self, case: &Case, id: &str) -> bool {
        let within = |(_, glob): &(String, GlobMatcher)| {
            glob.is_match(id) || id.rsplit_once('@').is_some_and(|(id, _)| glob.is_match(id))
        };
        self.covers(case) && self.conversations.as_ref().is_none_or(within)
    }

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
    /// `id-or-glob in id-or-glob  # reason` is about an observer or a law, in the conversations of
    /// the checks that the second names; elsewhere its failure is not expected.
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
            let reason = reason.trim().to_owned();
            if reason.is_empty() {
                return Err(KnownFailuresError::NoReason(number));
            }
            let matcher = |pattern: &str| {
                let glob = glob(pattern);
                glob.map(|glob| glob.compile_matcher()).map_err(|error| {
                    KnownFailuresError::Pattern { number, reason: error.to_string() }
                })
            };
            let (pattern, conversations) = match pattern.trim().split_once(IN) {
                Some((pattern, glob)) => {
                    let glob = glob.trim();
                    (pattern.trim(), Some((glob.to_owned(), matcher(glob)?)))
                }
                None => (pattern.trim(), None),
            };
            let (matcher, pattern) = (matcher(pattern)?, pattern.to_owned());
            lines.push(Line { pattern, reason, number, matcher, conversations });
        }
        Ok(Self(lines))
    }

    /// The lines.
    pub fn lines(&self) -> &[Line] {
        &self.0
    }

    /// The first line that excuses a failure of this case in the conversation of the check with
    /// this id and dialect.
    pub fn find(&self, case: &Case, conversation: &str) -> Option<&Line> {
        self.0.iter().find(|line| line.excuses(case, conversation))
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
    fn a_line_may_be_about_some_conversations() {
        let text = "laws::closed::*@v2 in review::*   # a known defect\n";
        let list = KnownFailures::parse(text).unwrap();
        let line = &list.lines()[0];
        assert_eq!(line.subject(), "laws::closed::*@v2 in review::*");
        assert_eq!(line.pattern, "laws::closed::*@v2");
        assert_eq!(line.reason, "a known defect");
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
