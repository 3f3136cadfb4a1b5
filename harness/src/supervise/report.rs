//! What is told about a command that was supervised.

use std::fmt;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::process::{Exit, State};

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
    #[serde(with = "millis", rename = "duration_ms")]
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

/// Which test of cargo-nextest a process belongs to, as its environment says; empty outside of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// `NEXTEST_ATTEMPT_ID`, unique for each attempt of each test of each run.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub id: Option<String>,
    /// `NEXTEST_RUN_ID`, which nextest's JUnit report has as its `uuid`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub run: Option<String>,
    /// `NEXTEST_BINARY_ID`, the `classname` in nextest's JUnit report.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub binary: Option<String>,
    /// `NEXTEST_TEST_NAME`, the `name` in nextest's JUnit report.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub test: Option<String>,
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
    #[serde(with = "millis::option", rename = "stdout_ms")]
    pub stdout: Option<Duration>,
    /// Of its stderr.
    #[serde(with = "millis::option", rename = "stderr_ms")]
    pub stderr: Option<Duration>,
}

/// A process that the command left behind, recorded before it was ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Leak {
    /// Its process id.
    pub pid: u32,
    /// When it started, in clock ticks (1/100 s) since the machine did: with the pid, its identity.
    pub start_time: u64,
    /// Its command line, or its name in brackets if it has none. Control characters are escaped.
    pub command: String,
    /// What kind of leak it is.
    pub class: Class,
    /// What it was doing when the command had ended.
    pub state: State,
    /// What became of it.
    pub fate: Fate,
    /// Its parents as they were at its birth, nearest first, up to the command.
    pub parents: Vec<Parent>,
    /// Its process group.
    pub pgid: u32,
    /// Its session.
    pub sid: u32,
    /// Which test it says that it belongs to; nothing if it cleared its environment, or is dead.
    pub tag: Attempt,
    /// Its descriptors that point anywhere but `/dev/null`, the command's pipes first.
    pub holds: Vec<Hold>,
    /// How long it had been running when the command ended.
    #[serde(with = "millis", rename = "age_ms")]
    pub age: Duration,
    /// How it relates to the command and how that is known, in one sentence.
    pub how: String,
}

/// What kind of leak a process is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// It descends from the command.
    Descendant,
    /// It does not descend from the command and yet holds one of its pipes: it inherited it from a
    /// sibling or was sent it. Its tag says whose it is. It is never ended.
    Sibling,
    /// It had ended before the command did, and its parent had not taken note.
    Zombie,
}

/// What became of a process that was left behind.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// It ended by itself, so long after the command: it is late.
    Ended(#[serde(with = "millis")] Duration),
    /// It was about to end already, mostly because somebody had killed it and did not wait for it,
    /// and was gone so long after the command: it is late.
    Dying(#[serde(with = "millis")] Duration),
    /// It was killed when the grace had passed.
    Killed,
    /// It was left as it is, on demand or because it is not ours.
    Kept,
    /// It was a zombie, and we reaped it.
    Reaped,
    /// It could not be killed in time.
    Remains,
}

/// A process among the parents of another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parent {
    /// Its process id.
    pub pid: u32,
    /// Its command line when it started the child, as far as it was seen.
    pub command: String,
}

/// A descriptor of a process.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    /// Its number.
    pub fd: u32,
    /// What it points at, as the kernel words it.
    pub target: String,
    /// Which stream of the command that is.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub stream: Option<Stream>,
}

/// A stream of the command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stream {
    /// Its stdin.
    Stdin,
    /// Its stdout.
    Stdout,
    /// Its stderr.
    Stderr,
}

impl fmt::Display for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Stdin => "stdin",
            Self::Stdout => "stdout",
            Self::Stderr => "stderr",
        })
    }
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
    #[serde(with = "millis::option", rename = "first_ms")]
    pub first: Option<Duration>,
    /// When the last of them came, from the start of the command.
    #[serde(with = "millis::option", rename = "last_ms")]
    pub last: Option<Duration>,
}

mod millis {
    //! Durations as milliseconds, to the microsecond.

    use std::time::Duration;

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    fn to(duration: &Duration) -> f64 {
        duration.as_micros() as f64 / 1e3
    }

    fn of(millis: f64) -> Result<Duration, String> {
        Duration::try_from_secs_f64((millis * 1e3).round() / 1e6).map_err(|error| error.to_string())
    }

    pub(super) fn serialize<S: Serializer>(value: &Duration, to_: S) -> Result<S::Ok, S::Error> {
        to(value).serialize(to_)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Duration, D::Error> {
        of(f64::deserialize(from)?).map_err(serde::de::Error::custom)
    }

    pub(super) mod option {
        //! Durations that may be missing.

        use std::time::Duration;

        use serde::{Deserialize, Deserializer, Serialize, Serializer};

        pub(in super::super) fn serialize<S: Serializer>(
            value: &Option<Duration>,
            to: S,
        ) -> Result<S::Ok, S::Error> {
            value.as_ref().map(super::to).serialize(to)
        }

        pub(in super::super) fn deserialize<'de, D: Deserializer<'de>>(
            from: D,
        ) -> Result<Option<Duration>, D::Error> {
            let millis = Option::<f64>::deserialize(from)?;
            millis.map(super::of).transpose().map_err(serde::de::Error::custom)
        }
    }
}
