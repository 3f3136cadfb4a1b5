//! What was told of a run while it went on, so that its end need not tell it again.

use std::collections::{BTreeMap, BTreeSet};

use crate::outcome::Outcome;
use crate::report::mask::masked;
use crate::report::text::{Style, case, header, name};
use crate::report::{CheckReport, SubjectReport};

/// What was told so far, and how.
#[derive(Debug)]
pub struct Told {
    pub(super) style: Style,
    subject: bool,
    full: BTreeSet<String>,
    /// Which case each one that was not told in full is like.
    like: BTreeMap<String, String>,
    kinds: BTreeMap<Kind, String>,
}

/// What two cases have in common that failed in the same way: the words, but for what differs from run to run.
type Kind = (Outcome, Vec<String>);

impl Told {
    /// Nothing was told so far.
    pub fn new(style: Style) -> Self {
        Self {
            style,
            subject: false,
            full: BTreeSet::new(),
            like: BTreeMap::new(),
            kinds: BTreeMap::new(),
        }
    }

    /// The line on the subject, unless it was told before.
    pub fn subject(&mut self, subject: &SubjectReport) -> String {
        match std::mem::replace(&mut self.subject, true) {
            true => String::new(),
            false => header(subject, self.style.paint),
        }
    }

    /// A case that did not hold: in full if it is the first of its kind, else in one line.
    pub fn case(&mut self, check: &CheckReport) -> String {
        let name = name(check);
        if let Some(first) = self.kinds.get(&kind(check)) {
            let line = format!("\nthe same in {name} as in {first}\n");
            self.like.insert(name, first.clone());
            return line;
        }
        self.kinds.insert(kind(check), name.clone());
        self.full.insert(name);
        format!("\n{}", case::render(check, self.style))
    }

    /// Where the case was told, if it was.
    pub(super) fn place(&self, check: &CheckReport) -> Option<String> {
        let name = name(check);
        if self.full.contains(&name) {
            return Some("told above".to_owned());
        }
        self.like.get(&name).map(|first| format!("the same as in {first}"))
    }
}

fn kind(check: &CheckReport) -> Kind {
    let mut words = Vec::new();
    if let Some(failure) = &check.failure {
        words
            .extend([&failure.what, &failure.expected, &failure.observed].map(|text| masked(text)));
    }
    words.extend(check.leaks.iter().map(|leak| masked(&leak.command)));
    (check.outcome, words)
}
