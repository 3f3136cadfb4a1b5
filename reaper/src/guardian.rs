//! Protects against the sudden death of this process: a helper process outlives it and ends what it
//! leaves behind.
//!
//! `Drop` does not run when a process is killed, when it aborts, or when a test runner's timeout
//! ends it. The kernel's parent death signal is bound to the *thread* that started the child, so a
//! runtime that retires a thread would end a subject in the middle of a check. The helper reads
//! from a socket instead: the kernel closes our end however we die. A process that is just being
//! started when we die is found too: until it has become the subject it also holds the socket, so
//! the helper starts its search only when the subject carries its tag.
//!
//! The helper is this binary again. The socket is its only inherited descriptor, provided that all
//! others are marked as closed on `exec`, as the standard library does.

mod watch;

use std::io::{self, Read, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::process::{mark, others, spare};

pub use watch::main;

/// The time limit for the helper's start, and for its end.
const BOUND: Duration = Duration::from_secs(5);

/// The byte that the helper sends when our signals no longer reach it.
const READY: u8 = b'!';

/// Why there is no protection.
#[derive(Debug, thiserror::Error)]
pub enum GuardianError {
    /// One helper watches over the whole process.
    #[error("a guardian is already running")]
    AlreadyRunning,
    /// The helper could not be started.
    #[error("cannot start the guardian: {0}")]
    Start(#[source] io::Error),
    /// The started command does not behave like a guardian.
    #[error("the guardian did not report that it is ready")]
    NotReady,
}

/// The helper, which protects us as long as this value lives. Drop it last: it ends every subject
/// that is still running.
#[derive(Debug)]
#[must_use = "protects for as long as it lives"]
pub struct Guardian {
    child: Child,
}

static LINE: Mutex<Option<UnixStream>> = Mutex::new(None);

fn line() -> MutexGuard<'static, Option<UnixStream>> {
    LINE.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Guardian {
    /// Starts the helper. `command` must run [`main`], for example this binary with a hidden
    /// argument. Subjects that are already running are protected too.
    ///
    /// # Errors
    ///
    /// If a guardian is already running, or the command does not behave like one.
    pub fn start(mut command: Command) -> Result<Self, GuardianError> {
        let mut line = line();
        if line.is_some() {
            return Err(GuardianError::AlreadyRunning);
        }
        let (ours, theirs) = UnixStream::pair().map_err(GuardianError::Start)?;
        // No descriptor that a test runner waits for, or it would report the helper as a leak.
        command.stdout(Stdio::null()).stderr(Stdio::null()).stdin(OwnedFd::from(theirs));
        command.process_group(0);
        let started = spare(|| command.spawn(), |started| started.as_ref().ok().map(Child::id));
        // The command holds the other end of the socket, which would keep the helper from seeing
        // our end.
        drop(command);
        let mut child = started.map_err(GuardianError::Start)?;
        if introduce(&ours).is_none() {
            let _ = child.kill();
            let _ = child.wait();
            return Err(GuardianError::NotReady);
        }
        for (pid, start) in others::running() {
            send(&ours, format_args!("+{pid} {start}\n"));
        }
        *line = Some(ours);
        Ok(Self { child })
    }

    /// The process id of the helper.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Guardian {
    fn drop(&mut self) {
        *line() = None;
        // It ends a few milliseconds later; one that does not is left to `init`, which reaps it.
        others::wait_for_child(self.child.id(), BOUND);
        let _ = self.child.try_wait();
    }
}

/// Sends the helper what to look for, and waits until it is ready.
fn introduce(mut line: &UnixStream) -> Option<()> {
    let limits = mark::limits();
    let first = format!("{} {} {}\n", mark::prefix(), limits.start, limits.end);
    line.write_all(first.as_bytes()).ok()?;
    if !others::is_readable_within(line.as_fd(), Instant::now() + BOUND) {
        return None;
    }
    let mut answer = [0];
    let is_ready = line.read(&mut answer).ok()? == 1 && answer == [READY];
    // A helper that hangs must not make us hang.
    is_ready.then(|| line.set_nonblocking(true).ok()).flatten()
}

/// Puts a process under protection; without a guardian nothing happens.
pub(crate) fn watch(pid: u32, start: u64) {
    if let Some(line) = line().as_ref() {
        send(line, format_args!("+{pid} {start}\n"));
    }
}

/// Protects a temporary directory: the helper removes it if we cannot.
pub fn tidy(home: &Path) {
    // A name with a line end would be two lines; our names have none.
    let name = home.to_str().filter(|name| name.starts_with('/') && !name.contains('\n'));
    if let (Some(line), Some(name)) = (line().as_ref(), name) {
        send(line, format_args!("{name}\n"));
    }
}

/// Ends the protection of a process that has ended.
pub(crate) fn forget(pid: u32) {
    if let Some(line) = line().as_ref() {
        send(line, format_args!("-{pid}\n"));
    }
}

fn send(mut line: &UnixStream, text: std::fmt::Arguments<'_>) {
    // If the helper hangs or is dead, little is lost: it also finds subjects by their tag.
    let _ = line.write_all(text.to_string().as_bytes());
}
