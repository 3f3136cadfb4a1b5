//! A subject's process: started in a world of its own, watched, and ended so that nothing is left of it.
//!
//! The way out is described in `process/ladder.rs`, rung by rung with what each prevents. What is found depends on the
//! system; [`Mechanism`] says which means were in force and is part of every report. On Linux this process becomes a
//! *child subreaper* at the first use: from then on it is the parent of every orphan among its descendants, so that even a
//! daemon that forked twice into a session of its own is found in one short list. Other code of this process that starts
//! children in a group or session of their own must say so with [`spare`], or they are taken for orphans of a subject.

mod audit;
mod family;
mod handle;
mod ladder;
pub(crate) mod mark;
mod mechanism;
mod patience;
pub(crate) mod procfs;
mod program;
mod registry;
mod report;
mod stderr;
mod stdout;
mod survivor;
mod sweep;
mod undelivered;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io;
use std::os::fd::AsFd;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustix::process::{Signal, kill_process_group, test_kill_process_group};
use tokio::process::{Child, ChildStdin, Command};

pub(crate) use handle::to_pid;
use handle::{Handle, Peek};
use patience::{Patience, Unread, at_once};
use registry::{Entry, registry};
use stderr::Stderr;
use stdout::Slot;

pub use audit::{Audit, Stray, audit, tag_prefix};
pub use ladder::Ladder;
pub use mechanism::{Finding, Mechanism, Waiting};
pub use program::SpawnError;
pub use report::{EndedBy, Exit, Rung, ShutdownReport, Step};
pub use stderr::StderrTail;
pub use stdout::Stdout;
pub use survivor::{Ancestor, State, Survivor};
pub use undelivered::{lost_reports, take_undelivered, take_undelivered_of};

/// How a process is started.
#[derive(Clone, Debug)]
pub struct Launch {
    /// What is started: a bare name is looked up in the `PATH` of `env`; a relative path is relative to the working
    /// directory of this process, not to `cwd`.
    pub program: PathBuf,
    /// Its arguments.
    pub args: Vec<OsString>,
    /// Its whole environment; nothing is inherited. `PROCTOR_TAG` is added.
    pub env: BTreeMap<OsString, OsString>,
    /// Its working directory.
    pub cwd: PathBuf,
    /// How many bytes of the end of its stderr are kept.
    pub stderr_cap: usize,
    /// What it is called in reports.
    pub label: String,
}

/// A running process, its process group, and its stderr.
///
/// Call [`Process::shutdown`] to end it. `Drop` does the same, blocking the thread for at most [`Ladder::bound`], and leaves
/// the report for [`take_undelivered`].
#[derive(Debug)]
pub struct Process {
    child: Child,
    leader: Handle,
    pid: u32,
    number: u64,
    tag: String,
    label: String,
    started: Instant,
    exit: Option<Exit>,
    /// Its pid and the number of its group may be somebody else's by now.
    reaped: bool,
    /// Its way out has ended.
    over: bool,
    ladder: Ladder,
    stderr: Arc<Stderr>,
    stdout: Slot,
    mechanism: Mechanism,
}

