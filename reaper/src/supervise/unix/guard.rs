//! The guardian of one command: ends it, and all its descendants, if we are killed.

use std::ffi::OsString;
use std::io::Write;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};

use crate::process::mark;

/// A running guardian; see [`crate::guardian`]. We do not wait for its start: our messages wait in
/// the socket until it reads them.
#[derive(Debug)]
pub(super) struct Guard {
    child: Child,
    line: UnixStream,
}

impl Guard {
    /// Starts it.
    pub(super) fn start(command: &[OsString]) -> std::io::Result<Self> {
        let (program, args) = command
            .split_first()
            .ok_or_else(|| std::io::Error::other("a guardian without a command"))?;
        let (ours, theirs) = UnixStream::pair()?;
        let child = Command::new(program)
            .args(args)
            .stdin(OwnedFd::from(theirs))
            // No descriptor that a test runner waits for.
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            // A signal to our group must not reach it.
            .process_group(0)
            .spawn()?;
        let guard = Self { child, line: ours };
        let limits = mark::limits();
        guard.send(&format!("{} {} {}\n", mark::prefix(), limits.start, limits.end));
        Ok(guard)
    }

    /// Protects the command.
    pub(super) fn watch(&self, pid: u32, start: u64) {
        self.send(&format!("+{pid} {start}\n"));
    }

    pub(super) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Ends the guardian: nothing is left to guard.
    pub(super) fn dismiss(mut self) {
        // If it were asked to end, it would first search all processes of the machine.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    fn send(&self, text: &str) {
        // Without a guardian, the command is only as unprotected as without us.
        let _ = (&self.line).write_all(text.as_bytes());
    }
}
