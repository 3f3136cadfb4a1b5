//! A program that has ended.

use reaper::process::{Exit, NotClean, ShutdownReport};

/// A program that has ended: all its output, and how it ended.
#[derive(Clone, Debug)]
pub struct Finished {
    /// How it ended; `None` if it could not be ended.
    pub exit: Option<Exit>,
    /// All bytes that it wrote.
    pub raw: Vec<u8>,
    /// The output as text, without escape sequences and with plain line ends.
    pub text: String,
    /// How it was ended, and what it left behind.
    pub report: ShutdownReport,
}

impl Finished {
    /// Returns it if nothing was left behind.
    ///
    /// # Errors
    ///
    /// If a process was left, with the evidence on each.
    pub fn clean(self) -> Result<Self, NotClean> {
        if self.report.is_clean() { Ok(self) } else { Err(NotClean(Box::new(self.report))) }
    }
}
