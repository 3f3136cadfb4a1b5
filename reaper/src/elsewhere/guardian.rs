//! Protection against the sudden death of this process: not built for this system.

use std::io;
use std::path::Path;
use std::process::{Command, ExitCode};

use super::{Never, not_built, refuse};

/// Why there is no protection.
#[derive(Debug, thiserror::Error)]
pub enum GuardianError {
    /// The helper could not be started.
    #[error("cannot start the guardian: {0}")]
    Start(#[source] io::Error),
}

/// The helper; there is none here.
#[derive(Debug)]
#[must_use = "protects for as long as it lives"]
pub struct Guardian(Never);

impl Guardian {
    /// Starts nothing.
    ///
    /// # Errors
    ///
    /// Always: [`GuardianError::Start`], with the reason.
    pub fn start(_command: Command) -> Result<Self, GuardianError> {
        Err(GuardianError::Start(not_built()))
    }

    /// The process id of the helper.
    pub fn pid(&self) -> u32 {
        match self.0 {}
    }
}

/// Protects nothing, as on other systems without a guardian.
pub fn tidy(_home: &Path) {}

/// The body of the helper: writes the reason to stderr and fails.
pub fn main() -> ExitCode {
    refuse()
}
