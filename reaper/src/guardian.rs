//! Protection against the sudden death of this process: a helper that outlives it and ends what it
//! leaves.
//!
//! `Drop` does not run when a process is killed, when it aborts, or when a test runner's timeout
//! ends it. The kernel's own "die with your parent" is bound to the *thread* that started the
//! child, so a runtime that retires a thread would end a subject in mid-check. The helper hangs on
//! a socket instead: the kernel sends its end of file whatever happened to us. A process that is
//! being started when we die is not missed: until it has become the subject it holds the socket
//! too, so the helper looks only once the subject carries its tag.
//!
//! The helper is this binary again. It keeps no descriptor of ours but the socket, on condition
//! that whoever opened the others marked them as closed on `exec`, as the standard library does.

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

/// How long the helper may take to start, and to end.
const BOUND: Duration = Duration::from_secs(5);

/// What the helper says when it is out of reach of our signals.
const READY: u8 = b'!';

/// Why there is no protection.
#[derive(Debug, thiserror::Error)]
pub enum GuardianError {
    /// One helper watches over the whole process.
    #[error("a guardian is already running")]
    AlreadyRunning,
    /// The helper could not be started.
    #[error("to start the guardian: {0}")]
    Start(#[source] io::Error),
    /// What was started does not behave like one.
    #[error("the guardian did not say that it is ready")]
    NotReady,
}

/// The helper, for as long as it protects us. Drop it last: it ends every subject that is still
/// running.
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
    /// Starts the helper: a command whose body is [`main`], for example this very binary with a
    /// hidden argument. Subjects that are running already are protected as well.
    ///
    /// # Errors
    ///
    /// If there is one already, or what was started is none.
    pub fn start(mut command: Command) -> Result<Self, GuardianError> {
        let mut line = line();
        if line.is_some() {
            return Err(GuardianError::AlreadyRunning);
        }
        let (ours, theirs) = UnixStream::pair().map_err(GuardianError::Start)?;
        // Nothing that a test runner waits for: it would call the helper a leak of the test.
        command.stdout(Stdio::null()).stderr(Stdio::null()).stdin(OwnedFd::from(theirs));
        command.process_group(0);
        let started = spare(|| command.spawn(), |started| started.as_ref().ok().map(Child::id));
        // It holds the other end, which would keep the helper's end of file from us.
        drop(command);
        let mut child = started.map_err(GuardianError::Start)?;
        if introduce(&ours).is_none() {
            let _ = child.kill();
            let _ = child.wait();
            return Err(GuardianError::NotReady);
        }
        for (pid, start) in others::running() {
            tell(&ours, format_args!("+{pid} {start}\n"));
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
        // It ends by itself, a few milliseconds later; one that does not is left to `init`, which
        // reaps it.
        others::wait_for_child(self.child.id(), BOUND);
        let _ = self.child.try_wait();
    }
}

/// Tells the helper what to look for, and waits until it is ready.
fn introduce(mut line: &UnixStream) -> Option<()> {
    let limits = mark::limits();
    let first = format!("{} {} {}\n", mark::prefix(), limits.start, limits.end);
    line.write_all(first.as_bytes()).ok()?;
    if !others::is_readable_within(line.as_fd(), Instant::now() + BOUND) {
        return None;
    }
    let mut answer = [0];
    let is_ready = line.read(&mut answer).ok()? == 1 && answer == [READY];
    // A helper that is stuck must not get us stuck.
    is_ready.then(|| line.set_nonblocking(true).ok()).flatten()
}

/// Puts a process under protection; without a guardian nothing happens.
pub(crate) fn watch(pid: u32, start: u64) {
    if let Some(line) = line().as_ref() {
        tell(line, format_args!("+{pid} {start}\n"));
    }
}

/// Puts a temporary directory of ours under protection: it is removed if we cannot do it ourselves.
pub fn tidy(home: &Path) {
    // A name with a line end would be two lines; ours have none.
    let name = home.to_str().filter(|name| name.starts_with('/') && !name.contains('\n'));
    if let (Some(line), Some(name)) = (line().as_ref(), name) {
        tell(line, format_args!("{name}\n"));
    }
}

/// A process has been ended.
pub(crate) fn forget(pid: u32) {
    if let Some(line) = line().as_ref() {
        tell(line, format_args!("-{pid}\n"));
    }
}

fn tell(mut line: &UnixStream, text: std::fmt::Arguments<'_>) {
    // What is lost because the helper is stuck or dead costs little: it finds a subject by its tag
    // as well.
    let _ = line.write_all(text.to_string().as_bytes());
}
