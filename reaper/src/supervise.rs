//! Runs one command, whatever it is, and reports every process that it leaves behind.
//!
//! [`Supervised`] describes the command; [`Report`] says how it ended and what it left. A
//! supervising process becomes the parent of all orphans of its command and cannot distinguish the
//! orphans of two commands, so each process supervises one command at a time:
//!
//! - [`Supervised::run`] blocks until the command and everything that it left behind have ended. It
//!   is meant for a process that does nothing else, such as `proctor supervise`: it takes over the
//!   signals, reaps all children, and refuses a second command meanwhile.
//! - [`Supervised::run_apart`] is for all other callers: it starts a `proctor` that supervises, and
//!   is `async`, so many commands can be supervised at a time. It costs some 3 ms more. If it is
//!   dropped early, the command and all its descendants are ended.

mod aftermath;
mod apart;
mod births;
mod evidence;
mod guard;
mod holders;
mod junit;
mod message;
mod pursuit;
mod record;
mod relay;
mod report;
mod session;
mod siblings;
mod streams;
mod watch;

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

/// How long a descendant may outlive the command without being a leak: the time that cargo-nextest
/// waits by default before it calls a test leaky. A child that is killed at the last moment closes
/// its descriptors within 10 ms on an idle machine and within 101 ms beside four busy processes per
/// processor (measured). A process that has been killed, and so is certain to end, is given more
/// time than this: however slow the machine, it is late and no leak.
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
    /// Its whole environment; `None` for that of this process.
    #[serde(with = "apart::pairs")]
    pub env: Option<BTreeMap<OsString, OsString>>,
    /// Its working directory; `None` for that of this process.
    pub cwd: Option<PathBuf>,
    /// Its stdin.
    pub stdin: Input,
    /// Its stdout and stderr.
    pub output: Output,
    /// How long descendants may outlive it; [`GRACE`] by default.
    pub grace: Duration,
    /// Count as leaks also processes that ended within the grace period, zombies and siblings.
    pub strict: bool,
    /// Report what it leaves behind, but do not end it.
    pub keep: bool,
    /// Also search for processes that do not descend from it but hold its pipes. This reads the
    /// descriptors of every process of the machine: about 50 µs each. Always done if there is a
    /// leak, or a captured stream stays open.
    pub siblings: bool,
    /// The time from its start after which it is killed.
    pub timeout: Option<Duration>,
    /// Record births by these means even if there are better ones: to see what they find.
    pub births: Option<Births>,
    /// The command of a guardian ([`crate::guardian`]), which ends everything if this process is
    /// killed.
    pub guardian: Option<Vec<OsString>>,
}

/// The stdin of a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Input {
    /// That of this process, untouched.
    Inherit,
    /// Nothing: `/dev/null`.
    Null,
}

/// The stdout and stderr of a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Output {
    /// Those of this process, untouched.
    Inherit,
    /// A pipe each, read to its end or until all descendants of the command are gone.
    Captured,
}

impl Supervised {
    /// A command with default settings: it inherits what this process has.
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
    /// There is no command.
    #[error("no command to supervise")]
    NoCommand,
    /// The command could not be run.
    #[error("cannot run {}: {source}", program.display())]
    NotStarted {
        /// Its program.
        program: OsString,
        /// The error of the system.
        source: io::Error,
    },
    /// This process is supervising another command.
    #[error("this process is supervising another command: one at a time")]
    Busy,
    /// A means of supervision is not available.
    #[error("cannot supervise: {source}")]
    Machinery {
        /// The error of the system.
        source: io::Error,
    },
}

impl Supervised {
    /// Runs the command until it and everything that it left behind have ended, or until the rest
    /// is kept. Blocks; takes over the signals of this process and reaps its children, so it is for
    /// a process that does nothing else. One at a time.
    ///
    /// # Errors
    ///
    /// If the command cannot be started, or another one is being supervised.
    pub fn run(&self) -> Result<Report, SuperviseError> {
        self.run_until(None)
    }

    /// Like [`Supervised::run`]; ends everything when the lifeline becomes readable.
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
        if !is_alone && !self.keep && found.doubts.is_empty() {
            found.doubts.push("a process is left, but was not found".to_owned());
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
            remarks: found.remarks,
            mechanism: Mechanism {
                finding: session.means.to_string(),
                births: session.family.means(),
            },
            stdout: session.streams.take(Stream::Stdout),
            stderr: session.streams.take(Stream::Stderr),
        })
    }

    /// The test that the command belongs to, by its environment, which is ours or its own.
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
