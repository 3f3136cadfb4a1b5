//! The processes that a subject leaves behind: given a moment to end, recorded, then ended, until
//! none is left.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use rustix::process::{Signal, kill_process_group};

use super::family::{self, Look, Meet, Relative};
use super::handle::{Handle, to_pid};
use super::patience::Patience;
use super::procfs::{self, Identity};
use super::survivor;
use crate::leak::{Fate, Leak};

/// The number of processes that are held at once: a subject that forks without end must not use up
/// our descriptors.
pub(super) const HELD: usize = 512;

/// The interval between two looks at working descendants.
const MOMENT: Duration = Duration::from_millis(20);

/// The outcome of a sweep.
#[derive(Debug, Default)]
pub(crate) struct Swept {
    pub(crate) survivors: Vec<Leak>,
    pub(crate) doubts: Vec<String>,
}

/// Sweeps the descendants of one subject.
pub(crate) struct Sweep<'a> {
    pub(crate) number: u64,
    pub(crate) patience: &'a Patience,
    /// The time limit for descendants to end by themselves.
    pub(crate) settled: Instant,
    /// The time limit for descendants that are still working.
    pub(crate) patient: Instant,
    /// When to give up.
    pub(crate) bound: Instant,
    /// Examine every process of the system, not only our own children.
    pub(crate) thorough: bool,
    /// The subject's process group, until the subject is reaped: until then the number cannot
    /// belong to another group.
    pub(crate) group: Option<u32>,
}

impl Sweep<'_> {
    /// Ends all descendants that are left, until two looks in a row find none.
    pub(crate) async fn run(&self) -> Swept {
        let mut swept = Swept::default();
        let mut recorded = HashSet::new();
        let mut left = self.settle(&mut swept.doubts).await;
        let (mut empty, mut stirred) = (0, false);
        while empty < 2 {
            // Record everything before killing anything: a killed process holds nothing.
            for member in left.iter().filter(|member| is_alive(member)) {
                if recorded.insert(member.stat.identity()) {
                    swept.survivors.push(survivor::record(member, Some(self.number)));
                }
            }
            self.end(&left).await;
            if (!left.is_empty() || stirred) && Instant::now() >= self.bound {
                if left.is_empty() {
                    swept
                        .doubts
                        .push("processes were still being started at the time limit".to_owned());
                }
                break;
            }
            (left, stirred) = self.look(Meet::Freeze, &mut swept.doubts);
            empty = if left.is_empty() && !stirred { empty + 1 } else { 0 };
        }
        for survivor in &mut swept.survivors {
            let identity = Identity { pid: survivor.pid, start: survivor.start_time };
            if !procfs::is_alive(identity) {
                survivor.fate = Fate::Killed;
            }
        }
        swept.doubts.extend(left.iter().filter(|member| is_alive(member)).map(|member| {
            format!(
                "{} ({}) was still running at the time limit",
                member.stat.comm, member.stat.pid
            )
        }));
        swept.doubts.dedup();
        swept
    }

    /// Waits for descendants to end by themselves, and returns those that remain. Children that
    /// depend on the subject end a few milliseconds after it: the kernel notifies them of its end,
    /// and they run when they are scheduled. On a busy machine that is late: a child that wants the
    /// processor at the time limit gets more time, as long as it still wants it.
    async fn settle(&self, doubts: &mut Vec<String>) -> Vec<Relative> {
        let mut until = self.settled.min(self.bound);
        loop {
            let (members, stirred) = self.look(Meet::Watch, doubts);
            if members.is_empty() && !stirred {
                return members;
            }
            let now = Instant::now();
            if now >= until {
                let longer = (now + MOMENT).min(self.patient);
                if now >= longer || !members.iter().any(|member| member.stat.is_at_work()) {
                    return members;
                }
                until = longer;
            }
            for handle in handles(&members) {
                handle.ended(self.patience, until).await;
            }
            // Those that ended may have left children of their own: look again, which also reaps.
        }
    }

    /// The descendants that are left, and whether there were others a moment ago.
    fn look(&self, meet: Meet, doubts: &mut Vec<String>) -> (Vec<Relative>, bool) {
        let look = if self.thorough {
            family::look_everywhere(self.number, meet)
        } else {
            family::look(self.number, meet)
        };
        let Look { members, doubts: new, stirred } = look;
        doubts.extend(new);
        (members, stirred)
    }

    /// Kills by group first, which no fork can escape, and then one by one; waits until they are
    /// gone.
    async fn end(&self, members: &[Relative]) {
        if members.is_empty() {
            return;
        }
        let ours = family::ourselves().map_or(0, |us| us.session);
        // A session cannot be joined: if a descendant created it, all its groups consist of
        // descendants.
        let apart =
            |member: &&Relative| ours != 0 && member.stat.session != ours && is_alive(member);
        let groups = members.iter().filter(apart).map(|member| member.stat.group);
        let groups: HashSet<u32> = groups.chain(self.group).collect();
        for group in groups.into_iter().filter_map(to_pid) {
            // If no process is left to kill, that is the aim.
            let _ = kill_process_group(group, Signal::KILL);
        }
        let handles = handles(members);
        for handle in &handles {
            let _ = handle.signal(Signal::KILL);
        }
        for handle in &handles {
            if handle.ended(self.patience, self.bound).await {
                handle.reap();
            }
        }
    }
}

fn is_alive(member: &Relative) -> bool {
    procfs::is_alive(member.stat.identity())
}

fn handles(members: &[Relative]) -> Vec<Handle> {
    let seen = members.iter().take(HELD);
    seen.filter_map(|member| Handle::of_seen(member.stat.identity())).collect()
}
