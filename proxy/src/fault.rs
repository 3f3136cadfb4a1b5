//! What a fault is, and all that there are.

use std::fmt;

use thiserror::Error;

use crate::bend::Bend;
use crate::faults::CHAPTERS;

/// One way in which a conversation can be wrong.
pub struct Fault {
    /// Its name: kebab-case, unique.
    pub name: &'static str,
    /// What is wrong, as one sentence.
    pub sentence: &'static str,
    /// Ids of the checks that must find it.
    pub caught_by: &'static [&'static str],
    /// Where it is written, relative to the workspace.
    pub file: &'static str,
    /// The line in [`Fault::file`].
    pub line: u32,
    pub(crate) bend: fn() -> Box<dyn Bend>,
}

impl fmt::Debug for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fault").field("name", &self.name).finish_non_exhaustive()
    }
}

/// A name that no fault has.
#[derive(Debug, Error)]
#[error("no fault is called {0:?}; `--list` prints all of them")]
pub struct UnknownFault(pub String);

/// Every fault, by chapter.
pub fn faults() -> impl Iterator<Item = &'static Fault> {
    CHAPTERS.iter().copied().flatten()
}

/// The fault with this name.
///
/// # Errors
///
/// There is none.
pub fn find(name: &str) -> Result<&'static Fault, UnknownFault> {
    faults().find(|fault| fault.name == name).ok_or_else(|| UnknownFault(name.to_owned()))
}

/// One row of a table of faults: name, sentence, the checks that must find it, and what makes its bend.
macro_rules! fault {
    ($name:literal, $sentence:literal, [$($check:literal),* $(,)?], $bend:expr $(,)?) => {
        $crate::fault::Fault {
            name: $name,
            sentence: $sentence,
            caught_by: &[$($check),*],
            file: file!(),
            line: line!(),
            bend: $bend,
        }
    };
}
pub(crate) use fault;

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{faults, find};

    #[test]
    fn names_are_unique_and_plain() {
        let names: BTreeSet<_> = faults().map(|fault| fault.name).collect();
        assert_eq!(names.len(), faults().count());
        let plain = |name: &str| name.chars().all(|c| c.is_ascii_lowercase() || c == '-');
        assert!(names.iter().all(|name| plain(name)), "{names:?}");
    }

    #[test]
    fn every_fault_has_a_sentence_and_a_check_that_finds_it() {
        for fault in faults() {
            assert!(
                fault.sentence.ends_with('.') && !fault.sentence.contains('\n'),
                "{}",
                fault.name
            );
            assert!(!fault.caught_by.is_empty(), "{}", fault.name);
            assert!(find(fault.name).is_ok(), "{}", fault.name);
        }
    }

    #[test]
    fn an_unknown_name_is_refused() {
        let said = find("nothing-like-that").unwrap_err().to_string();
        assert_eq!(said, "no fault is called \"nothing-like-that\"; `--list` prints all of them");
    }
}
