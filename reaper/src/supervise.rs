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

mod junit;
mod message;
mod pairs;
mod record;
mod report;
#[cfg(unix)]
mod unix;
mod wording;

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::io;
use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

pub use junit::{MergeError, Merged, merge};
pub use record::append;
pub use report::{Births, Captured, Mechanism, Report, SCHEMA, Tail};

#[cfg(not(unix))]
pub use crate::elsewhere::supervise::{births, die_of, main};
#[cfg(unix)]
pub use unix::{births, die_of, main};

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
    #[serde(with = "pairs")]
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

/// Whether the arguments ask a test binary for a list of its tests: then nothing runs that could be
/// supervised.
pub fn asks_for_a_list(args: &[impl AsRef<OsStr>]) -> bool {
    args.iter().any(|arg| arg.as_ref() == "--list")
}
