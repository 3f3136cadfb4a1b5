//! What a planted fault is, and all that there are.

use std::fmt;

use ::faults::{Fault, UnknownFault};

use crate::bend::Bend;
use crate::faults::CHAPTERS;

/// One way in which a conversation can be wrong, and what makes it so.
pub struct Planted {
    /// What it is called, and what is wrong.
    pub fault: Fault,
    /// Where it is written, relative to the workspace.
    pub file: &'static str,
    /// The line in [`Planted::file`].
    pub line: u32,
    pub(crate) bend: fn() -> Box<dyn Bend>,
}

impl fmt::Debug for Planted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Planted").field("fault", &self.fault).finish_non_exhaustive()
    }
}

/// Every fault, by chapter.
pub fn planted() -> impl Iterator<Item = &'static Planted> {
    CHAPTERS.iter().copied().flatten()
}

/// The fault with this name.
///
/// # Errors
///
/// There is none.
pub fn find(name: &str) -> Result<&'static Planted, UnknownFault> {
    let mut all = planted();
    all.find(|planted| planted.fault.name == name).ok_or_else(|| UnknownFault(name.to_owned()))
}

/// A table of faults, a row each: a constant for each of them, and all rows in order.
macro_rules! faults {
    // The rows are passed on as they stand, so that each knows its line.
    ($($rows:tt)*) => {
        $crate::fault::constants! { $($rows)* }

        pub(super) const PLANTED: &[$crate::fault::Planted] = &[$($rows)*];
    };
}
pub(crate) use faults;

/// The constants that rows are about.
macro_rules! constants {
    ($(fault!($name:ident, $sentence:literal, $bend:expr $(,)?)),* $(,)?) => {
        $(
            #[doc = $sentence]
            pub const $name: ::faults::Fault =
                ::faults::Fault { name: ::faults::name!($name), sentence: $sentence };
        )*
    };
}
pub(crate) use constants;

/// One row of a table of faults: its constant, its sentence, and what makes its bend.
macro_rules! fault {
    ($name:ident, $sentence:literal, $bend:expr $(,)?) => {
        $crate::fault::Planted { fault: $name, file: file!(), line: line!(), bend: $bend }
    };
}
pub(crate) use fault;

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{find, planted};

    #[test]
    fn names_are_unique_and_plain() {
        let names: BTreeSet<_> = planted().map(|planted| planted.fault.name).collect();
        assert_eq!(names.len(), planted().count());
        let kebab =
            |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-';
        let plain = |name: &str| name.chars().all(kebab);
        assert!(names.iter().all(|name| plain(name)), "{names:?}");
    }

    #[test]
    fn every_fault_has_a_sentence_and_is_found_by_its_name() {
        for planted in planted() {
            let (name, sentence) = (planted.fault.name, planted.fault.sentence);
            assert!(sentence.ends_with('.') && !sentence.contains('\n'), "{name}");
            assert_eq!(find(name).unwrap().fault, planted.fault);
        }
    }

    #[test]
    fn a_row_knows_its_line() {
        let rows: BTreeSet<_> = planted().map(|planted| (planted.file, planted.line)).collect();
        assert_eq!(rows.len(), planted().count());
    }

    #[test]
    fn an_unknown_name_is_refused() {
        let said = find("nothing-like-that").unwrap_err().to_string();
        assert_eq!(said, "no fault is called `nothing-like-that`");
    }
}
