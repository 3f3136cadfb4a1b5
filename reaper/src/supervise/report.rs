//! The report on a command that was supervised.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::attempt::Attempt;
use crate::leak::Leak;
use crate::process::Exit;

/// The name and version of the format, its first member.
pub const SCHEMA: &str = "proctor.supervise/1";

/// How a command ended, and what it left behind. As JSON it is one line; times are in
/// milliseconds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[must_use = "says what outlived the command"]
pub struct Report {
    /// [`SCHEMA`].
    pub schema: String,
    /// The command line; invalid UTF-8 is replaced.
    pub command: Vec<String>,
    /// Its process id, which is also the number of its process group unless it ran in the
    /// foreground of a terminal.
    pub pid: u32,
    /// The test of cargo-nextest that it ran as.
    pub attempt: Attempt,
    /// When it was started.
    pub started: Timestamp,
    /// How it ended; `None` if that is unknown.
    pub exit: Option<Exit>,
    /// Whether it was killed because its timeout had passed.
    pub timed_out: bool,
    /// From its start to its end; its left-over processes may have lived longer.
    #[serde(with = "crate::millis", rename = "duration_ms")]
    pub duration: Duration,
    /// How long its pipes stayed open after its end.
    pub tail: Tail,
    /// The processes that fail the run: if empty, nothing was left behind, apart from
    /// [`Report::doubts`].
    pub leaks: Vec<Leak>,
    /// Left-over processes that are no leaks: they ended by themselves within the grace period, are
    /// zombies, or do not descend from the command. With `strict` all of them are leaks.
    pub noted: Vec<Leak>,
    /// Why it is not proven that nothing was left: what could not be examined or done in time. They
    /// fail the run as leaks do.
    pub doubts: Vec<String>,
    /// What is not known for sure, but does not put in doubt that everything was found.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub remarks: Vec<String>,
    /// The means that were used.
    pub mechanism: Mechanism,
    /// What it wrote to its stdout, if that was captured.
    pub stdout: Option<Captured>,
    /// What it wrote to its stderr, if that was captured.
    pub stderr: Option<Captured>,
}

impl Report {
    /// Whether the command succeeded in time and is proven to have left no leak.
    pub fn is_clean(&self) -> bool {
        !self.accuses() && !self.timed_out && self.exit.is_some_and(Exit::success)
    }

    /// Whether there is a leak, or a doubt that there is none.
    pub fn accuses(&self) -> bool {
        !self.leaks.is_empty() || !self.doubts.is_empty()
    }
}

/// For each stream the time from the end of the command until its pipe was closed everywhere; zero
/// if it was closed already. Exact for captured streams, whose end was read. For inherited streams,
/// until the last descendant had ended, or was seen (every few milliseconds) to have closed it.
///
/// `None` for a stream that is not a pipe, or that is still open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Tail {
    /// Of its stdout.
    #[serde(with = "crate::millis::option", rename = "stdout_ms")]
    pub stdout: Option<Duration>,
    /// Of its stderr.
    #[serde(with = "crate::millis::option", rename = "stderr_ms")]
    pub stderr: Option<Duration>,
}

/// The means by which a command was supervised; reported, so that "no leaks" says how well was
/// searched.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mechanism {
    /// How descendants are found and their end is noticed.
    pub finding: String,
    /// How their parents at birth are known.
    pub births: Births,
}

/// How the parents of a process are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Births {
    /// The kernel reports every fork (Linux' process connector): complete.
    Connector,
    /// New pids are examined every few milliseconds: a parent that ended before that is unknown.
    Sampling,
    /// Not at all.
    Unknown,
}

/// The output of a captured stream.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Captured {
    /// The number of bytes.
    pub total: u64,
    /// The last 64 KiB; invalid UTF-8 is replaced.
    pub tail: String,
    /// When the first byte came, from the start of the command.
    #[serde(with = "crate::millis::option", rename = "first_ms")]
    pub first: Option<Duration>,
    /// When the last byte came, from the start of the command.
    #[serde(with = "crate::millis::option", rename = "last_ms")]
    pub last: Option<Duration>,
}
