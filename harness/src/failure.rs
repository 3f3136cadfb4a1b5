//! Why a check did not pass: what was looked at, what was expected, what was seen.

use std::fmt;
use std::panic::Location;

use serde::{Deserialize, Serialize};
use shown::one_line;

/// What a check body, and every step of one, returns.
pub type Result<T = ()> = std::result::Result<T, Failure>;

/// Whose fault it is, and of which kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The subject did something else.
    Mismatch,
    /// The subject did not do it in time.
    Timeout,
    /// The subject died, or closed its output.
    Closed,
    /// We could not tell: the failure is ours or the machine's, or the subject does not do what the step needs.
    Inconclusive,
    /// The subject does not have what the check is about, and does not claim to.
    NotOffered,
}

/// A failed step of a check.
///
/// `{}` and `{:?}` are the same text, as a report has it: a plain test that fails by `?` or `unwrap` says as much as a check.
#[derive(Clone)]
pub struct Failure(Box<Parts>);

/// The parts of a failure, as reports need them.
#[derive(Clone, Debug)]
pub struct Parts {
    /// Whose fault, of which kind.
    pub kind: Kind,
    /// What was looked at.
    pub what: String,
    /// What the requirement asks for.
    pub expected: String,
    /// What the subject did.
    pub observed: String,
    /// Further lines: what is buffered, the exit status, the tail of stderr.
    pub notes: Vec<String>,
    /// The place in the check, as `file:line`.
    pub place: String,
    /// The line of the conversation that it is about, counted from 0, if it is about one.
    pub line: Option<usize>,
    /// What the step needs and the subject does not do, if that is why it could not be told.
    pub need: Option<String>,
    /// The end of the conversation, as people read it, where no report will have it.
    pub conversation: Vec<String>,
}

impl Failure {
    /// A failure of `kind` at the caller's place.
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
            need: None,
            conversation: Vec::new(),
        }))
    }

    /// The subject did something else than expected.
    #[track_caller]
    pub fn mismatch(
        what: impl Into<String>,
        expected: impl Into<String>,
        observed: impl Into<String>,
    ) -> Self {
        Self::new(Kind::Mismatch, what, expected, observed)
    }

    /// We could not tell; `why` says what stopped us.
    #[track_caller]
    pub fn inconclusive(what: impl Into<String>, why: impl fmt::Display) -> Self {
        Self::new(Kind::Inconclusive, what, "to be able to tell", why.to_string())
    }

    /// We could not tell, since the step needs what the subject does not do; `why` says what it does instead.
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

    /// Adds a line of evidence.
    #[must_use]
    pub fn note(mut self, line: impl Into<String>) -> Self {
        self.0.notes.push(line.into());
        self
    }

    /// Says which line of the conversation it is about, so that a report shows what is around it.
    #[must_use]
    pub fn at_line(mut self, line: usize) -> Self {
        self.0.line = Some(line);
        self
    }

    /// Adds the end of the conversation, for whoever has no report with all of it.
    #[must_use]
    pub fn after(mut self, conversation: Vec<String>) -> Self {
        self.0.conversation = conversation;
        self
    }

    /// Says in which context the step failed: `what` becomes `context: what`.
    #[must_use]
    pub fn within(mut self, context: impl fmt::Display) -> Self {
        self.0.what = format!("{context}: {}", self.0.what);
        self
    }

    /// Says what the failure really is, where it is known by now: a wait that was in vain since something else went wrong
    /// before. The evidence, the place and the line stay.
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

    /// Replaces texts that differ from run to run, and say nothing: `(what is written, what is to stand there)`.
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

    /// Whose fault, of which kind.
    pub fn kind(&self) -> Kind {
        self.0.kind
    }

    /// The parts, for reports.
    pub fn parts(&self) -> &Parts {
        &self.0
    }

    /// All in one line, without the notes.
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

/// A label and a value; further lines of the value stand below its first one.
fn field(f: &mut fmt::Formatter<'_>, label: &str, value: &str) -> fmt::Result {
    let mut label = label;
    for line in value.lines() {
        write!(f, "\n  {label:10}{line}")?;
        label = "";
    }
    Ok(())
}

// So that a plain test can use `?` on the library's results.
impl std::error::Error for Failure {}

/// Something that can fail for reasons that are not the subject's.
pub trait OrInconclusive<T> {
    /// Turns the error into a failure that is ours, about `what`.
    #[track_caller]
    fn or_inconclusive(self, what: &str) -> Result<T>;
}

impl<T, E: fmt::Display> OrInconclusive<T> for std::result::Result<T, E> {
    #[track_caller]
    fn or_inconclusive(self, what: &str) -> Result<T> {
        // Not `map_err`: a closure would lose the caller's place.
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