impl Process {
    /// Starts a process in a group of its own, with pipes for stdin, stdout and stderr. Its stderr is read from now on; its
    /// stdout is for the caller to read, and its stdin for the caller to close: before the process is dropped, or `Drop`
    /// waits in vain for the subject to see the end of its input.
    ///
    /// Must be called in a tokio runtime with I/O and time enabled.
    ///
    /// # Errors
    ///
    /// If the program or the working directory does not exist, or the system refuses.
    pub fn spawn(launch: &Launch) -> Result<(Self, ChildStdin, Stdout), SpawnError> {
        let program = launch.program.clone();
        if tokio::runtime::Handle::try_current().is_err() {
            return Err(SpawnError::NoRuntime { program });
        }
        if !launch.cwd.is_dir() {
            return Err(SpawnError::NoDirectory { path: launch.cwd.clone() });
        }
        let resolved = program::resolve(&launch.program, &launch.env)?;
        let mechanism = Mechanism::in_force();
        let (stderr, stderr_writer) =
            io::pipe().map_err(|source| SpawnError::Stderr { program: program.clone(), source })?;
        let stderr = Stderr::watch(stderr, launch.stderr_cap)
            .map_err(|source| SpawnError::Stderr { program: program.clone(), source })?;
        let number = registry().reserve();
        let tag = mark::of_subject(number);

        let starting = registry::starting();
        let marking = mark::Marking::start(number);
        let refused = |source| {
            stderr.close();
            SpawnError::Refused { program: program.clone(), source }
        };
        let mut child = Command::new(resolved)
            .args(&launch.args)
            .env_clear()
            .envs(&launch.env)
            .env(mark::VARIABLE, &tag)
            .current_dir(&launch.cwd)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(stderr_writer)
            .process_group(0)
            .kill_on_drop(true)
            .spawn()
            .map_err(refused)?;
        let pipes = child.stdin.take().zip(child.stdout.take());
        let Some(((stdin, stdout), pid)) = pipes.zip(child.id()) else {
            return Err(refused(io::Error::other("the child has no pipes")));
        };
        drop(marking);
        let leader = Handle::of_child(pid);
        let start = leader.identity().start;
        let names = [pipe_name(&stdin), pipe_name(&stdout), pipe_name(stderr.as_fd())];
        registry().add(number, Entry::new(pid, launch.label.clone(), start, names));
        drop(starting);
        crate::guardian::watch(pid, start);

        let (stdout, slot) = Stdout::new(stdout);
        let process = Self {
            child,
            leader,
            pid,
            number,
            tag,
            label: launch.label.clone(),
            started: Instant::now(),
            exit: None,
            reaped: false,
            over: false,
            ladder: Ladder::default(),
            stderr,
            stdout: slot,
            mechanism,
        };
        Ok((process, stdin, stdout))
    }

    /// Its process id, which is also the number of its process group.
    pub fn pid(&self) -> u32 {
        self.pid
    }

    /// The value of `PROCTOR_TAG` in its environment.
    pub fn tag(&self) -> &str {
        &self.tag
    }

    /// The bounds for `Drop`, in place of the default ones.
    pub fn set_ladder(&mut self, ladder: Ladder) {
        self.ladder = ladder;
    }

    /// How it ended, if it has. It keeps its pid until it is shut down.
    pub fn exit(&mut self) -> Option<Exit> {
        if self.exit.is_none() && !self.reaped {
            match self.leader.peek() {
                Peek::Running => {}
                Peek::Ended(exit) => self.exit = Some(exit),
                // Somebody waited for any child. Nothing may be sent to this pid any more.
                Peek::Gone => self.reaped = true,
            }
        }
        self.exit
    }

    /// Waits until it has ended, no longer than `within`.
    pub async fn wait(&mut self, within: Duration) -> Option<Exit> {
        self.ended(&Patience::Runtime, within).await;
        self.exit()
    }

    /// Sends a signal to this process alone; whether it was there to receive it.
    pub fn signal(&self, signal: Signal) -> bool {
        !self.reaped && self.leader.is_alive() && self.leader.signal(signal).is_ok()
    }

    /// Sends a signal to its process group; whether anybody was there to receive it.
    pub fn signal_group(&self, signal: Signal) -> bool {
        // Once it is reaped, the number may belong to another group.
        !self.reaped && to_pid(self.pid).is_some_and(|pid| kill_process_group(pid, signal).is_ok())
    }

    /// Remembers the descendants that it has now. Those that are seen while their parents live are told with their
    /// parents; the way out looks by itself, so this is for subjects whose children are known to come and go.
    pub fn observe(&self) {
        family::observe(self.number);
    }

    /// The end of what it wrote to stderr until now.
    pub fn stderr(&self) -> StderrTail {
        self.stderr.tail()
    }

