//! The exit codes, which scripts depend on, and the reason why a command stopped.

use std::fmt;

/// Everything held.
pub(crate) const HELD: u8 = 0;
/// Something did not hold.
pub(crate) const FAILED: u8 = 1;
/// The command line, or a file that it names, is invalid.
pub(crate) const USAGE: u8 = 2;
/// The subject or the engine could not run.
pub(crate) const UNABLE: u8 = 3;
/// Some checks were not run, or were inconclusive.
pub(crate) const INCOMPLETE: u8 = 4;

/// The reason why a command stopped: an exit code and a message for stderr.
#[derive(Debug)]
pub(crate) struct Stop {
    pub(crate) code: u8,
    reason: String,
}

impl Stop {
    /// The command line, or a file that it names, is invalid.
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
