//! Finds processes that do not descend from the command but hold one of its pipes.

use std::collections::HashSet;
use std::fs;

use crate::process::procfs::{self, Identity, Stat};

use super::streams::Streams;

/// All processes that can write to the command's stdout or stderr now, except us, our ancestors and
/// our descendants.
pub(super) fn holders(streams: &Streams, below: &HashSet<u32>) -> Vec<Stat> {
    let known = ancestors();
    let pids = procfs::all().unwrap_or_default().into_iter();
    let strangers = pids.filter(|pid| !known.contains(pid) && !below.contains(pid));
    strangers
        .filter(|pid| can_write(*pid, streams))
        .filter_map(|pid| procfs::stat(pid).ok())
        .collect()
}

/// Those of them that still hold it: a process that is just being started briefly holds the
/// descriptors of its parent.
pub(super) fn confirmed(streams: &Streams, seen: Vec<Stat>) -> Vec<Stat> {
    let still = |stat: &Stat| {
        let now: Option<Identity> = procfs::stat(stat.pid).ok().map(|now| now.identity());
        now == Some(stat.identity()) && can_write(stat.pid, streams)
    };
    seen.into_iter().filter(still).collect()
}

fn can_write(pid: u32, streams: &Streams) -> bool {
    // Most descriptors may not be read, and do not concern us.
    let Ok((holds, _)) = streams.holds(pid) else { return false };
    let shared = holds.iter().filter(|hold| streams.is_output(hold));
    shared.into_iter().any(|hold| is_writable(pid, hold.fd))
}

/// Whether a descriptor is open for writing: the kernel shows it in the mode of the link.
fn is_writable(pid: u32, fd: u32) -> bool {
    use std::os::unix::fs::PermissionsExt;

    let link = fs::symlink_metadata(format!("/proc/{pid}/fd/{fd}"));
    link.is_ok_and(|link| link.permissions().mode() & 0o200 != 0)
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
