//! The body of the helper: waits for the end of its parent, then ends what the parent left.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::io::{self, BufRead};
use std::ops::Range;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use rustix::process::{Signal, getppid, kill_process_group, setpgid, setsid};
use tokio::signal::unix::{SignalKind, signal};

use crate::process::handle::to_pid;
use crate::process::mark;
use crate::process::others::end_all;
use crate::process::procfs::{self, Identity, Stat};

use super::READY;

/// The time limit for ending the processes that it finds.
const BOUND: Duration = Duration::from_secs(10);

/// What the helper knows of its parent's subjects.
#[derive(Debug)]
struct Charge {
    /// The prefix of their tags.
    prefix: String,
    /// The resource limits that mark them.
    limits: Range<u64>,
    /// Subjects that have not ended, with their start times.
    subjects: HashMap<u32, u64>,
    /// The oldest start time: an older process is neither a subject nor its descendant.
    oldest: u64,
    /// The parent's temporary directories.
    homes: Vec<PathBuf>,
}

/// The body of the helper: the command given to [`super::Guardian::start`] must run it. Returns
/// when the parent has ended and its processes too; success means that none is left.
pub fn main() -> ExitCode {
    let _kept = out_of_reach();
    let mut lines = io::stdin().lock().lines();
    let Some(Ok(first)) = lines.next() else { return ExitCode::FAILURE };
    let Some(mut charge) = Charge::parse(&first) else { return ExitCode::FAILURE };
    // The parent may be dead already; then the work below is all the more needed.
    let _ = rustix::io::write(rustix::stdio::stdin(), &[READY]);
    // An error means the same as the end of file: the parent is gone.
    for line in lines.map_while(Result::ok) {
        charge.note(&line);
    }
    let ended = charge.end(Instant::now() + BOUND);
    for home in &charge.homes {
        // Usually gone already, unless the parent was killed. Links inside are removed, not
        // followed.
        let _ = fs::remove_dir_all(home);
    }
    if ended { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Leaves the parent's session and handles the signals that would end the helper; the returned
/// runtime catches them, so keep it.
fn out_of_reach() -> Option<tokio::runtime::Runtime> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().ok()?;
    let entered = runtime.enter();
    for kind in
        [SignalKind::hangup(), SignalKind::interrupt(), SignalKind::quit(), SignalKind::terminate()]
    {
        let _ = signal(kind);
    }
    drop(entered);
    // A group leader cannot start a session, so it first joins another group. That comes from
    // procfs: a group outside of our namespace is 0 there, which `getpgid` treats as an error.
    let group = getppid().and_then(|parent| procfs::stat(parent.as_raw_pid().cast_unsigned()).ok());
    let parent = group.and_then(|stat| to_pid(stat.group));
    let _ = setpgid(None, parent);
    let _ = setsid();
    // The working directory of a process cannot be unmounted.
    let _ = std::env::set_current_dir("/");
    Some(runtime)
}

impl Charge {
    fn parse(line: &str) -> Option<Self> {
        let mut words = line.split(' ');
        let prefix = words.next().filter(|prefix| !prefix.is_empty())?.to_owned();
        let limits = words.next()?.parse().ok()?..words.next()?.parse().ok()?;
        let oldest = procfs::stat(std::process::id()).map_or(0, |stat| stat.start);
        Some(Self { prefix, limits, subjects: HashMap::new(), oldest, homes: Vec::new() })
    }

    fn note(&mut self, line: &str) {
        if line.starts_with('/') {
            return self.homes.push(PathBuf::from(line));
        }
        let mut words = line.get(1..).unwrap_or_default().split(' ').map(str::parse::<u64>);
        let pid = words.next().and_then(Result::ok).and_then(|pid| u32::try_from(pid).ok());
        match (line.as_bytes().first(), pid, words.next()) {
            (Some(b'+'), Some(pid), Some(Ok(start))) => {
                self.oldest = self.oldest.min(start);
                self.subjects.insert(pid, start);
            }
            (Some(b'-'), Some(pid), _) => {
                self.subjects.remove(&pid);
            }
            _ => {}
        }
    }

    /// Ends every process that is left, until two looks in a row find none; returns whether that
    /// succeeded.
    fn end(&self, until: Instant) -> bool {
        let mut empty = 0;
        while empty < 2 {
            let Ok(left) = self.left() else { return false };
            empty = if left.is_empty() { empty + 1 } else { 0 };
            for stat in &left {
                // The members of a group that a subject leads are its descendants, and no fork can
                // escape a signal to the group.
                let leads = self.subjects.get(&stat.pid) == Some(&stat.start);
                if let Some(group) = to_pid(stat.group).filter(|_| leads && stat.group == stat.pid)
                {
                    let _ = kill_process_group(group, Signal::KILL);
                }
            }
            let identities: Vec<Identity> = left.iter().map(Stat::identity).collect();
            end_all(&identities, until);
            if !left.is_empty() && Instant::now() >= until {
                return false;
            }
        }
        true
    }

    /// Every living process that is a subject, descends from one, or carries a subject's tag or
    /// mark.
    fn left(&self) -> io::Result<Vec<Stat>> {
        let us = std::process::id();
        let stats: Vec<Stat> = procfs::all()?
            .into_iter()
            .filter(|pid| *pid != us)
            .filter_map(|pid| procfs::stat(pid).ok())
            .filter(|stat| stat.start >= self.oldest)
            .collect();
        let mut ours: HashSet<u32> =
            stats.iter().filter(|stat| self.is_ours(stat)).map(|stat| stat.pid).collect();
        // A child can be listed before its parent, so the list is searched again until nothing is
        // added.
        let mut before = usize::MAX;
        while before != ours.len() {
            before = ours.len();
            let below = stats.iter().filter(|stat| ours.contains(&stat.parent));
            ours.extend(below.map(|stat| stat.pid).collect::<Vec<_>>());
        }
        Ok(stats.into_iter().filter(|stat| ours.contains(&stat.pid) && !stat.is_zombie()).collect())
    }

    fn is_ours(&self, stat: &Stat) -> bool {
        let led = self.subjects.get(&stat.group).is_some_and(|start| *start <= stat.start);
        if led || self.subjects.get(&stat.pid) == Some(&stat.start) {
            return true;
        }
        let limit = procfs::realtime_limit(stat.pid).ok().flatten();
        if limit.is_some_and(|limit| self.limits.contains(&limit)) {
            return true;
        }
        let tag = procfs::variable(stat.pid, mark::VARIABLE).ok().flatten();
        tag.is_some_and(|tag| tag.starts_with(&self.prefix))
    }
}

#[cfg(test)]
mod tests {
    use super::Charge;

    #[test]
    fn subjects_come_and_go() {
        let mut charge = Charge::parse("run. 100 200").unwrap();
        for line in ["+7 70", "+8 80", "-7", "+", "-", "", "+9", "?8", "+x 1"] {
            charge.note(line);
        }
        assert_eq!(charge.subjects.into_iter().collect::<Vec<_>>(), [(8, 80)]);
        assert_eq!((charge.prefix.as_str(), charge.limits), ("run.", 100..200));
    }

    #[test]
    fn without_a_prefix_nothing_is_ended() {
        assert!(Charge::parse(" 100 200").is_none());
        assert!(Charge::parse("").is_none());
    }
}
