//! A process that was left behind: who it is, from whom it descends, what it holds and what became of it.

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
    /// It had ended, and its parent had not taken note.
    Zombie,
    /// Something newer, by the kernel's letter.
    Other(char),
}

impl State {
    pub(crate) fn of(letter: char) -> Self {
        match letter {
            'R' => Self::Running,
            'S' | 'I' => Self::Sleeping,
            'D' => Self::Blocked,
            'T' | 't' => Self::Stopped,
            'Z' | 'X' => Self::Zombie,
            other => Self::Other(other),
        }
    }
}

/// A process that was left behind, recorded before it was ended: by a command under supervision, or by a process of ours.
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
    /// Its parents as they were at its birth, or when they were first seen, nearest first, up to the command; empty if they had
    /// ended by then.
    pub parents: Vec<Parent>,
    /// Its process group.
    pub pgid: u32,
    /// Its session.
    pub sid: u32,
    /// What the process of ours is called that it descends from, if that is known.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub subject: Option<String>,
    /// Which test it says that it belongs to; nothing if it cleared its environment, or is dead.
    pub tag: Attempt,
    /// Its descriptors that point anywhere but `/dev/null`, the command's pipes first.
    pub holds: Vec<Hold>,
    /// How many more descriptors it had than are listed.
    #[serde(skip_serializing_if = "is_zero", default)]
    pub more_holds: usize,
    /// How long it had been running when the command ended.
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
    Ended(#[serde(with = "crate::millis")] Duration),
    /// It was about to end already, mostly because somebody had killed it and did not wait for it,
    /// and was gone so long after the command: it is late.
    Dying(#[serde(with = "crate::millis")] Duration),
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
    /// Its command line when it started the child, or its name, as far as either was seen.
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
    /// Which descriptor of the process that reports it points at the same: whoever waits for the end of that stream waits for
    /// this process too.
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
    /// Its terminal, which it has in place of the three.
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
    /// In words; `whose` is what the command is called.
    pub fn describe(&self, whose: &str) -> String {
        let Self { fd, target, .. } = self;
        match (self.stream, self.ours) {
            (Some(stream), _) => format!("fd {fd} -> {target}, {whose}'s {stream}"),
            (None, Some(ours)) => format!("fd {fd} -> {target}, {}", our_name(ours)),
            (None, None) => format!("fd {fd} -> {target}"),
        }
    }
}

/// What this process was given and passes on: a test runner waits until nobody holds its stdout and stderr.
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
            Self::Ended(after) => write!(f, "ended by itself {} after it", shown_time(*after)),
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

/// A time in words: milliseconds up to ten seconds.
pub(crate) fn shown_time(time: Duration) -> String {
    match time.as_millis() {
        millis @ ..10_000 => format!("{millis} ms"),
        millis => format!("{} s", millis / 1000),
    }
}

impl Leak {
    /// Whether it had gone when the report was made.
    pub fn is_gone(&self) -> bool {
        !matches!(self.fate, Fate::Remains | Fate::Kept)
    }

    /// Its descriptors in words, those that matter first; `whose` is what the command is called.
    pub fn holds(&self, whose: &str) -> Vec<String> {
        let more = (self.more_holds > 0).then(|| format!("and {} more", self.more_holds));
        self.holds.iter().map(|hold| hold.describe(whose)).chain(more).collect()
    }

    /// What a report of a run says of it; `whose` is what the command is called there.
    pub fn report(&self, whose: &str) -> LeakReport {
        LeakReport {
            pid: self.pid,
            command: self.command.clone(),
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
        write!(f, "{} (pid {}): {}", self.command, self.pid, self.how)?;
        self.holds("the subject").iter().try_for_each(|held| write!(f, "\n  {held}"))
    }
}

/// A process that was left behind, in the words of a report.
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
    /// How long it had been running when that process ended, in milliseconds, if that is known.
    #[serde(default)]
    pub age_ms: Option<u64>,
}

fn is_zero(number: &usize) -> bool {
    *number == 0
}
