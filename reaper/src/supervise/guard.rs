//! The guardian of one command: ends it, and all that descends from it, if we are killed.

use std::ffi::OsString;
use std::io::Write;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};

use crate::process::mark;

/// A running guardian; see [`crate::guardian`] for what it does. It is not waited for at its start:
/// what we tell it waits in the socket until it is there.
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
            // Nothing that a test runner waits for.
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            // A signal to our group must not reach it.
            .process_group(0)
            .spawn()?;
        let guard = Self { child, line: ours };
        let limits = mark::limits();
        guard.tell(&format!("{} {} {}\n", mark::prefix(), limits.start, limits.end));
        Ok(guard)
    }

    /// Puts the command under protection.
    pub(super) fn watch(&self, pid: u32, start: u64) {
        self.tell(&format!("+{pid} {start}\n"));
    }

    pub(super) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Nothing is left to guard.
    pub(super) fn dismiss(mut self) {
        // Asked to end it would look at every process of the machine first.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    fn tell(&self, text: &str) {
        // Without a guardian all is as it would be without us.
        let _ = (&self.line).write_all(text.as_bytes());
    }
}
