//! The cases that were printed during a run, so that the report at its end does not repeat them.

use std::collections::BTreeMap;

use crate::text::causes::Cause;
use crate::text::{Style, case, header, name};
use crate::{CheckReport, SubjectReport};

/// The number of cases with a cause already shown that get a line each; the end of the report
/// counts them all.
const NAMED: usize = 5;

/// What was printed so far, and how it looks.
#[derive(Debug)]
pub struct Printed {
    pub(super) style: Style,
    subject: bool,
    /// For each cause that was shown: the case that it was shown with, and the number of later
    /// cases.
    causes: BTreeMap<Cause, (String, usize)>,
}

impl Printed {
    /// Before anything was printed.
    pub fn new(style: Style) -> Self {
        Self { style, subject: false, causes: BTreeMap::new() }
    }

    /// The line about the subject, unless it was printed before.
    pub fn subject(&mut self, subject: &SubjectReport) -> String {
        if std::mem::replace(&mut self.subject, true) {
            return String::new();
        }
        header(subject, self.style.paint)
    }

    /// Records that the subject was introduced by other means.
    pub fn introduced(&mut self) {
        self.subject = true;
    }

    /// A case that did not hold: in full if its cause is new, else on one line; empty after
    /// some such lines.
    pub fn case(&mut self, check: &CheckReport) -> String {
        let (cause, name) = (Cause::of(check), name(check));
        if let Some((first, count)) = self.causes.get_mut(&cause) {
            *count += 1;
            return match (&cause, *count <= NAMED) {
                (Cause::Need(_), _) | (_, false) => String::new(),
                (_, true) => format!("\nthe same in {name} as in {first}\n"),
            };
        }
        let printed = match &cause {
            // A missing feature was shown with the check that tests for it; the number of checks
            // that need it is known only at the end.
            Cause::Need(_) => String::new(),
            _ => format!("\n{}", case::render(check, self.style)),
        };
        self.causes.insert(cause, (name, 0));
        printed
    }

    /// The case that the cause was shown with, if it was shown.
    pub(super) fn first(&self, cause: &Cause) -> Option<&str> {
        self.causes.get(cause).map(|(first, _)| first.as_str())
    }
}
