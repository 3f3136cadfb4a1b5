//! The tree of processes, as far as it is needed.

use std::collections::{HashMap, HashSet};
use std::io;

use shown::printable;

use crate::leak::Parent;

use super::procfs::{self, Stat};
use super::registry::{KIN, registry};

/// The number of pids after the subject's own that are examined: a few milliseconds at most.
const YOUNGER: u32 = 16_384;

/// Parents and children: asked of the kernel per process, or read once from many processes.
pub(crate) enum Table {
    Lists,
    Scanned(HashMap<u32, Vec<u32>>),
}

impl Table {
    /// Reads every process.
    pub(crate) fn scan() -> io::Result<(Self, Vec<Stat>)> {
        let stats: Vec<Stat> =
            procfs::all()?.into_iter().filter_map(|pid| procfs::stat(pid).ok()).collect();
        let mut children: HashMap<u32, Vec<u32>> = HashMap::new();
        for stat in &stats {
            children.entry(stat.parent).or_default().push(stat.pid);
        }
        Ok((Self::Scanned(children), stats))
    }

    /// Examines the processes with pids assigned after the subject's: every descendant has one,
    /// unless the numbers have wrapped around.
    ///
    /// To ask for the children of each thread would be simpler, but the kernel then keeps an entry
    /// in `/proc` for each thread. Reaping a process whose threads have such entries takes 10 ms on
    /// a busy machine, against 0.1 ms.
    pub(super) fn younger(pid: u32) -> io::Result<Self> {
        let last = procfs::last_pid()?;
        let mut children: HashMap<u32, Vec<u32>> = HashMap::new();
        if last.saturating_sub(pid) > YOUNGER {
            children.insert(pid, procfs::children_of_thread(pid, pid)?);
            return Ok(Self::Scanned(children));
        }
        // When many checks run at once there are many subjects of others, with nothing of ours
        // below them.
        let mut younger: Vec<u32> = (pid + 1..=last).collect();
        {
            let registry = registry();
            younger.retain(|pid| !registry.is_subject(*pid));
        }
        for pid in younger {
            if is_process(pid)
                && let Ok(stat) = procfs::stat(pid)
            {
                children.entry(stat.parent).or_default().push(pid);
            }
        }
        Ok(Self::Scanned(children))
    }

    fn children(&self, pid: u32) -> Vec<u32> {
        match self {
            // A process that has ended in the meantime has none.
            Self::Lists => procfs::children(pid).unwrap_or_default(),
            Self::Scanned(children) => children.get(&pid).cloned().unwrap_or_default(),
        }
    }

    /// All descendants of a process, each with its parents up to the start of that process's own
    /// chain; a bounded number.
    pub(crate) fn below(&self, root: &Stat, chain: &[Parent]) -> Vec<(Stat, Vec<Parent>)> {
        let mut found = Vec::new();
        let mut visited = HashSet::from([root.pid]);
        let mut open = vec![(root.clone(), chain.to_vec())];
        while let Some((parent, chain)) = open.pop() {
            for pid in self.children(parent.pid) {
                if found.len() >= KIN || !visited.insert(pid) {
                    continue;
                }
                if let Ok(stat) = procfs::stat(pid) {
                    let mut chain = chain.clone();
                    chain.insert(0, parent_of(&parent));
                    found.push((stat.clone(), chain.clone()));
                    open.push((stat, chain));
                }
            }
        }
        found
    }
}

/// Whether a number is that of a process, not of a thread; found without `/proc`.
#[cfg(target_os = "linux")]
pub(crate) fn is_process(pid: u32) -> bool {
    use rustix::process::{PidfdFlags, pidfd_open};

    super::handle::to_pid(pid).is_some_and(|pid| pidfd_open(pid, PidfdFlags::empty()).is_ok())
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn is_process(_pid: u32) -> bool {
    false
}

/// A process as a parent of another: only its name is looked up while the processes still change.
fn parent_of(stat: &Stat) -> Parent {
    Parent { pid: stat.pid, command: printable(stat.comm.as_bytes(), usize::MAX) }
}
