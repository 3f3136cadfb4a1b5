//! What a subject leaves behind: given a moment to end, then recorded, then ended, until nothing is
//! left.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use rustix::process::{Signal, kill_process_group};

use super::family::{self, Look, Relative};
use super::handle::{Handle, to_pid};
use super::patience::Patience;
use super::procfs::{self, Identity};
use super::survivor;
use crate::leak::{Fate, Leak};

/// How many processes are held at once: a subject that forks without end must not use up our
/// descriptors.
pub(super) const HELD: usize = 512;

/// Between two looks at descendants that are at work.
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
    /// Until when descendants may end by themselves.
    pub(crate) settled: Instant,
    /// Until when those may that are at work.
    pub(crate) patient: Instant,
    /// When to give up.
    pub(crate) bound: Instant,
    /// Look at every process of the system instead of our own children.
    pub(crate) thorough: bool,
    /// The subject's process group, while its number is certainly its own: until the subject is
    /// reaped.
    pub(crate) group: Option<u32>,
}

impl Sweep<'_> {
    /// Ends whatever is left, until two looks in a row find nothing.
    pub(crate) async fn run(&self) -> Swept {
        let mut swept = Swept::default();
        let mut recorded = HashSet::new();
        let mut left = self.settle(&mut swept.doubts).await;
        let mut empty = 0;
        while empty < 2 {
            // Everything is written down before anything is killed: a killed process holds nothing.
            for member in left.iter().filter(|member| is_alive(member)) {
                if recorded.insert(member.stat.identity()) {
                    swept.survivors.push(survivor::record(member, Some(self.number)));
                }
            }
            self.end(&left).await;
            if !left.is_empty() && Instant::now() >= self.bound {
                break;
            }
            left = self.look(&mut swept.doubts);
            empty = if left.is_empty() { empty + 1 } else { 0 };
        }
        for survivor in &mut swept.survivors {
            let identity = Identity { pid: survivor.pid, start: survivor.start_time };
            if !procfs::is_alive(identity) {
                survivor.fate = Fate::Killed;
            }
        }
        swept.doubts.extend(left.iter().filter(|member| is_alive(member)).map(|member| {
            format!(
                "{} ({}) was still there when the time was up",
                member.stat.comm, member.stat.pid
            )
        }));
        swept.doubts.dedup();
        swept
    }

    /// Waits for descendants to end by themselves, and tells who is left. Children that are tied to
    /// the subject's life end a few milliseconds after it: the kernel tells them of its end, and
    /// they are scheduled when they are. On a busy machine that is late: one that wants the processor
    /// when its time is up gets more, as long as it does.
    async fn settle(&self, doubts: &mut Vec<String>) -> Vec<Relative> {
        let mut until = self.settled.min(self.bound);
        loop {
            let members = self.look(doubts);
            if members.is_empty() {
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
            // Those that ended may have left children of their own: another look, which also reaps.
        }
    }

    fn look(&self, doubts: &mut Vec<String>) -> Vec<Relative> {
        let look = match self.thorough {
            true => family::look_everywhere(self.number),
            false => family::look(self.number),
        };
        let Look { members, doubts: new } = look;
        doubts.extend(new);
        members
    }

    /// Kills by group first, which no fork can outrun, and then one by one; waits until they are
    /// gone.
    async fn end(&self, members: &[Relative]) {
        if members.is_empty() {
            return;
        }
        let ours = family::ourselves().map_or(0, |us| us.session);
        // A session cannot be joined: every group in one that a descendant created consists of
        // descendants.
        let apart =
            |member: &&Relative| ours != 0 && member.stat.session != ours && is_alive(member);
        let groups = members.iter().filter(apart).map(|member| member.stat.group);
        let groups: HashSet<u32> = groups.chain(self.group).collect();
        for group in groups.into_iter().filter_map(to_pid) {
            // Nobody left to be killed is what is wanted.
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
