//! Processes of ours that are no subjects, and subjects as somebody outside sees them.

use std::os::fd::BorrowedFd;
use std::time::{Duration, Instant};

use rustix::process::Signal;

use super::handle::Handle;
use super::patience::{self, Patience, Unread, at_once};
use super::procfs::{self, Identity};
use super::registry::{registry, starting};
use super::sweep::HELD;

/// Starts a process that is no subject and takes care of itself: it will not be mistaken for
/// somebody's orphan. Needed only for one that gets a process group or session of its own.
pub fn spare<T>(start: impl FnOnce() -> T, pid: impl FnOnce(&T) -> Option<u32>) -> T {
    let _starting = starting();
    let started = start();
    if let Some(stat) = pid(&started).and_then(|pid| procfs::stat(pid).ok()) {
        registry().spare(stat.identity());
    }
    started
}

/// Every subject that is running, with its start time.
pub(crate) fn running() -> Vec<(u32, u64)> {
    registry().running()
}

/// Waits until a child of ours has ended, without reaping it.
pub(crate) fn wait_for_child(pid: u32, within: Duration) {
    let patience = Patience::Blocking { unread: Unread::default() };
    at_once(Handle::of_child(pid).ended(&patience, Instant::now() + within));
}

/// Blocks until there is something to read; whether there is.
pub(crate) fn is_readable_within(fd: BorrowedFd<'_>, until: Instant) -> bool {
    patience::is_readable_within(fd, until)
}

/// Kills processes that are exactly these, and waits until they have ended.
pub(crate) fn end_all(identities: &[Identity], until: Instant) {
    let seen = identities.iter().take(HELD);
    let handles: Vec<Handle> = seen.filter_map(|seen| Handle::of_seen(*seen)).collect();
    for handle in &handles {
        // One that is gone is as good as killed.
        let _ = handle.signal(Signal::KILL);
    }
    let patience = Patience::Blocking { unread: Unread::default() };
    for handle in &handles {
        at_once(handle.ended(&patience, until));
    }
}
