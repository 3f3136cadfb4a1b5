//! A process that outlived its subject: who it is, how it came to be, and what it holds.

use std::fmt;
use std::time::Duration;

use crate::supervise::{Attempt, Class, attempt_of};

use super::family::{self, Member};
use super::procfs::{self, Stat, TICKS_PER_SECOND};
use super::registry::{Clue, registry};

/// The longest command line that is told, in bytes.
const COMMAND: usize = 512;
/// The most descriptors of one process that are told.
const HOLDS: usize = 32;

/// A process among the parents of another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ancestor {
    /// Its process id.
    pub pid: u32,
    /// Its name, at most 15 bytes long.
    pub comm: String,
}

impl Ancestor {
    pub(super) fn of(stat: &Stat) -> Self {
        Self { pid: stat.pid, comm: printable(&stat.comm) }
    }
}

impl fmt::Display for Ancestor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.comm, self.pid)
    }
}

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

/// The evidence on a process that outlived its subject, recorded before it was ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Survivor {
    /// Its process id.
    pub pid: u32,
    /// When it started, in clock ticks (1/100 s) since the machine did: with the pid, its identity.
    pub start_time: u64,
    /// Its command line, or its name in brackets if it has none. Control characters are escaped.
    pub command: String,
    /// What it was doing.
    pub state: State,
    /// Its parents up to the subject as they were first seen, nearest first; empty if they had
    /// ended by then.
    pub parents: Vec<Ancestor>,
    /// Its process group.
    pub pgid: u32,
    /// Its session.
    pub sid: u32,
    /// How it relates to the subject and how that is known, in one sentence.
    pub how: String,
    /// What kind of leak it is: those of a subject descend from it.
    pub class: Class,
    /// Which test of cargo-nextest it says that it belongs to.
    pub tag: Attempt,
    /// The descriptors that point anywhere but `/dev/null`, the subject's and our own pipes first.
    pub holds: Vec<String>,
    /// How long it had been running.
    pub age: Duration,
    /// Whether it was gone when the report was made.
    pub ended: bool,
}

impl fmt::Display for Survivor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (pid {}): {}", self.command, self.pid, self.how)?;
        for held in &self.holds {
            write!(f, "\n  {held}")?;
        }
        Ok(())
    }
}

/// Records everything about a process that is lost when it ends. `number` is its subject, if it is
/// known.
pub(super) fn record(member: &Member, number: Option<u64>) -> Survivor {
    // Its group and session may have changed since it was seen.
    let stat = procfs::stat(member.stat.pid)
        .ok()
        .filter(|now| now.identity() == member.stat.identity())
        .unwrap_or_else(|| member.stat.clone());
    let ticks = procfs::now().unwrap_or(stat.start).saturating_sub(stat.start);
    Survivor {
        pid: stat.pid,
        start_time: stat.start,
        command: command_of(&stat),
        state: State::of(stat.state),
        parents: member.chain.clone(),
        pgid: stat.group,
        sid: stat.session,
        how: how(member, &stat, number),
        class: Class::Descendant,
        tag: attempt_of(stat.pid),
        holds: holds(stat.pid, number),
        age: Duration::from_millis(ticks * 1000 / TICKS_PER_SECOND),
        ended: false,
    }
}

/// The command line of a process as it is told: its name in brackets if it has none.
pub(crate) fn command_of(stat: &Stat) -> String {
    match procfs::command_line(stat.pid).unwrap_or_default() {
        line if line.is_empty() => format!("[{}]", printable(&stat.comm)),
        line => printable(shortened(&line)),
    }
}

/// The command line of a process that may not be there any more.
pub(crate) fn shown_command(pid: u32) -> Option<String> {
    procfs::stat(pid).ok().map(|stat| command_of(&stat))
}

fn shortened(text: &str) -> &str {
    let end = (0..=COMMAND.min(text.len())).rev().find(|end| text.is_char_boundary(*end));
    &text[..end.unwrap_or(0)]
}

/// A subject chooses its command line and its name: they must not act on a terminal.
pub(crate) fn printable(text: &str) -> String {
    let escape = |letter: char| match letter.is_control() {
        true => letter.escape_default().collect::<String>(),
        false => letter.to_string(),
    };
    text.chars().map(escape).collect()
}

