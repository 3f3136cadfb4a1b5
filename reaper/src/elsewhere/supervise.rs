//! The supervision of a command: not built for this system.

use std::path::Path;
use std::process::ExitCode;

use super::{not_built, refuse};
use crate::supervise::{Births, Report, SuperviseError, Supervised};

impl Supervised {
    /// Runs nothing.
    ///
    /// # Errors
    ///
    /// Always: [`SuperviseError::Machinery`], with the reason.
    pub fn run(&self) -> Result<Report, SuperviseError> {
        Err(SuperviseError::Machinery { source: not_built() })
    }

    /// Runs nothing.
    ///
    /// # Errors
    ///
    /// Always: [`SuperviseError::Machinery`], with the reason.
    pub async fn run_apart(&self, _proctor: &Path) -> Result<Report, SuperviseError> {
        self.run()
    }
}

/// The body of the process that supervises: writes the reason to stderr and fails.
pub fn main() -> ExitCode {
    refuse()
}

/// Births are not seen here.
pub fn births() -> Births {
    Births::Unknown
}

/// Returns: this system has no signals to die of.
pub fn die_of(_signal: i32) {}
