//! The failure of a check: what was looked at, what was expected, what was observed.

use std::fmt;
use std::panic::Location;

use serde::{Deserialize, Serialize};
use shown::one_line;

/// The result of a check body and of all its steps.
pub type Result<T = ()> = std::result::Result<T, Failure>;

/// The kind of a failure, and whose fault it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The subject behaved differently.
    Mismatch,
    /// The subject did not do it in time.
    Timeout,
    /// The subject died, or closed its output.
    Closed,
    /// The check could not decide: the fault is ours or the machine's, or the subject lacks a
    /// feature that the step needs.
    Inconclusive,
    /// The subject does not have, or claim to have, the feature that the check is about.
    NotOffered,
}

/// A failed step of a check.
///
/// `{}` and `{:?}` print the same text, in the form of a report: a plain test that fails by `?` or
/// `unwrap` reports as much as a check.
#[derive(Clone)]
pub struct Failure(Box<Parts>);

/// The parts of a failure, as reports need them.
#[derive(Clone, Debug)]
pub struct Parts {
    /// Its kind.
    pub kind: Kind,
    /// What was looked at.
    pub what: String,
    /// What the requirement asks for.
    pub expected: String,
    /// What the subject did.
    pub observed: String,
    /// Further lines of evidence: buffered messages, the exit status, the end of stderr.
    pub notes: Vec<String>,
    /// The place in the check, as `file:line`.
    pub place: String,
    /// The line of the conversation that it is about, counted from 0, if there is one.
    pub line: Option<usize>,
    /// The index of the process that it is about, if it is known.
    pub process: Option<usize>,
    /// The feature that the step needs and that the subject lacks, if that made it inconclusive.
    pub need: Option<String>,
    /// The end of the conversation, for people, where no report contains it.
    pub conversation: Vec<String>,
}

impl Failure {
    /// A failure of `kind`, located at the caller.
    #[track_caller]
    pub fn new(
        kind: Kind,
        what: impl Into<String>,
        expected: impl Into<String>,
        observed: impl Into<String>,
    ) -> Self {
        let place = Location::caller();
        let or_nothing = |text: String| if text.is_empty() { "nothing".to_owned() } else { text };
        let (expected, observed) = (or_nothing(expected.into()), or_nothing(observed.into()));
        Self(Box::new(Parts {
            kind,
            what: what.into(),
            expected,
            observed,
            notes: Vec::new(),
            place: format!("{}:{}", place.file(), place.line()),
            line: None,
            process: None,
            need: None,
            conversation: Vec::new(),
        }))
    }

    /// The subject did not do what was expected.
    #[track_caller]
    pub fn mismatch(
        what: impl Into<String>,
        expected: impl Into<String>,
        observed: impl Into<String>,
    ) -> Self {
        Self::new(Kind::Mismatch, what, expected, observed)
    }

    /// The check could not decide; `why` is the obstacle.
    #[track_caller]
    pub fn inconclusive(what: impl Into<String>, why: impl fmt::Display) -> Self {
        Self::new(Kind::Inconclusive, what, "a conclusive result", why.to_string())
    }

    /// The check could not decide, because the subject lacks the feature that the step needs; `why`
    /// is its behaviour instead.
    #[track_caller]
    pub fn unmet(need: &str, why: &str) -> Self {
        let mut failure = Self::inconclusive(format!("this needs {need}"), format!("{need} {why}"));
        failure.0.need = Some(need.to_owned());
        failure
    }

    /// The subject does not have the method that the step is about.
    #[track_caller]
    pub fn not_offered(method: &str) -> Self {
        let observed = format!("the subject does not offer `{method}`");
        Self::new(Kind::NotOffered, format!("`{method}`"), "to be offered", observed)
    }

    /// The subject has nothing of the kind that the step is about: `what` says it in words, such as
    /// "a tool that asks the user". For a method there is [`Failure::not_offered`].
    #[track_caller]
    pub fn lacks(what: &str) -> Self {
        let observed = format!("the subject does not offer {what}");
        Self::new(Kind::NotOffered, what, "to be offered", observed)
    }

    /// Adds a line of evidence.
    #[must_use]
    pub fn note(mut self, line: impl Into<String>) -> Self {
        self.0.notes.push(line.into());
        self
    }

    /// Sets the line of the conversation that it is about, so that a report shows the lines around
    /// it.
    #[must_use]
    pub fn at_line(mut self, line: usize) -> Self {
        self.0.line = Some(line);
        self
    }

