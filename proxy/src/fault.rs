//! A planted fault, and the form of a table of them.

use std::fmt;

use ::faults::Fault;

use crate::bend::Bend;

/// One fault of a conversation, and the code that causes it.
pub struct Planted {
    /// Its name and its sentence.
    pub fault: Fault,
    /// The file of its row, relative to the workspace.
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

/// One row of a table of faults: its constant, its sentence, and the code that makes its change.
macro_rules! fault {
    ($name:ident, $sentence:literal, $bend:expr $(,)?) => {
        $crate::fault::Planted { fault: $name, file: file!(), line: line!(), bend: $bend }
    };
}
pub(crate) use fault;
