//! All faults: one module per chapter, each with its table.

mod client;
mod duplicates;
mod encoding;
mod envelopes;
mod exit;
mod framing;
mod ids;
mod losses;
mod mcp;
mod order;
mod pairs;
mod requests;
mod streams;
mod threads;
mod time;

pub use client::*;
pub use duplicates::*;
pub use encoding::*;
pub use envelopes::*;
pub use exit::*;
pub use framing::*;
pub use ids::*;
pub use losses::*;
pub use mcp::*;
pub use order::*;
pub use requests::*;
pub use streams::*;
pub use threads::*;
pub use time::*;

use ::faults::UnknownFault;

use crate::fault::Planted;

/// The tables, in the order in which they are printed.
const CHAPTERS: &[&[Planted]] = &[
    ids::PLANTED,
    envelopes::PLANTED,
    framing::PLANTED,
    encoding::PLANTED,
    losses::PLANTED,
    duplicates::PLANTED,
    order::PLANTED,
    time::PLANTED,
    streams::PLANTED,
    threads::PLANTED,
    requests::PLANTED,
    client::PLANTED,
    mcp::PLANTED,
    exit::PLANTED,
];

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
