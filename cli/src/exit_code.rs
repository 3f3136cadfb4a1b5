//! The exit codes, which scripts depend on, and why a command stopped before it did its work.

use std::fmt;

/// All held.
pub(crate) const HELD: u8 = 0;
/// Something did not hold.
pub(crate) const FAILED: u8 = 1;
/// The command line, or a file that it names, makes no sense.
pub(crate) const USAGE: u8 = 2;
/// The subject or the engine could not run.
pub(crate) const UNABLE: u8 = 3;
/// Not everything was run, or could be told.
pub(crate) const INCOMPLETE: u8 = 4;

/// Why a command stopped: an exit code and what is said on stderr.
#[derive(Debug)]
pub(crate) struct Stop {
    pub(crate) code: u8,
    reason: String,
}

impl Stop {
    /// The command line, or a file that it names, makes no sense.
    pub(crate) fn usage(reason: impl fmt::Display) -> Self {
        Self { code: USAGE, reason: reason.to_string() }
    }

    /// The subject or the engine could not run.
    pub(crate) fn unable(reason: impl fmt::Display) -> Self {
        Self { code: UNABLE, reason: reason.to_string() }
    }
}

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason)
    }
}
