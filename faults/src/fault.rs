//! What a fault is, and how a table of them is written.

use std::error::Error;
use std::fmt;

/// One deliberate defect: its name, and a sentence that says what a server with this defect does wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Fault {
    /// The value of `--fault`: kebab-case, unique.
    pub name: &'static str,
    /// One sentence that says what the server does wrong.
    pub sentence: &'static str,
}

/// A name that no fault has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownFault(pub String);

impl fmt::Display for UnknownFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no fault is called `{}`", self.0)
    }
}

impl Error for UnknownFault {}

/// Converts the name of a constant, `LIKE_THIS`, to that of its fault, `like-this`; [`name!`](crate::name) calls it.
#[must_use]
pub const fn kebab<const LENGTH: usize>(constant: &str) -> [u8; LENGTH] {
    let mut name = [0; LENGTH];
    let mut at = 0;
    while at < LENGTH {
        let letter = constant.as_bytes()[at];
        name[at] = if letter == b'_' { b'-' } else { letter.to_ascii_lowercase() };
        at += 1;
    }
    name
}

/// Converts the bytes of a name to text; [`name!`](crate::name) calls it.
///
/// # Panics
///
/// At compile time, if the bytes are not UTF-8.
#[must_use]
pub const fn text(name: &'static [u8]) -> &'static str {
    match std::str::from_utf8(name) {
        Ok(name) => name,
        Err(_) => panic!("the name of a constant is UTF-8"),
    }
}

/// The name of the fault of this constant.
#[macro_export]
macro_rules! name {
    ($constant:ident) => {
        $crate::fault::text(const { &$crate::fault::kebab::<{ stringify!($constant).len() }>(stringify!($constant)) })
    };
}

/// A doc comment without its leading space.
#[must_use]
pub const fn sentence(comment: &'static str) -> &'static str {
    comment.split_at(1).1
}

/// A table of faults: one constant for each fault, with its sentence as documentation, and a list of them in order.
macro_rules! faults {
    ($($(#[doc = $sentence:literal])+ $name:ident),* $(,)?) => {
        $(
            $(#[doc = $sentence])+
            pub const $name: $crate::fault::Fault = $crate::fault::Fault {
                name: $crate::fault::text(const { &$crate::fault::kebab::<{ stringify!($name).len() }>(stringify!($name)) }),
                sentence: $crate::fault::sentence(concat!($($sentence),+)),
            };
        )*

        pub(crate) const FAULTS: &[$crate::fault::Fault] = &[$($name),*];
    };
}
pub(crate) use faults;

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use crate::{CHAPTERS, all};

    #[test]
    fn names_are_those_of_the_constants_and_unique() {
        assert_eq!(crate::LOGOUT_KEEPS_AUTH.name, "logout-keeps-auth");
        let names: BTreeSet<_> = all().map(|fault| fault.name).collect();
        assert_eq!(names.len(), all().count());
    }

    #[test]
    fn a_sentence_begins_and_ends_as_one() {
        for fault in all() {
            let (name, sentence) = (fault.name, fault.sentence);
            assert!(sentence.ends_with('.') && !sentence.starts_with(' '), "{name}: {sentence}");
            assert!(!sentence.contains("  ") && !sentence.contains('\n'), "{name}: {sentence}");
        }
    }

    #[test]
    fn chapters_are_in_order_and_none_is_empty() {
        assert!(CHAPTERS.is_sorted_by_key(|(name, _)| *name));
        assert!(CHAPTERS.iter().all(|(_, faults)| !faults.is_empty()));
    }
}
