//! The process of a subject: not built for this system.

use std::fmt;
use std::io;
use std::path::Path;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, ReadBuf};
use tokio::process::ChildStdin;

use super::{Never, not_built, sentence};
use crate::process::{Audit, Exit, Ladder, Launch, ShutdownReport, SpawnError, StderrTail};

/// The means in use: none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Mechanism(());

impl Mechanism {
    /// The means in use by this process: none.
    pub fn in_force() -> Self {
        Self(())
    }
}

impl fmt::Display for Mechanism {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "none: {}", sentence())
    }
}

/// A running process; there is none here.
#[derive(Debug)]
pub struct Process(Never);

/// The stdout of a process; there is none here.
#[derive(Debug)]
pub struct Stdout(Never);

/// What a process has written to stderr; there is none here.
#[derive(Clone, Debug)]
pub struct StderrView(Never);

impl Process {
    /// Starts nothing.
    ///
    /// # Errors
    ///
    /// Always: [`SpawnError::Refused`], with the reason.
    pub fn spawn(launch: &Launch) -> Result<(Self, ChildStdin, Stdout), SpawnError> {
        Err(SpawnError::Refused { program: launch.program.clone(), source: not_built() })
    }

    /// Its process id.
    pub fn pid(&self) -> u32 {
        match self.0 {}
    }

    /// The value of `PROCTOR_TAG` in its environment.
    pub fn tag(&self) -> &str {
        match self.0 {}
    }

    /// Sets the time limits that `Drop` keeps.
    pub fn set_ladder(&mut self, _ladder: Ladder) {
        match self.0 {}
    }

    /// How it ended.
    pub fn exit(&mut self) -> Option<Exit> {
        match self.0 {}
    }

    /// Waits until it has ended.
    pub async fn wait(&mut self, _within: Duration) -> Option<Exit> {
        match self.0 {}
    }

    /// Records its present descendants.
    pub fn observe(&self) {
        match self.0 {}
    }

    /// The end of what it wrote to stderr.
    pub fn stderr(&self) -> StderrTail {
        match self.0 {}
    }

    /// A view of its stderr.
    pub fn stderr_view(&self) -> StderrView {
        match self.0 {}
    }

    /// Ends it and all its descendants.
    pub async fn shutdown(
        &mut self,
        _stdin: Option<ChildStdin>,
        _ladder: &Ladder,
    ) -> ShutdownReport {
        match self.0 {}
    }
}

impl AsyncRead for Stdout {
    fn poll_read(
        self: Pin<&mut Self>,
        _context: &mut Context<'_>,
        _buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.0 {}
    }
}

impl StderrView {
    /// The end of what it wrote.
    pub fn tail(&self) -> StderrTail {
        match self.0 {}
    }
}

/// Finds nothing, and says so: it is not proven that nothing was left.
pub fn audit() -> Audit {
    Audit { leaks: Vec::new(), doubts: vec![sentence()], mechanism: Mechanism::in_force() }
}

/// The prefix of the tags of all subjects: empty, because there are no subjects.
pub fn tag_prefix() -> &'static str {
    ""
}

/// Starts a process that is not a subject: here every process is none.
pub fn spare<T>(start: impl FnOnce() -> T, _pid: impl FnOnce(&T) -> Option<u32>) -> T {
    start()
}

/// The command lines of the descendants of a process: unknown here.
pub fn descendants(_pid: u32) -> Vec<String> {
    Vec::new()
}

/// Whether a process is at work: unknown here, as on any system without `/proc`.
pub fn is_at_work(_pid: u32) -> bool {
    false
}

/// The processor time that a process has taken: zero, because it is unknown.
pub fn work(_pid: u32) -> Duration {
    Duration::ZERO
}

/// The reports of processes that were dropped: no process was started.
pub fn take_undelivered() -> Vec<ShutdownReport> {
    Vec::new()
}

/// The reports of dropped processes that `fits` accepts: no process was started.
pub fn take_undelivered_of(_fits: impl Fn(&ShutdownReport) -> bool) -> Vec<ShutdownReport> {
    Vec::new()
}

/// The number of reports that were discarded.
pub fn lost_reports() -> u64 {
    0
}

/// The name of a signal: this system has none, and other systems number theirs differently.
pub(crate) fn signal_name(_signal: i32) -> Option<&'static str> {
    None
}

/// Whether this is a file; whether it is a program shows when it is started.
pub(crate) fn is_executable(path: &Path) -> bool {
    path.is_file()
}
