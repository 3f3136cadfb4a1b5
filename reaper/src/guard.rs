//! A child process for tests that is always ended and reaped; the test fails if the child leaves
//! any process behind.

use std::io;
use std::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command};
use std::time::Duration;

use crate::leader::{Birth, Leader};
use crate::process::{Exit, Ladder, NotClean, Rung, ShutdownReport, pipe_name};

/// A running child in a process group of its own, with all its descendants.
///
/// [`Guarded::end`] ends it in the same steps as [`crate::process::Process`] and reports what it
/// left behind. `Drop` does the same, blocks for at most [`Ladder::bound`], and panics if a process
/// was left: a test that forgets to check still fails, with the evidence. No runtime is needed.
///
/// ```
/// use std::process::{Command, Stdio};
/// use reaper::guard::Guarded;
///
/// let server = Guarded::spawn(Command::new("cat").stdin(Stdio::piped()))?;
/// let report = server.end()?;
/// assert!(report.exit.is_some_and(|exit| exit.success()), "it ended with its input");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// The child holds whatever it inherits: give it pipes of your own for stdout and stderr, or
/// nothing, so that no test runner waits for it.
#[derive(Debug)]
#[must_use = "ends the child when it is dropped"]
pub struct Guarded {
    child: Child,
    leader: Leader,
    over: bool,
}

impl Guarded {
    /// Starts a command in a process group of its own. `PROCTOR_TAG` is added to its environment.
    ///
    /// # Errors
    ///
    /// If the command cannot be started.
    pub fn spawn(command: &mut Command) -> io::Result<Self> {
        use std::os::unix::process::CommandExt;

        let birth = Birth::announce(command.get_program().to_string_lossy());
        let (variable, value) = birth.mark();
        command.env(variable, value).process_group(0);
        let (child, leader) = birth.start(
            || command.spawn(),
            |child| {
                let stdin = child.stdin.as_ref().map(pipe_name);
                let pipes = [
                    stdin,
                    child.stdout.as_ref().map(pipe_name),
                    child.stderr.as_ref().map(pipe_name),
                ];
                (child.id(), pipes.map(Option::unwrap_or_default))
            },
        )?;
        Ok(Self { child, leader, over: false })
    }

    /// Its process id, which is also the number of its process group.
    pub fn pid(&self) -> u32 {
        self.leader.pid()
    }

    /// Its stdin, if that is a pipe and was not taken yet; the caller must close it.
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

    /// Sets the time limits of its shutdown, in place of the default ones.
    pub fn set_ladder(&mut self, ladder: Ladder) {
        self.leader.set_ladder(ladder);
    }

    /// Waits for it to end by itself, no longer than `within`; does not reap it.
    pub fn wait(&self, within: Duration) -> Option<Exit> {
        self.leader.wait_now(within)
    }

    /// Ends it and all its descendants, and reaps it.
    ///
    /// # Errors
    ///
    /// If it left a process behind, with the evidence on each.
    pub fn end(mut self) -> Result<ShutdownReport, NotClean> {
        self.climb().clean()
    }

    fn climb(&mut self) -> ShutdownReport {
        self.over = true;
        let child = &mut self.child;
        self.leader.end_now(Rung::Eof, || {
            // Without readers, a child that is blocked in a write gets an error.
            drop((child.stdin.take(), child.stdout.take(), child.stderr.take()));
        })
    }
}

impl Drop for Guarded {
    fn drop(&mut self) {
        if self.over {
            return;
        }
        if let Err(left) = self.climb().clean() {
            left.accuse();
        }
    }
}
