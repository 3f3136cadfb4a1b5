//! Records a process that outlived its subject, before it is ended.

use std::time::Duration;

use shown::printable;

use crate::leak::{Class, Fate, Hold, Leak, State, Stream};
use crate::process::procfs::attempt_of;

use super::executable;
use super::family::{self, Relative};
use super::procfs::{self, Stat, TICKS_PER_SECOND};
use super::registry::{Clue, registry};
use super::threads::{self, Descriptors};

/// The longest command line that is recorded, in bytes.
const COMMAND: usize = 512;
/// The most descriptors of one process that are recorded.
const HOLDS: usize = 32;

/// Records everything about a process that is lost when it ends. `number` is its subject, if known.
pub(super) fn record(member: &Relative, number: Option<u64>) -> Leak {
    // Its group and session may have changed since it was seen.
    let stat = procfs::stat(member.stat.pid)
        .ok()
        .filter(|now| now.identity() == member.stat.identity())
        .unwrap_or_else(|| member.stat.clone());
    let ticks = procfs::now().unwrap_or(stat.start).saturating_sub(stat.start);
    let Held { holds, more: more_holds, unread } = held(stat.pid, number);
    Leak {
        pid: stat.pid,
        start_time: stat.start,
        command: command_of(&stat),
        program: executable::unnamed(stat.pid),
        class: Class::Descendant,
        // It may have been stopped since then, by us.
        state: State::of(threads::state_of(&member.stat)),
        fate: Fate::Remains,
        parents: member.chain.clone(),
        pgid: stat.group,
        sid: stat.session,
        subject: number.and_then(|number| registry().label(number)),
        tag: attempt_of(stat.pid),
        holds,
        more_holds,
        unread,
        age: Duration::from_millis(ticks * 1000 / TICKS_PER_SECOND),
        how: how(member, &stat, number),
    }
}

/// The command line of a process as reports show it: its name in brackets if it has none.
pub(crate) fn command_of(stat: &Stat) -> String {
    named(stat, &procfs::command_line(stat.pid).unwrap_or_default())
}

/// A command line as reports show it.
pub(crate) fn named(stat: &Stat, line: &str) -> String {
    if line.is_empty() {
        format!("[{}]", printable(stat.comm.as_bytes(), COMMAND))
    } else {
        printable(shortened(line).as_bytes(), usize::MAX)
    }
}

/// The command line of a process, unless it is gone.
pub(crate) fn shown_command(pid: u32) -> Option<String> {
    procfs::stat(pid).ok().map(|stat| command_of(&stat))
}

fn shortened(text: &str) -> &str {
    let end = (0..=COMMAND.min(text.len())).rev().find(|end| text.is_char_boundary(*end));
    &text[..end.unwrap_or(0)]
}

fn how(member: &Relative, stat: &Stat, number: Option<u64>) -> String {
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
        Clue::Unknown => "this process adopted it; its subject is unknown",
    };
    format!("{relation}, {place}; known because {known}")
}

/// What a process holds.
#[derive(Debug, Default)]
pub(crate) struct Held {
    /// Its descriptors that do not point at `/dev/null`, the shared ones first.
    pub(crate) holds: Vec<Hold>,
    /// The number of further ones.
    pub(crate) more: usize,
    /// Why some, or all, could not be read.
    pub(crate) unread: Option<String>,
}

impl Held {
    /// What this process holds; `shared` says which stream a descriptor is, or which one of ours. A
    /// process that ends right now holds nothing any more.
    pub(crate) fn by(
        pid: u32,
        shared: impl Fn(u32, &str) -> (Option<Stream>, Option<u32>),
    ) -> Self {
        let Descriptors { found, unread } = threads::descriptors(pid);
        let relevant = found.into_iter().filter(|(_, target)| target != "/dev/null");
        let mut holds: Vec<Hold> = relevant
            .map(|(fd, target)| {
                let (stream, ours) = shared(fd, &target);
                Hold { fd, target: printable(target.as_bytes(), usize::MAX), stream, ours }
            })
            .collect();
        holds.sort_by_key(|hold| hold.stream.is_none() && hold.ours.is_none());
        let more = holds.len().saturating_sub(HOLDS);
        holds.truncate(HOLDS);
        Self { holds, more, unread: unread.map(|error| error.to_string()) }
    }
}

/// What a process shares with the subject or with us.
fn held(pid: u32, number: Option<u64>) -> Held {
    let pipes = number.and_then(|number| registry().get(number).map(|entry| entry.pipes.clone()));
    let ours = threads::descriptors(std::process::id()).found;
    let stream = |target: &str| {
        let index = pipes.as_ref()?.iter().position(|pipe| pipe == target)?;
        let streams = [Stream::Stdin, Stream::Stdout, Stream::Stderr];
        Some(if is_terminal(target) { Stream::Terminal } else { streams[index] })
    };
    let ours = |target: &str| ours.iter().find(|(_, known)| known == target).map(|(fd, _)| *fd);
    Held::by(pid, |_, target| match stream(target) {
        Some(stream) => (Some(stream), None),
        None => (None, ours(target)),
    })
}

/// A subject in a terminal has a terminal in place of three pipes.
fn is_terminal(target: &str) -> bool {
    target.starts_with("/dev/pts/") || target.starts_with("/dev/tty")
}

#[cfg(test)]
mod tests {
    use super::{COMMAND, shortened};

    #[test]
    fn long_commands_are_cut_between_characters() {
        assert_eq!(shortened("sleep 300"), "sleep 300");
        let long = format!("{}é", "x".repeat(COMMAND - 1));
        assert_eq!(shortened(&long), "x".repeat(COMMAND - 1));
    }
}
