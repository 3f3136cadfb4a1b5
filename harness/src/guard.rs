//! A child process that a test cannot forget: ended and reaped in any case, and the test fails if
//! anything is left of it.

use std::fmt;
use std::io::{self, Write};
use std::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command};
use std::time::{Duration, Instant};

use rustix::process::Signal;

use crate::process::leader::Leader;
use crate::process::patience::{Patience, Unread, at_once};
use crate::process::registry::{registry, starting};
use crate::process::report::write_left;
use crate::process::{
    EndedBy, Exit, Ladder, Mechanism, Rung, ShutdownReport, Step, mark, pipe_name,
};

/// A running child, in a process group of its own, with everything that descends from it.
///
/// [`Guarded::end`] ends it by the same ladder as [`crate::process::Process`] and says what it left
/// behind. Dropped, it does the same, blocking for at most [`Ladder::bound`], and panics if anything
/// was left: a test that forgets to look fails with the evidence. It needs no runtime.
///
/// ```
/// use std::process::{Command, Stdio};
/// use harness::guard::Guarded;
///
/// let server = Guarded::spawn(Command::new("cat").stdin(Stdio::piped()))?;
/// let report = server.end()?;
/// assert!(report.exit.is_some_and(|exit| exit.success()), "it ended with its input");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// What it inherits it can hold: give it pipes of yours for stdout and stderr, or nothing, and a
/// test runner never waits for it.
#[derive(Debug)]
#[must_use = "ends the child when it is dropped"]
pub struct Guarded {
    child: Child,
    leader: Leader,
    over: bool,
}

/// A child was ended and something was left of it, or could not be looked for; `{}` and `{:?}` are the same text.
pub struct NotClean(pub Box<ShutdownReport>);

impl fmt::Display for NotClean {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let report = &self.0;
        write!(f, "{} (pid {}) was not ended cleanly", report.label, report.pid)?;
        write_left(report, f)
    }
}

impl fmt::Debug for NotClean {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for NotClean {}

impl Guarded {
    /// Starts a command in a process group of its own. `PROCTOR_TAG` is added to its environment.
    ///
    /// # Errors
    ///
    /// If the command cannot be started.
    pub fn spawn(command: &mut Command) -> io::Result<Self> {
        use std::os::unix::process::CommandExt;

        let mechanism = Mechanism::in_force();
        let number = registry().reserve();
        let label = command.get_program().to_string_lossy().into_owned();
        command.env(mark::VARIABLE, mark::of_subject(number)).process_group(0);
        let nobody_else = starting();
        let marking = mark::Marking::start(number);
        let child = command.spawn();
        drop(marking);
        let child = child?;
        let pipes = [
            child.stdin.as_ref().map(pipe_name),
            child.stdout.as_ref().map(pipe_name),
            child.stderr.as_ref().map(pipe_name),
        ];
        let pipes = pipes.map(Option::unwrap_or_default);
        let leader = Leader::new(child.id(), number, label, mechanism, pipes, nobody_else);
        Ok(Self { child, leader, over: false })
    }

    /// Its process id, which is also the number of its process group.
    pub fn pid(&self) -> u32 {
        self.leader.pid()
    }

    /// Its stdin, if that is a pipe and was not taken yet; whoever takes it must close it.
    pub fn take_stdin(&mut self) -> Option<ChildStdin> {
        self.child.stdin.take()
    }

    /// Its stdout, if that is a pipe and was not taken yet.
    pub fn take_stdout(&mut self) -> Option<ChildStdout> {
        self.child.stdout.take()
    }

    /// Its stderr, if that is a pipe and was not taken yet.
    pub fn take_stderr(&mut self) -> Option<ChildStderr> {
        self.child.stderr.take()
    }

    /// The bounds of its end, in place of the default ones.
    pub fn set_ladder(&mut self, ladder: Ladder) {
        self.leader.ladder = ladder;
    }

    /// Waits until it has ended by itself, no longer than `within`; it is not reaped yet.
    pub fn wait(&self, within: Duration) -> Option<Exit> {
        self.ended(within);
        self.leader.exit()
    }

    /// Ends it and whatever descends from it, and reaps it.
    ///
    /// # Errors
    ///
    /// If anything is left of it, with the evidence on each process.
    pub fn end(mut self) -> Result<ShutdownReport, NotClean> {
        let report = self.climb();
        match report.is_clean() {
            true => Ok(report),
            false => Err(NotClean(Box::new(report))),
        }
    }

    fn ended(&self, within: Duration) -> bool {
        let until = Instant::now() + within;
        at_once(self.leader.handle.ended(&patience(), until)) == Some(true)
    }

    fn climb(&mut self) -> ShutdownReport {
        self.over = true;
        let since = Instant::now();
        let bound = since + self.leader.ladder.bound();
        let ended_by = self.drive_out();
        let exit = self.leader.exit();
        let out = Step { rung: Rung::Eof, took: since.elapsed() };
        let swept = at_once(self.leader.sweep(&patience(), bound)).unwrap_or_default();
        self.leader.reap();
        let sweep = Step { rung: Rung::Sweep, took: since.elapsed() - out.took };
        self.leader.over(exit, ended_by, vec![out, sweep], swept)
    }

    fn drive_out(&mut self) -> EndedBy {
        if !self.leader.handle.is_alive() {
            return EndedBy::Itself;
        }
        self.leader.observe();
        drop(self.take_stdin());
        // One that is stuck writing is told that nobody reads.
        drop((self.take_stdout(), self.take_stderr()));
        if self.ended(self.leader.ladder.eof) {
            return EndedBy::Eof;
        }
        self.leader.observe();
        self.leader.signal_group(Signal::TERM);
        self.leader.signal_group(Signal::CONT);
        if self.ended(self.leader.ladder.term) {
            return EndedBy::Term;
        }
        self.leader.observe();
        self.leader.signal_group(Signal::KILL);
        if self.ended(self.leader.ladder.kill) { EndedBy::Kill } else { EndedBy::NotReaped }
    }
}

fn patience() -> Patience {
    Patience::Blocking { unread: Unread::default() }
}

impl Drop for Guarded {
    fn drop(&mut self) {
        if self.over {
            return;
        }
        let report = self.climb();
        if !report.is_clean() {
            accuse(&NotClean(Box::new(report)));
        }
    }
}

/// Fails the test that runs on this thread; if it is failing already, the evidence is added.
pub(crate) fn accuse(not_clean: &NotClean) {
    if std::thread::panicking() {
        // With stderr gone there is nobody left to tell.
        let _ = writeln!(io::stderr(), "{not_clean}");
    } else {
        panic!("{not_clean}");
    }
}
