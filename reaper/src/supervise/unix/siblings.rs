//! Finds processes that do not descend from the command but hold one of its pipes.

use std::collections::HashSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use crate::process::executable;
use crate::process::procfs::{self, Identity, Stat};
use crate::process::threads;

use super::streams::Streams;

/// What a look at all processes has shown.
#[derive(Debug, Default)]
pub(super) struct Looked {
    /// Processes that can write to the command's stdout or stderr, except us, our ancestors and our
    /// descendants.
    pub(super) holders: Vec<Stat>,
    /// Processes that may not be looked into.
    pub(super) closed: Vec<Stat>,
}

/// Looks at all processes but us, our ancestors and these.
pub(super) fn look(streams: &Streams, below: &HashSet<u32>) -> Looked {
    let known = ancestors();
    let mut looked = Looked::default();
    let pids = procfs::all().unwrap_or_default().into_iter();
    for pid in pids.filter(|pid| !known.contains(pid) && !below.contains(pid)) {
        let holds = can_write(pid, streams);
        match (holds, procfs::stat(pid)) {
            (Some(true), Ok(stat)) => looked.holders.push(stat),
            // Threads of the kernel hold nothing, and have no group.
            (None, Ok(stat)) if stat.group != 0 => looked.closed.push(stat),
            _ => {}
        }
    }
    looked
}

/// Those of them that still hold it: a process that is just being started briefly holds the
/// descriptors of its parent.
pub(super) fn confirmed(streams: &Streams, seen: Vec<Stat>) -> Vec<Stat> {
    let still = |stat: &Stat| {
        let now: Option<Identity> = procfs::stat(stat.pid).ok().map(|now| now.identity());
        now == Some(stat.identity()) && can_write(stat.pid, streams) == Some(true)
    };
    seen.into_iter().filter(still).collect()
}

/// Whether a process holds an open file that we made for the command; `None` if that cannot be told
/// from the open files of others.
pub(super) fn was_given_ours(stat: &Stat, streams: &Streams) -> Option<bool> {
    let marks = streams.marks()?;
    let held = streams.holds(stat.pid).holds;
    let mut outputs = held.iter().filter(|hold| streams.is_output(hold));
    Some(outputs.any(|hold| {
        let infos = of_descriptor(stat.pid, "fdinfo", hold.fd);
        infos.iter().any(|info| open_flags(info).is_some_and(|flags| marks.contains(&flags)))
    }))
}

/// The flags of an open file, as the kernel shows them.
pub(super) fn open_flags(info: &Path) -> Option<u32> {
    let text = fs::read_to_string(info).ok()?;
    let flags = text.lines().find_map(|line| line.strip_prefix("flags:"))?;
    u32::from_str_radix(flags.trim(), 8).ok()
}

/// Whether a process is another supervisor with our streams, or below one: its command was given
/// them as ours was.
pub(super) fn is_of_another_supervisor(stat: &Stat) -> bool {
    let program = |pid: u32| executable::file(Path::new(&format!("/proc/{pid}/exe")));
    let Some(ours) = program(std::process::id()) else { return false };
    let known = ancestors();
    let mut next = stat.pid;
    let mut seen = HashSet::new();
    while next != 0 && !known.contains(&next) && seen.insert(next) {
        if program(next) == Some(ours) {
            return true;
        }
        next = procfs::stat(next).map_or(0, |stat| stat.parent);
    }
    false
}

/// Whether a process can write to the command's stdout or stderr; `None` if it may not be looked
/// into.
fn can_write(pid: u32, streams: &Streams) -> Option<bool> {
    let held = streams.holds(pid);
    let mut shared = held.holds.iter().filter(|hold| streams.is_output(hold));
    let found = shared.any(|hold| is_writable(pid, hold.fd));
    if !found && held.unread.is_some() { None } else { Some(found) }
}

/// Whether a descriptor is open for writing: the kernel shows it in the mode of the link.
fn is_writable(pid: u32, fd: u32) -> bool {
    of_descriptor(pid, "fd", fd).into_iter().any(|link| {
        fs::symlink_metadata(link).is_ok_and(|link| link.permissions().mode() & 0o200 != 0)
    })
}

/// What the kernel shows of a descriptor, in each thread if there are several.
fn of_descriptor(pid: u32, folder: &str, fd: u32) -> Vec<PathBuf> {
    let threads = threads::folders(pid).into_iter();
    threads.map(|thread| thread.join(folder).join(fd.to_string())).collect()
}

/// This process and its ancestors.
fn ancestors() -> HashSet<u32> {
    let mut known = HashSet::new();
    let mut next = std::process::id();
    while next != 0 && known.insert(next) {
        next = procfs::stat(next).map_or(0, |stat| stat.parent);
    }
    known
}
