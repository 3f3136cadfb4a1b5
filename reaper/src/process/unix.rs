//! A process on Unix: its group is signalled, its end awaited, its descendants searched for.

mod audit;
mod climb;
pub(crate) mod executable;
pub(crate) mod family;
pub(crate) mod handle;
pub(crate) mod mark;
pub(crate) mod mechanism;
pub(crate) mod others;
pub(crate) mod patience;
pub(crate) mod procfs;
pub(crate) mod registry;
mod signals;
mod stderr;
mod stdout;
pub(crate) mod survivor;
pub(crate) mod sweep;
pub(crate) mod table;
pub(crate) mod threads;
mod undelivered;

use std::io;
use std::os::fd::AsFd;
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustix::process::{Signal, kill_process_group, test_kill_process_group};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

use super::{Exit, Ladder, Launch, ShutdownReport, SpawnError, StderrTail, program};
use handle::{Handle, Peek, to_pid};
use patience::{Patience, Unread, at_once};
use procfs::Identity;
use registry::{Entry, registry};
use stderr::Stderr;
use stdout::Slot;

pub use audit::{audit, tag_prefix};
pub use mechanism::{Finding, Mechanism, Waiting};
pub use others::spare;
pub use procfs::{descendants, is_at_work, work};
pub use stderr::StderrView;
pub use stdout::Stdout;
pub use undelivered::{lost_reports, take_undelivered, take_undelivered_of};

pub(super) use signals::{is_executable, signal_name};

/// A running process, its process group, and its stderr.
///
/// Call [`Process::shutdown`] to end it. `Drop` does the same, blocks the thread for at most
/// [`Ladder::bound`], and leaves the report for [`take_undelivered`]. The steps of a shutdown, and
/// what each prevents:
///
/// | step | what it prevents |
/// |---|---|
/// | look | A daemon's parents are known only while they live: afterwards "some `sleep` was left" is all that can be said. |
/// | end of input | Killing at once never shows whether the subject ends when its client does, and loses its last output. |
/// | `SIGTERM` to the group | A subject that is stuck in a request does not read its input; killed outright it could not end its children. `SIGCONT` follows, because a stopped process does not act on it. |
/// | `SIGKILL` to the group | A subject may ignore both. It is sent before the subject is reaped: afterwards the number may belong to another group. |
/// | settle | Children that are tied to the subject's life end just after it; called survivors, they would make every run flaky. |
/// | sweep | Killing one process leaves its descendants: they hold pipes (a test runner sees a leak), ports and files. |
/// | reap | An unreaped child stays as a zombie, and `kill_on_drop` alone leaves it to a runtime that may be gone. |
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
    /// Its pid, and the number of its group, may belong to another process by now.
    reaped: bool,
    /// Its shutdown has ended.
    over: bool,
    ladder: Ladder,
    stderr: Arc<Stderr>,
    stdout: Slot,
    mechanism: Mechanism,
}

