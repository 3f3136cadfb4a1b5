//! Processes of ours that are not subjects, and the view that other modules have of subjects.

use std::os::fd::BorrowedFd;
use std::time::{Duration, Instant};

use rustix::process::Signal;

use super::handle::Handle;
use super::patience::{self, Patience, Unread, at_once};
use super::procfs::{self, Identity};
use super::registry::{registry, starting};
use super::sweep::HELD;

/// Starts a process that is not a subject and cares for itself: it will not be mistaken for an
/// orphan. Needed only for a process in a process group or session of its own.
pub fn spare<T>(start: impl FnOnce() -> T, pid: impl FnOnce(&T) -> Option<u32>) -> T {
    let _starting = starting();
    let started = start();
    if let Some(stat) = pid(&started).and_then(|pid| procfs::stat(pid).ok()) {
        registry().spare(stat.identity());
    }
    started
}

/// All running subjects, with their start times.
pub(crate) fn running() -> Vec<(u32, u64)> {
    registry().running()
}

/// Waits until a child of ours has ended, without reaping it.
pub(crate) fn wait_for_child(pid: u32, within: Duration) {
    let patience = Patience::Blocking { unread: Unread::default() };
    at_once(Handle::of_child(pid).ended(&patience, Instant::now() + within));
}

/// Blocks until the descriptor is readable or the time is up; returns whether it is.
pub(crate) fn is_readable_within(fd: BorrowedFd<'_>, until: Instant) -> bool {
    patience::is_readable_within(fd, until)
}

/// Kills the processes with these identities, and waits until they have ended.
pub(crate) fn end_all(identities: &[Identity], until: Instant) {
    let seen = identities.iter().take(HELD);
    let handles: Vec<Handle> = seen.filter_map(|seen| Handle::of_seen(*seen)).collect();
    for handle in &handles {
        // A process that is gone needs no signal.
        let _ = handle.signal(Signal::KILL);
    }
    let patience = Patience::Blocking { unread: Unread::default() };
    for handle in &handles {
        at_once(handle.ended(&patience, until));
    }
}
