//! Runs one command, whatever it is, and tells of every process that it leaves behind.
//!
//! [`Supervised`] says what is run and how; [`Report`] says how it ended and what was left.
//! A process that supervises becomes the parent of every orphan of its command and cannot tell the
//! orphans of two commands apart, so a process supervises one command at a time:
//!
//! - [`Supervised::run`] blocks until the command has ended and everything that it left behind too.
//!   It is meant for a process that does nothing else, as `proctor supervise` is: it takes the
//!   signals over, reaps every child, and refuses a second command meanwhile.
//! - [`Supervised::run_apart`] is for everybody else: it starts a `proctor` that supervises, and is
//!   `async`, so that any number of commands can be supervised at a time. It costs some 3 ms more.
//!   Dropped before its end, the command and all that descends from it is ended.

mod aftermath;
mod apart;
mod births;
mod evidence;
mod guard;
mod junit;
mod message;
mod record;
mod relay;
mod report;
mod session;
mod siblings;
mod streams;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io;
use std::os::fd::BorrowedFd;
use std::path::PathBuf;
use std::sync::{Mutex, TryLockError};
use std::time::Duration;

use jiff::Timestamp;

use serde::{Deserialize, Serialize};

use crate::attempt::Attempt;
use crate::leak::Stream;

pub use apart::{asks_for_a_list, main};
pub use births::births;
pub use junit::{MergeError, Merged, merge};
pub use record::append;
pub use relay::die_of;
pub use report::{Births, Captured, Mechanism, Report, SCHEMA, Tail};

/// How long after the command a descendant may end by itself without being a leak: as long as
/// cargo-nextest waits by default until it calls a test leaky. A child that is killed at the last
/// moment lets go within 10 ms on an idle machine and within 101 ms beside four busy processes for
/// each processor (measured). One that is certainly about to end, because it has been killed, is
/// waited for longer than this: however slow the machine, it is late and no leak.
pub const GRACE: Duration = Duration::from_millis(200);

/// A command to be supervised, and how.
///
/// ```
/// use std::time::Duration;
/// use reaper::supervise::{Output, Supervised};
///
/// let supervised = Supervised {
///     output: Output::Captured,
///     timeout: Some(Duration::from_secs(60)),
///     ..Supervised::new(["cargo", "test"])
/// };
/// assert!(!supervised.keep);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Supervised {
    /// The program, looked up in `PATH` if it is a bare name, and its arguments.
    pub command: Vec<OsString>,
    /// Its whole environment; nothing for that of this process.
    #[serde(with = "apart::pairs")]
    pub env: Option<BTreeMap<OsString, OsString>>,
    /// Its working directory; nothing for that of this process.
    pub cwd: Option<PathBuf>,
    /// Its stdin.
    pub stdin: Input,
    /// Its stdout and stderr.
    pub output: Output,
    /// How long descendants may outlive it; [`GRACE`] by default.
    pub grace: Duration,
    /// Also what ended within the grace, zombies and siblings are leaks.
    pub strict: bool,
    /// What it leaves behind is told and left as it is.
    pub keep: bool,
    /// Also look for processes that do not descend from it and yet hold its pipes. This asks every
    /// process of the machine for its descriptors: about 50 µs each. Done in any case where there
    /// is a leak, or a captured stream stays open.
    pub siblings: bool,
    /// When it is killed, from its start.
    pub timeout: Option<Duration>,
    /// Note births by these means although there may be better ones: to see what they find.
    pub births: Option<Births>,
    /// The command of a guardian ([`crate::guardian`]): it ends everything if this process is
    /// killed itself.
    pub guardian: Option<Vec<OsString>>,
}

/// What a command has as its stdin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Input {
    /// That of this process, untouched.
    Inherit,
    /// Nothing: `/dev/null`.
    Null,
}

/// What a command has as its stdout and stderr.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Output {
    /// Those of this process, untouched.
    Inherit,
    /// A pipe each, read to its end or until everything that descends from the command is gone.
    Captured,
}

impl Supervised {
    /// A command, and the defaults for the rest: what this process has is inherited.
    pub fn new(command: impl IntoIterator<Item = impl Into<OsString>>) -> Self {
        Self {
            command: command.into_iter().map(Into::into).collect(),
            env: None,
            cwd: None,
            stdin: Input::Inherit,
            output: Output::Inherit,
            grace: GRACE,
            strict: false,
            keep: false,
            siblings: false,
            timeout: None,
            births: None,
            guardian: None,
        }
    }
}

/// Why a command could not be supervised.
#[derive(Debug, thiserror::Error)]
pub enum SuperviseError {
    /// There is nothing to run.
    #[error("no command to supervise")]
    NoCommand,
    /// The command could not be run.
    #[error("to run {}: {source}", program.display())]
    NotStarted {
        /// Its program.
        program: OsString,
        /// What the system said.
        source: io::Error,
    },
    /// This process supervises another command already.
    #[error("this process supervises another command: one at a time")]
    Busy,
    /// What supervising needs could not be had.
    #[error("to supervise: {source}")]
    Machinery {
        /// What the system said.
        source: io::Error,
    },
}

impl Supervised {
    /// Runs the command until it has ended and everything that it left behind has too, or is kept.
    /// Blocks; takes over the signals of this process and reaps its children, so it is for a
    /// process that does nothing else. One at a time.
    ///
    /// # Errors
    ///
    /// If the command cannot be started, or another one is being supervised.
    pub fn run(&self) -> Result<Report, SuperviseError> {
        self.run_until(None)
    }

    /// Likewise; all is ended when the lifeline becomes readable.
    fn run_until(&self, lifeline: Option<BorrowedFd<'_>>) -> Result<Report, SuperviseError> {
        static ONE: Mutex<()> = Mutex::new(());
        let _one = match ONE.try_lock() {
            Err(TryLockError::WouldBlock) => return Err(SuperviseError::Busy),
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Ok(one) => one,
        };
        let started = Timestamp::now();
        let mut session = session::Session::start(self, lifeline)?;
        let (end, exit) = session.run();
        let mut found = aftermath::settle(&mut session, end);
        let is_alone = session.finish();
        if !is_alone && !self.keep {
            found.doubts.push("a process is left that was not found".to_owned());
        }
        let command = self.command.iter().map(|word| word.to_string_lossy().into_owned());
        Ok(Report {
            schema: SCHEMA.to_owned(),
            command: command.collect(),
            pid: session.pid,
            attempt: self.attempt(),
            started,
            exit,
            timed_out: session.timed_out,
            duration: end.saturating_duration_since(session.started),
            tail: found.tail,
            leaks: found.leaks,
            noted: found.noted,
            doubts: found.doubts,
            mechanism: Mechanism {
                finding: session.means.to_string(),
                births: session.family.means(),
            },
            stdout: session.streams.take(Stream::Stdout),
            stderr: session.streams.take(Stream::Stderr),
        })
    }

    /// Which test the command belongs to: what its environment says, which is ours or its own.
    fn attempt(&self) -> Attempt {
        let value = |name: &str| {
            let value = match &self.env {
                Some(env) => env.get(std::ffi::OsStr::new(name)).cloned(),
                None => std::env::var_os(name),
            };
            value.map(|value| value.to_string_lossy().into_owned())
        };
        Attempt {
            id: value("NEXTEST_ATTEMPT_ID"),
            run: value("NEXTEST_RUN_ID"),
            binary: value("NEXTEST_BINARY_ID"),
            test: value("NEXTEST_TEST_NAME"),
        }
    }
}
