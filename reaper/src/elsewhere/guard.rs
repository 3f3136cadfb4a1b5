//! A child process for tests that is always ended and reaped: not built for this system.

use std::io;
use std::process::{ChildStderr, ChildStdin, ChildStdout, Command};
use std::time::Duration;

use super::{Never, not_built};
use crate::process::{Exit, Ladder, NotClean, ShutdownReport};

/// A running child with all its descendants; there is none here.
#[derive(Debug)]
#[must_use = "ends the child when it is dropped"]
pub struct Guarded(Never);

impl Guarded {
    /// Starts nothing.
    ///
    /// # Errors
    ///
    /// Always: `Unsupported`, with the reason.
    pub fn spawn(_command: &mut Command) -> io::Result<Self> {
        Err(not_built())
    }

    /// Its process id.
    pub fn pid(&self) -> u32 {
        match self.0 {}
    }

    /// Its stdin.
    pub fn take_stdin(&mut self) -> Option<ChildStdin> {
        match self.0 {}
    }

    /// Its stdout.
    pub fn take_stdout(&mut self) -> Option<ChildStdout> {
        match self.0 {}
    }

    /// Its stderr.
    pub fn take_stderr(&mut self) -> Option<ChildStderr> {
        match self.0 {}
    }

    /// Sets the time limits of its shutdown.
    pub fn set_ladder(&mut self, _ladder: Ladder) {
        match self.0 {}
    }

    /// Waits for it to end by itself.
    pub fn wait(&self, _within: Duration) -> Option<Exit> {
        match self.0 {}
    }

    /// Ends it and all its descendants.
    ///
    /// # Errors
    ///
    /// If it left a process behind.
    pub fn end(self) -> Result<ShutdownReport, NotClean> {
        match self.0 {}
    }
}