impl Process {
    /// Starts a process in a group of its own, with pipes for stdin, stdout and stderr. Its stderr
    /// is read from now on. The caller reads its stdout, and closes its stdin before the process is
    /// dropped: otherwise `Drop` waits in vain for the subject to see the end of its input.
    ///
    /// Must be called in a tokio runtime with I/O and time enabled.
    ///
    /// # Errors
    ///
    /// If the program or the working directory does not exist, or the system refuses.
    pub fn spawn(launch: &Launch) -> Result<(Self, ChildStdin, Stdout), SpawnError> {
        if tokio::runtime::Handle::try_current().is_err() {
            return Err(SpawnError::NoRuntime { program: launch.program.clone() });
        }
        if !launch.cwd.is_dir() {
            return Err(SpawnError::NoDirectory { path: launch.cwd.clone() });
        }
        let program = program::resolve(&launch.program, &launch.env)?;
        let mechanism = Mechanism::in_force();
        let no_stderr = |source| SpawnError::Stderr { program: launch.program.clone(), source };
        let (reader, writer) = io::pipe().map_err(no_stderr)?;
        let stderr = Stderr::watch(reader, launch.stderr_cap).map_err(no_stderr)?;
        let number = registry().reserve();
        let tag = mark::of_subject(number);

        let started =
            start(launch, command(launch, &program, &tag).stderr(writer), number, &stderr);
        let Started { child, leader, stdin, stdout } = started.map_err(|source| {
            stderr.close();
            SpawnError::Refused { program: launch.program.clone(), source }
        })?;
        let Identity { pid, start } = leader.identity();
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

    /// Sets the time limits that `Drop` keeps, in place of the default ones.
    pub fn set_ladder(&mut self, ladder: Ladder) {
        self.ladder = ladder;
    }

    /// How it ended, if it has. It keeps its pid until it is shut down.
    pub fn exit(&mut self) -> Option<Exit> {
        if self.exit.is_none() && !self.reaped {
            match self.leader.peek() {
                Peek::Running => {}
                Peek::Ended(exit) => self.exit = Some(exit),
                // Other code has waited for any child. No signal may be sent to this pid any more.
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

    /// Sends a signal to this process alone; returns whether it was delivered.
    pub fn signal(&self, signal: Signal) -> bool {
        !self.reaped && self.leader.is_alive() && self.leader.signal(signal).is_ok()
    }

    /// Sends a signal to its process group; returns whether it was delivered.
    pub fn signal_group(&self, signal: Signal) -> bool {
        // Once it is reaped, the number may belong to another group.
        !self.reaped && to_pid(self.pid).is_some_and(|pid| kill_process_group(pid, signal).is_ok())
    }

    /// Records its present descendants. A descendant that is recorded while its parents live is
    /// reported with them. The shutdown does this by itself; call it for subjects whose children
    /// come and go.
    pub fn observe(&self) {
        family::observe(self.number);
    }

    /// The end of what it wrote to stderr until now.
    pub fn stderr(&self) -> StderrTail {
        self.stderr.tail()
    }

    /// A view of its stderr that may outlive this handle.
    pub fn stderr_view(&self) -> StderrView {
        StderrView(Arc::clone(&self.stderr))
    }

    /// Ends it and all its descendants step by step, and reaps it; returns within [`Ladder::bound`]
    /// plus the time that looking takes. Closes its stdin, unless that is closed already. Its
    /// stdout must be read meanwhile, or be dropped: a subject that is blocked in a write does not
    /// see the end of its input.
    ///
    /// May be cancelled; then `Drop` completes the shutdown.
    pub async fn shutdown(&mut self, stdin: Option<ChildStdin>, ladder: &Ladder) -> ShutdownReport {
        let report = climb::climb(self, &Patience::Runtime, ladder, stdin).await;
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
        // A duration beyond the range of the clock is treated as a day.
        let until = now.checked_add(within).unwrap_or(now + Duration::from_secs(86_400));
        if self.is_running() {
            self.leader.ended(patience, until).await;
        }
        self.exit();
        !self.is_running()
    }

    /// Records its end for good; its pid and the number of its group are free from then on.
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
        let report = at_once(climb::climb(self, &patience, &ladder, None));
        self.finish();
        if let Some(report) = report {
            undelivered::deliver(report);
        }
    }
}

fn command(launch: &Launch, program: &Path, tag: &str) -> Command {
    let mut command = Command::new(program);
    command
        .args(&launch.args)
        .env_clear()
        .envs(&launch.env)
        .env(mark::VARIABLE, tag)
        .current_dir(&launch.cwd)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .process_group(0)
        .kill_on_drop(true);
    command
}

struct Started {
    child: Child,
    leader: Handle,
    stdin: ChildStdin,
    stdout: ChildStdout,
}

/// Starts a marked process, and registers it before it can be mistaken for an orphan.
fn start(
    launch: &Launch,
    command: &mut Command,
    number: u64,
    stderr: &Stderr,
) -> io::Result<Started> {
    let _starting = registry::starting();
    let marking = mark::Marking::start(number);
    let mut child = command.spawn()?;
    drop(marking);
    let ends = child.stdin.take().zip(child.stdout.take()).zip(child.id());
    let ((stdin, stdout), pid) = ends.ok_or_else(|| io::Error::other("the child has no pipes"))?;
    let leader = Handle::of_child(pid);
    let pipes = [pipe_name(&stdin), pipe_name(&stdout), pipe_name(stderr.as_fd())];
    let start = leader.identity().start;
    registry().add(number, Entry::new(pid, launch.label.clone(), start, pipes));
    Ok(Started { child, leader, stdin, stdout })
}

/// The name of the pipe behind a descriptor, as `/proc` shows it.
pub(crate) fn pipe_name(fd: impl AsFd) -> String {
    // A descriptor that cannot be examined gets a name that no other has.
    rustix::fs::fstat(fd).map(|stat| format!("pipe:[{}]", stat.st_ino)).unwrap_or_default()
}
