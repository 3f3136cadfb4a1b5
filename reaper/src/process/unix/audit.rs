//! The final look: does any process of any subject remain?

use std::collections::HashSet;
use std::time::{Duration, Instant};

use rustix::process::Signal;

use super::family::{self, Relative};
use super::handle::Handle;
use super::mark;
use super::mechanism::{Finding, Mechanism};
use super::patience::{Patience, Unread, at_once};
use super::procfs::{self, Stat};
use super::registry::{Clue, registry, starting};
use super::survivor;
use crate::leak::{Fate, Leak};
use crate::process::Audit;

/// How long an audit goes on ending the processes that it finds.
const BOUND: Duration = Duration::from_secs(2);

/// Searches all processes of the system for descendants of subjects that have ended, records and
/// ends them, until two looks in a row find none. Reaps every adopted orphan that has ended.
///
/// Meant for the end of a run: it costs about 0.1 ms for each process of the system. Running
/// subjects and their descendants are left alone. Blocks for at most two seconds.
pub fn audit() -> Audit {
    let mechanism = Mechanism::in_force();
    let mut audit = Audit { leaks: Vec::new(), doubts: Vec::new(), mechanism };
    if mechanism.finding == Finding::Group {
        audit.doubts.push("processes cannot be listed on this system".to_owned());
        return audit;
    }
    let until = Instant::now() + BOUND;
    let mut recorded = HashSet::new();
    let mut empty = 0;
    while empty < 2 {
        let left = match strays() {
            Ok(left) => left,
            Err(error) => {
                audit.doubts.push(format!("the processes could not be listed: {error}"));
                return audit;
            }
        };
        empty = if left.is_empty() { empty + 1 } else { 0 };
        for (number, member) in &left {
            if recorded.insert(member.stat.identity()) {
                audit.leaks.push(survivor::record(member, *number));
            }
        }
        for (_, member) in &left {
            end(member, until);
        }
        if !left.is_empty() && Instant::now() >= until {
            audit.doubts.push(format!("{} processes were left at the time limit", left.len()));
            break;
        }
    }
    for leak in &mut audit.leaks {
        let Leak { pid, start_time: start, .. } = *leak;
        if !procfs::is_alive(procfs::Identity { pid, start }) {
            leak.fate = Fate::Killed;
        }
    }
    audit
}

fn end(member: &Relative, until: Instant) {
    let Some(handle) = Handle::of_seen(member.stat.identity()) else { return };
    let _ = handle.signal(Signal::KILL);
    let patience = Patience::Blocking { unread: Unread::default() };
    if at_once(handle.ended(&patience, until)) == Some(true) {
        handle.reap();
    }
}

/// Every process of ours that belongs to no running subject, with the number of its subject if
/// known.
fn strays() -> std::io::Result<Vec<(Option<u64>, Relative)>> {
    let nothing_starting = starting();
    let us = family::ourselves()?.pid;
    let adopted: HashSet<u32> = family::adopted()?.into_iter().map(|stat| stat.pid).collect();
    let stats: Vec<Stat> =
        procfs::all()?.into_iter().filter_map(|pid| procfs::stat(pid).ok()).collect();
    drop(nothing_starting);
    let strangers = stats.into_iter().filter(|stat| stat.pid != us && family::is_stranger(stat));
    Ok(strangers.filter_map(|stat| stray(stat, &adopted)).collect())
}

fn stray(stat: Stat, adopted: &HashSet<u32>) -> Option<(Option<u64>, Relative)> {
    let is_adopted = adopted.contains(&stat.pid);
    let owner = family::owner(&stat, is_adopted);
    let number = owner.map(|(number, _)| number);
    if number.is_some_and(|number| registry().get(number).is_some()) {
        return None;
    }
    if stat.is_zombie() {
        if let Some(handle) = Handle::of_seen(stat.identity()).filter(|_| is_adopted) {
            handle.reap();
        }
        return None;
    }
    if owner.is_none() && !is_adopted {
        return None;
    }
    let clue = owner.map_or(Clue::Unknown, |(_, clue)| clue);
    Some((number, Relative { stat, clue, chain: Vec::new() }))
}

/// The prefix of the tags of all subjects of this process, for a search from outside.
pub fn tag_prefix() -> &'static str {
    mark::prefix()
}
