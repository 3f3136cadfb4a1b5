//! A left-over process: what it is, its parents, its descriptors and its fate.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::attempt::Attempt;

/// What a process was doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It was using a processor, or about to.
    Running,
    /// It was waiting for something.
    Sleeping,
    /// It was waiting for the kernel and could not be interrupted.
    Blocked,
    /// It had been stopped by a signal or a debugger.
    Stopped,
    /// It had ended, and its parent had not reaped it.
    Zombie,
    /// A state newer than this list, by the kernel's letter.
    Other(char),
}

/// A left-over process, recorded before it was ended: of a supervised command, or of a subject.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Leak {
    /// Its process id.
    pub pid: u32,
    /// When it started, in clock ticks (1/100 s) since the machine booted; together with the pid,
    /// its identity.
    pub start_time: u64,
    /// Its command line, or its name in brackets if it has none. Control characters are escaped.
    pub command: String,
    /// Its program, where the command line does not name it: a process may call itself what it
    /// likes.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub program: Option<String>,
    /// What kind of leak it is.
    pub class: Class,
    /// Its state when the command had ended.
    pub state: State,
    /// What became of it.
    pub fate: Fate,
    /// Its parents at its birth, or when it was first seen, nearest first, up to the command; empty
    /// if they had ended by then.
    pub parents: Vec<Parent>,
    /// Its process group.
    pub pgid: u32,
    /// Its session.
    pub sid: u32,
    /// What the process of ours is called that it descends from, if that is known.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub subject: Option<String>,
    /// The test that its environment names; empty if it cleared its environment, or is dead.
    pub tag: Attempt,
    /// Its descriptors except those on `/dev/null`, the command's pipes first.
    pub holds: Vec<Hold>,
    /// The number of its descriptors beyond those in `holds`.
    #[serde(skip_serializing_if = "is_zero", default)]
    pub more_holds: usize,
    /// Why its descriptors could not be read, all or in part: then `holds` says less than it could.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub unread: Option<String>,
    /// Its age when the command ended.
    #[serde(with = "crate::millis", rename = "age_ms")]
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
    /// It does not descend from the command but holds one of its pipes: it inherited the pipe from
    /// a sibling, or received it over a socket. Its tag names its owner. It is never ended.
    Sibling,
    /// It had ended before the command did, and its parent had not reaped it.
    Zombie,
}

/// What became of a process that was left behind.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// It ended by itself, this long after the command: late, but no leak.
    Ended(#[serde(with = "crate::millis")] Duration),
    /// It was already about to end, mostly because its parent had killed it without waiting, and
    /// was gone this long after the command: late, but no leak.
    Dying(#[serde(with = "crate::millis")] Duration),
    /// It was killed after the grace period.
    Killed,
    /// It was left running, on request or because it is not ours.
    Kept,
    /// It was a zombie, and we reaped it.
    Reaped,
    /// It could not be killed within the time limit.
    Remains,
}

/// A parent or further ancestor of a process.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parent {
    /// Its process id.
    pub pid: u32,
    /// Its command line when it started the child, or its name, whichever is known.
    pub command: String,
}

/// A descriptor of a process.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    /// Its number.
    pub fd: u32,
    /// Its target, in the kernel's words.
    pub target: String,
    /// The stream of the command that it shares.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub stream: Option<Stream>,
    /// The descriptor of the reporting process that has the same target: a reader who waits for the
    /// end of that stream also waits for this process.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub ours: Option<u32>,
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
    /// Its terminal, in place of the three.
    Terminal,
}

impl fmt::Display for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Stdin => "stdin",
            Self::Stdout => "stdout",
            Self::Stderr => "stderr",
            Self::Terminal => "terminal",
        })
    }
}

