//! What a planted fault is, and how a table of them is written.

use std::fmt;

use ::faults::Fault;

use crate::bend::Bend;

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