    /// Ends it and whatever descends from it, rung by rung, and reaps it; returns within [`Ladder::bound`] and the time
    /// that looking takes. Its stdin is closed here, if it is not closed yet. Its stdout must be read meanwhile, or be
    /// dropped: a subject that is stuck writing does not see the end of its input.
    ///
    /// May be cancelled; then `Drop` goes on.
    pub async fn shutdown(&mut self, stdin: Option<ChildStdin>, ladder: &Ladder) -> ShutdownReport {
        let report = ladder::climb(self, &Patience::Runtime, ladder, stdin).await;
        self.finish();
        report
    }

    fn finish(&mut self) {
        self.over = true;
        self.stderr.close();
        if self.reaped {
            crate::guardian::forget(self.pid);
        }
    }

    fn is_running(&self) -> bool {
        !self.reaped && self.exit.is_none()
    }

    fn is_reaped(&self) -> bool {
        self.reaped
    }

    fn age(&self) -> Duration {
        self.started.elapsed()
    }

    async fn ended(&mut self, patience: &Patience, within: Duration) -> bool {
        let now = Instant::now();
        // A duration beyond the clock's end is as good as a day.
        let until = now.checked_add(within).unwrap_or(now + Duration::from_secs(86_400));
        if self.is_running() {
            self.leader.ended(patience, until).await;
        }
        self.exit();
        !self.is_running()
    }

    /// Takes note of its end for good; its pid and the number of its group are free from then on.
    fn reap(&mut self) {
        if self.reaped {
            return;
        }
        match self.child.try_wait() {
            Ok(Some(status)) => {
                self.exit = self.exit.or_else(|| Exit::from_status(status));
                self.reaped = true;
            }
            Ok(None) => {}
            Err(_) => self.reaped = true,
        }
    }

    fn group_has_members(&self) -> bool {
        to_pid(self.pid).is_some_and(|pid| test_kill_process_group(pid).is_ok())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if self.over {
            return;
        }
        let patience = Patience::Blocking { unread: Unread::new(self.stdout.take()) };
        let ladder = self.ladder;
        let report = at_once(ladder::climb(self, &patience, &ladder, None));
        self.finish();
        if let Some(report) = report {
            undelivered::deliver(report);
        }
    }
}

/// The pipe behind a descriptor, worded as `/proc` words it.
fn pipe_name(fd: impl AsFd) -> String {
    // A descriptor that cannot be looked at has a name that no other has.
    rustix::fs::fstat(fd).map(|stat| format!("pipe:[{}]", stat.st_ino)).unwrap_or_default()
}

/// Starts a process that is no subject and takes care of itself: it will not be mistaken for somebody's orphan. Needed
/// only for one that gets a process group or session of its own.
pub fn spare<T>(start: impl FnOnce() -> T, pid: impl FnOnce(&T) -> Option<u32>) -> T {
    let _starting = registry::starting();
    let started = start();
    if let Some(stat) = pid(&started).and_then(|pid| procfs::stat(pid).ok()) {
        registry().spare(stat.identity());
    }
    started
}

/// Every subject that is running, with its start time.
pub(crate) fn running() -> Vec<(u32, u64)> {
    registry().running()
}

/// Waits until a child of ours has ended, without reaping it.
pub(crate) fn wait_for_child(pid: u32, within: Duration) {
    let patience = Patience::Blocking { unread: Unread::default() };
    at_once(Handle::of_child(pid).ended(&patience, Instant::now() + within));
}

/// Blocks until there is something to read.
pub(crate) fn is_readable_within(fd: std::os::fd::BorrowedFd<'_>, until: Instant) -> bool {
    patience::is_readable_within(fd, until)
}

/// Kills processes that are exactly these, and waits until they have ended.
pub(crate) fn end_all(identities: &[procfs::Identity], until: Instant) {
    let handles: Vec<Handle> =
        identities.iter().take(sweep::HELD).filter_map(|seen| Handle::of_seen(*seen)).collect();
    for handle in &handles {
        let _ = handle.signal(Signal::KILL);
    }
    let patience = Patience::Blocking { unread: Unread::default() };
    for handle in &handles {
        at_once(handle.ended(&patience, until));
    }
}