    /// Sets the process that it is about, by its index.
    #[must_use]
    pub fn of_process(mut self, process: usize) -> Self {
        self.0.process = Some(process);
        self
    }

    /// Adds the end of the conversation, for readers without a full report.
    #[must_use]
    pub fn after(mut self, conversation: Vec<String>) -> Self {
        self.0.conversation = conversation;
        self
    }

    /// Adds the context in which the step failed: `what` becomes `context: what`.
    #[must_use]
    pub fn within(mut self, context: impl fmt::Display) -> Self {
        self.0.what = format!("{context}: {}", self.0.what);
        self
    }

    /// Replaces the description by the real cause where that is now known: a wait was in vain
    /// because something had failed before. Evidence, place and line stay.
    #[must_use]
    pub fn since(
        mut self,
        what: impl Into<String>,
        expected: impl Into<String>,
        observed: impl Into<String>,
    ) -> Self {
        self.0.kind = Kind::Mismatch;
        (self.0.what, self.0.expected, self.0.observed) =
            (what.into(), expected.into(), observed.into());
        self
    }

    /// Replaces texts that differ from run to run and carry no meaning: `(text, replacement)`.
    #[must_use]
    pub fn replaced(mut self, texts: &[(String, &str)]) -> Self {
        let Parts { what, expected, observed, notes, .. } = &mut *self.0;
        for text in [what, expected, observed].into_iter().chain(notes) {
            for (written, instead) in texts {
                if text.contains(written) {
                    *text = text.replace(written, instead);
                }
            }
        }
        self
    }

    /// The kind of the failure.
    pub fn kind(&self) -> Kind {
        self.0.kind
    }

    /// The parts, for reports.
    pub fn parts(&self) -> &Parts {
        &self.0
    }

    /// Everything on one line, without the notes.
    pub fn line(&self) -> String {
        let Parts { what, expected, observed, .. } = self.parts();
        one_line(&format!("{what}: expected {expected}, observed {observed}"))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Parts { kind, what, expected, observed, notes, conversation, .. } = &*self.0;
        if *kind == Kind::Inconclusive {
            write!(f, "we could not tell: {what}")?;
            field(f, "because", observed)?;
        } else {
            f.write_str(what)?;
            field(f, "expected", expected)?;
            field(f, "observed", observed)?;
        }
        notes.iter().try_for_each(|note| write!(f, "\n  {note}"))?;
        if !conversation.is_empty() {
            f.write_str("\n  transcript")?;
        }
        conversation.iter().try_for_each(|line| write!(f, "\n    {line}"))
    }
}

impl fmt::Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A label and a value; further lines of the value are aligned with its first.
fn field(f: &mut fmt::Formatter<'_>, label: &str, value: &str) -> fmt::Result {
    let mut label = label;
    for line in value.lines() {
        write!(f, "\n  {label:10}{line}")?;
        label = "";
    }
    Ok(())
}

// Lets a plain test use `?` on the results of the library.
impl std::error::Error for Failure {}

/// A result whose error is not the subject's fault.
pub trait OrInconclusive<T> {
    /// Turns the error into an inconclusive failure about `what`.
    #[track_caller]
    fn or_inconclusive(self, what: &str) -> Result<T>;
}

impl<T, E: fmt::Display> OrInconclusive<T> for std::result::Result<T, E> {
    #[track_caller]
    fn or_inconclusive(self, what: &str) -> Result<T> {
        // Not `map_err`: inside a closure the place of the caller would be lost.
        match self {
            Ok(value) => Ok(value),
            Err(error) => Err(Failure::inconclusive(what, error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Failure, Kind};

    #[test]
    fn a_plain_test_that_fails_says_as_much_as_a_check() {
        let failure = Failure::new(Kind::Timeout, "waiting for x", "it\nsoon", "")
            .note("came      {}")
            .after(vec!["… 2 lines before …".to_owned(), "    0.1 ms -> {}".to_owned()]);
        let text = "\
waiting for x
  expected  it
            soon
  observed  nothing
  came      {}
  transcript
    … 2 lines before …
        0.1 ms -> {}";
        assert_eq!(failure.to_string(), text);
        assert_eq!(format!("{failure:?}"), text);
        let ours = Failure::inconclusive("making a home", "no space");
        assert_eq!(format!("{ours:?}"), "we could not tell: making a home\n  because   no space");
    }
}