impl Hold {
    /// In words; `whose` names the command.
    pub fn describe(&self, whose: &str) -> String {
        let Self { fd, target, .. } = self;
        match (self.stream, self.ours) {
            (Some(stream), _) => format!("fd {fd} -> {target}, {whose}'s {stream}"),
            (None, Some(ours)) => format!("fd {fd} -> {target}, {}", our_name(ours)),
            (None, None) => format!("fd {fd} -> {target}"),
        }
    }
}

/// The name of a descriptor that this process was given and passes on: a test runner waits until
/// its stdout and stderr are closed everywhere.
fn our_name(fd: u32) -> String {
    match fd {
        0 => "our own stdin".to_owned(),
        1 => "our own stdout".to_owned(),
        2 => "our own stderr".to_owned(),
        fd => format!("our own descriptor {fd}"),
    }
}

impl fmt::Display for Parent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.command, self.pid)
    }
}

impl fmt::Display for Fate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ended(after) => write!(f, "ended by itself, {} after it", shown_time(*after)),
            Self::Dying(after) => {
                write!(f, "killed but not waited for, gone {} after it", shown_time(*after))
            }
            Self::Killed => f.write_str("killed by proctor"),
            Self::Kept => f.write_str("left as it is"),
            Self::Reaped => f.write_str("dead and not reaped by its parent; reaped by proctor"),
            Self::Remains => f.write_str("still there"),
        }
    }
}

/// A time in words: in milliseconds below ten seconds.
pub(crate) fn shown_time(time: Duration) -> String {
    match time.as_millis() {
        millis @ ..10_000 => format!("{millis} ms"),
        millis => format!("{} s", millis / 1000),
    }
}

impl Leak {
    /// Whether it was gone when the report was made.
    pub fn is_gone(&self) -> bool {
        !matches!(self.fate, Fate::Remains | Fate::Kept)
    }

    /// Its descriptors in words, the important ones first; `whose` names the command.
    pub fn holds(&self, whose: &str) -> Vec<String> {
        let more = (self.more_holds > 0).then(|| format!("and {} more", self.more_holds));
        let held = self.holds.iter().map(|hold| hold.describe(whose));
        held.chain(more).chain(self.not_seen()).collect()
    }

    /// What could not be seen of its descriptors, and why.
    pub fn not_seen(&self) -> Option<String> {
        let reason = self.unread.as_ref()?;
        let part = if self.holds.is_empty() { "cannot" } else { "cannot all" };
        Some(format!("its descriptors {part} be read: {reason}"))
    }

    /// Its command line, and its program where that does not name it.
    pub fn name(&self) -> String {
        match &self.program {
            Some(program) => format!("{} (program {program})", self.command),
            None => self.command.clone(),
        }
    }

    /// Its entry in the report of a run; `whose` names the command there.
    pub fn report(&self, whose: &str) -> LeakReport {
        LeakReport {
            pid: self.pid,
            command: self.name(),
            how: self.how.clone(),
            parents: self.parents.iter().map(ToString::to_string).collect(),
            fate: self.fate.to_string(),
            holds: self.holds(whose),
            age_ms: Some(self.age.as_secs_f64() * 1e3).map(|millis| millis.round() as u64),
        }
    }
}

impl fmt::Display for Leak {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (pid {}): {}", self.name(), self.pid, self.how)?;
        self.holds("the subject").iter().try_for_each(|held| write!(f, "\n  {held}"))
    }
}

/// A left-over process in the report of a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeakReport {
    /// Its process id.
    pub pid: u32,
    /// Its command line.
    pub command: String,
    /// How it relates to the process that left it, and how that is known.
    pub how: String,
    /// Its parents at its birth, nearest first.
    #[serde(default)]
    pub parents: Vec<String>,
    /// What became of it.
    #[serde(default)]
    pub fate: String,
    /// The descriptors that it held, those of the process that left it first.
    #[serde(default)]
    pub holds: Vec<String>,
    /// Its age when the process that left it ended, in milliseconds, if known.
    #[serde(default)]
    pub age_ms: Option<u64>,
}

fn is_zero(number: &usize) -> bool {
    *number == 0
}
