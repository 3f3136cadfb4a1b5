//! Ends the processes that the command left behind: frozen first, so that none can start another or
//! change while it is recorded, then killed, until the kernel says that none is left.

use std::collections::HashSet;
use std::os::fd::BorrowedFd;
use std::time::{Duration, Instant};

use rustix::process::{Signal, kill_process, kill_process_group};

use crate::leak::{Fate, Leak, State};
use crate::process::handle::{Handle, to_pid};
use crate::process::procfs;

use super::aftermath::{Aftermath, Watched, look, scene};
use super::session::Session;

/// How long we go on ending the processes that are left.
const BOUND: Duration = Duration::from_secs(10);
/// The number of processes that are frozen in one go.
const FROZEN: usize = 10_000;

/// Records the remaining descendants in their present state, and ends them, until none is left.
pub(super) fn end_all(
    session: &mut Session<'_>,
    end: Instant,
    left: &mut Vec<Watched>,
    found: &mut Aftermath,
) {
    let until = Instant::now() + BOUND;
    freeze(session);
    for one in left.iter_mut().filter(|one| one.is_there() && !one.dying) {
        // It may have changed since it was first seen.
        let now = procfs::stat(one.stat.pid).unwrap_or_else(|_| one.stat.clone());
        if now.identity() == one.stat.identity() && !now.is_zombie() {
            let Leak { age, state, .. } = one.leak;
            one.leak = Leak { age, state, ..scene(session, end).descendant(&now) };
        }
        one.leak.fate = Fate::Killed;
    }
    let mut empty = 0;
    loop {
        kill(session, left);
        let killed = left.iter().filter(|one| one.is_there() && one.refused.is_none());
        let fds: Vec<BorrowedFd<'_>> = killed.filter_map(|one| one.handle.pidfd()).collect();
        if !fds.is_empty() {
            session.wait(&fds, Some(until), false);
        }
        // Before anything is reaped: what is dead may have left another.
        let is_alone = session.is_alone();
        session.reap_dead();
        freeze(session);
        let before = left.len();
        look(session, end, left, found);
        for one in left.iter_mut().skip(before) {
            (one.was_dying, one.dying) = (false, false);
            one.leak.fate = Fate::Killed;
            if one.leak.state == State::Stopped {
                // By us, just now: no process that was frozen by itself starts others.
                one.leak.state = State::Running;
            }
        }
        let there = left.iter().filter(|one| one.is_there()).count();
        let refused = left.iter().filter(|one| one.is_there() && one.refused.is_some()).count();
        empty = if is_alone && there == 0 { empty + 1 } else { 0 };
        if empty >= session.looks() || (there > 0 && there == refused) {
            return;
        }
        if Instant::now() >= until {
            found.doubts.push(match there {
                0 => "processes were still being started at the time limit".to_owned(),
                _ => format!("{there} processes were still running at the time limit"),
            });
            return;
        }
    }
}

/// Kills what is left, as far as we may.
fn kill(session: &Session<'_>, left: &mut [Watched]) {
    for one in left.iter_mut().filter(|one| one.is_there()) {
        let is_led = one.leak.sid == one.leak.pid || one.leak.pgid == one.leak.pid;
        // The members of a group that a descendant leads are descendants, and no fork escapes
        // the signal.
        if let Some(group) = to_pid(one.leak.pid).filter(|_| is_led && one.handle.is_alive()) {
            let _ = kill_process_group(group, Signal::KILL);
        }
        if let Err(error) = one.handle.signal(Signal::KILL)
            && error == rustix::io::Errno::PERM
        {
            one.refused = Some(error);
        }
    }
    session.kill();
}

/// Stops every descendant, from the oldest to the youngest: a chain of processes that each start
/// the next and end is overtaken.
fn freeze(session: &Session<'_>) {
    let mut frozen = HashSet::new();
    for _ in 0..FROZEN {
        let mut is_new = false;
        for pid in session.strangers().unwrap_or_default() {
            // It is our child, and is not reaped: its number belongs to nobody else.
            let stopped = to_pid(pid).is_some_and(|pid| kill_process(pid, Signal::STOP).is_ok());
            is_new |= stopped && frozen.insert(pid);
            freeze_below(pid, &mut frozen);
        }
        if !is_new {
            return;
        }
    }
}

fn freeze_below(parent: u32, frozen: &mut HashSet<u32>) {
    let mut open = vec![parent];
    while let Some(parent) = open.pop().filter(|_| frozen.len() < FROZEN) {
        for pid in procfs::children(parent).unwrap_or_default() {
            let Some(handle) = Handle::of_child_of(pid, parent) else { continue };
            if handle.signal(Signal::STOP).is_ok() && frozen.insert(pid) {
                open.push(pid);
            }
        }
    }
}
