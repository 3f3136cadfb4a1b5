//! What is told about a command that was supervised.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::attempt::Attempt;
use crate::leak::Leak;
use crate::process::Exit;

/// The name of this form of a report, its first member.
pub const SCHEMA: &str = "proctor.supervise/1";

/// How a command ended, and what it left behind. As JSON it is one line; times are in
/// milliseconds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[must_use = "says what outlived the command"]
pub struct Report {
    /// [`SCHEMA`].
    pub schema: String,
    /// The command line; what is not UTF-8 is replaced.
    pub command: Vec<String>,
    /// Its process id, which is also the number of its process group unless it ran in the
    /// foreground of a terminal.
    pub pid: u32,
    /// Which test of cargo-nextest it was.
    pub attempt: Attempt,
    /// When it was started.
    pub started: Timestamp,
    /// How it ended; nothing if that could not be found out.
    pub exit: Option<Exit>,
    /// Whether it was killed because its timeout had passed.
    pub timed_out: bool,
    /// From its start to its end; what it left behind may have taken longer.
    #[serde(with = "crate::millis", rename = "duration_ms")]
    pub duration: Duration,
    /// How long its pipes stayed open after its end.
    pub tail: Tail,
    /// What fails the run: empty means that it left nothing behind, as far as
    /// [`Report::doubts`] says that this is known.
    pub leaks: Vec<Leak>,
    /// What was left and is no leak: it ended by itself within the grace, it is a zombie, or it
    /// does not descend from the command. With `strict` all of these are leaks.
    pub noted: Vec<Leak>,
    /// What could not be looked at, or was not done in time.
    pub doubts: Vec<String>,
    /// By which means all this was found out.
    pub mechanism: Mechanism,
    /// What it wrote to its stdout, if that was captured.
    pub stdout: Option<Captured>,
    /// What it wrote to its stderr, if that was captured.
    pub stderr: Option<Captured>,
}

impl Report {
    /// The command ended well in time and left nothing that counts.
    pub fn is_clean(&self) -> bool {
        self.leaks.is_empty() && !self.timed_out && self.exit.is_some_and(Exit::success)
    }
}

/// For each stream the time from the end of the command until nobody held its pipe any more: zero
/// if nobody did then. With captured streams this is exact, their end was read. With inherited ones
/// it is the time until the last descendant had ended or was seen (every few milliseconds) to have
/// closed it.
///
/// Nothing for a stream that is no pipe or that is kept open still.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Tail {
    /// Of its stdout.
    #[serde(with = "crate::millis::option", rename = "stdout_ms")]
    pub stdout: Option<Duration>,
    /// Of its stderr.
    #[serde(with = "crate::millis::option", rename = "stderr_ms")]
    pub stderr: Option<Duration>,
}

/// By which means a command was supervised; reported, so that "no leaks" says how well was looked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mechanism {
    /// How descendants are found and their end is noticed.
    pub finding: String,
    /// How their parents at birth are known.
    pub births: Births,
}

/// How it is known from whom a process descends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Births {
    /// The kernel tells of every fork (Linux' process connector): complete.
    Connector,
    /// New process numbers are looked at every few milliseconds: a parent that ended before it was
    /// looked at is not known.
    Sampling,
    /// Not at all.
    Unknown,
}

/// What was read from a captured stream.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Captured {
    /// How many bytes there were.
    pub total: u64,
    /// The last 64 KiB of them; what is not UTF-8 is replaced.
    pub tail: String,
    /// When the first of them came, from the start of the command.
    #[serde(with = "crate::millis::option", rename = "first_ms")]
    pub first: Option<Duration>,
    /// When the last of them came, from the start of the command.
    #[serde(with = "crate::millis::option", rename = "last_ms")]
    pub last: Option<Duration>,
}
