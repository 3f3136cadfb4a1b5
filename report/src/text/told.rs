//! What was told of a run while it went on, so that its end need not tell it again.

use std::collections::BTreeMap;

use crate::text::causes::Cause;
use crate::text::{Style, case, header, name};
use crate::{CheckReport, SubjectReport};

/// How many cases with a cause that was told are named as they come; the end of the report counts them all.
const NAMED: usize = 5;

/// What was told so far, and how.
#[derive(Debug)]
pub struct Told {
    pub(super) style: Style,
    subject: bool,
    /// The case with which each cause was told, and how many have come with it.
    causes: BTreeMap<Cause, (String, usize)>,
}

impl Told {
    /// Nothing was told so far.
    pub fn new(style: Style) -> Self {
        Self { style, subject: false, causes: BTreeMap::new() }
    }

    /// The line on the subject, unless it was told before.
    pub fn subject(&mut self, subject: &SubjectReport) -> String {
        match std::mem::replace(&mut self.subject, true) {
            true => String::new(),
            false => header(subject, self.style.paint),
        }
    }

    /// Notes that the subject was introduced in other words.
    pub fn introduced(&mut self) {
        self.subject = true;
    }

    /// A case that did not hold: in full if it is the first with its cause, else in one line; nothing once that is clear.
    pub fn case(&mut self, check: &CheckReport) -> String {
        let (cause, name) = (Cause::of(check), name(check));
        if let Some((first, count)) = self.causes.get_mut(&cause) {
            *count += 1;
            return match (&cause, *count <= NAMED) {
                (Cause::Need(_), _) | (_, false) => String::new(),
                (_, true) => format!("\nthe same in {name} as in {first}\n"),
            };
        }
        let told = match &cause {
            // What the subject does not do was told with the check that is about it; how many need it is known at the end.
            Cause::Need(_) => String::new(),
            _ => format!("\n{}", case::render(check, self.style)),
        };
        self.causes.insert(cause, (name, 0));
        told
    }

    /// The case with which the cause was told, if it was.
    pub(super) fn first(&self, cause: &Cause) -> Option<&str> {
        self.causes.get(cause).map(|(first, _)| first.as_str())
    }
}