fn how(member: &Member, stat: &Stat, number: Option<u64>) -> String {
    let subject = number.and_then(|number| registry().get(number).map(|entry| entry.pid));
    let relation = match member.chain.as_slice() {
        [] => "orphaned before it was first seen".to_owned(),
        [_] => "child of the subject".to_owned(),
        [between @ .., _] => {
            let names: Vec<_> = between.iter().map(ToString::to_string).collect();
            format!("descendant of the subject by way of {}", names.join(", "))
        }
    };
    let session = family::ourselves().is_ok_and(|us| us.session != stat.session);
    let place = if session && stat.session == stat.pid {
        "in a session of its own (setsid)".to_owned()
    } else if session && Some(stat.session) == subject {
        "in the subject's session".to_owned()
    } else if session {
        format!("in session {}, not the subject's", stat.session)
    } else if Some(stat.group) == subject {
        "in the subject's process group".to_owned()
    } else if stat.group == stat.pid {
        "in a process group of its own (setpgid)".to_owned()
    } else {
        format!("in process group {}, not the subject's", stat.group)
    };
    let known = match member.clue {
        Clue::Seen => "it was seen below the subject",
        Clue::Below => "it is below another survivor",
        Clue::Mark => "it carries the subject's mark in its limits",
        Clue::Tag => "it carries the subject's tag in its environment",
        Clue::Group => "it is in a process group of the subject",
        Clue::Session => "it is in a session of the subject's descendants",
        Clue::Pipe => "it holds a pipe of the subject",
        Clue::Only => "no other subject was running when it started",
        Clue::Unknown => "this process has adopted it, but not whose descendant it is",
    };
    format!("{relation}, {place}; known because {known}")
}

fn holds(pid: u32, number: Option<u64>) -> Vec<String> {
    let descriptors = match procfs::descriptors(pid) {
        Ok(descriptors) => descriptors,
        Err(error) => return vec![format!("its descriptors could not be read: {error}")],
    };
    let pipes = number.and_then(|number| registry().get(number).map(|entry| entry.pipes.clone()));
    let ours = procfs::descriptors(std::process::id()).unwrap_or_default();
    let names = ["the subject's stdin", "the subject's stdout", "the subject's stderr"];
    let owner = |target: &String| {
        let subject = pipes.as_ref().and_then(|pipes| pipes.iter().position(|pipe| pipe == target));
        let subject = subject.map(|index| match is_terminal(target) {
            true => "the subject's terminal".to_owned(),
            false => names[index].to_owned(),
        });
        let our = || ours.iter().find(|(_, known)| known == target);
        subject.or_else(|| our().map(|(fd, _)| our_name(*fd)))
    };
    let (mut shared, mut others) = (Vec::new(), Vec::new());
    for (fd, target) in descriptors.iter().filter(|(_, target)| target != "/dev/null") {
        match owner(target) {
            Some(owner) => shared.push(format!("fd {fd} -> {target}, {owner}")),
            None => others.push(format!("fd {fd} -> {}", printable(target))),
        }
    }
    shared.append(&mut others);
    let more = shared.len().saturating_sub(HOLDS);
    shared.truncate(HOLDS);
    shared.extend((more > 0).then(|| format!("and {more} more")));
    shared
}

/// A subject in a terminal has it in place of three pipes.
fn is_terminal(target: &str) -> bool {
    target.starts_with("/dev/pts/") || target.starts_with("/dev/tty")
}

/// What this process was given and passes on: a test runner waits until nobody holds its stdout and
/// stderr.
fn our_name(fd: u32) -> String {
    match fd {
        0 => "our own stdin".to_owned(),
        1 => "our own stdout".to_owned(),
        2 => "our own stderr".to_owned(),
        fd => format!("our own descriptor {fd}"),
    }
}

#[cfg(test)]
mod tests {
    use super::{COMMAND, printable, shortened};

    #[test]
    fn control_characters_are_escaped() {
        assert_eq!(printable("sh -c \u{1b}[2Jé\n"), "sh -c \\u{1b}[2Jé\\n");
    }

    #[test]
    fn long_commands_are_cut_between_characters() {
        assert_eq!(shortened("sleep 300"), "sleep 300");
        let long = format!("{}é", "x".repeat(COMMAND - 1));
        assert_eq!(shortened(&long), "x".repeat(COMMAND - 1));
    }
}
