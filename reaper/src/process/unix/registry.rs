//! All subjects of this process: which pid belongs to which subject, and their known descendants.
//!
//! Hundreds of subjects run at once, and an orphan of any of them becomes a child of this one
//! process. So the registry knows which children are subjects, which ones other code has started,
//! and which subject each remaining child may descend from.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::leak::Parent;

use super::procfs::{Identity, Stat, TICKS_PER_SECOND};

/// The number of descendants of one subject that are remembered.
pub(super) const KIN: usize = 10_000;
/// The number of ended subjects that are remembered, to find the origin of an orphan.
const PAST: usize = 4_096;

/// A descendant that was seen while its parents were alive.
#[derive(Clone, Debug)]
struct Kin {
    clue: Clue,
    chain: Vec<Parent>,
    session: u32,
}

/// A subject from its start to the end of its shutdown.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(super) pid: u32,
    pub(super) label: String,
    pub(super) start: u64,
    /// Its stdin, stdout and stderr, as `/proc` shows descriptors that share them.
    pub(super) pipes: [String; 3],
    kin: HashMap<Identity, Kin>,
}

impl Entry {
    pub(crate) fn new(pid: u32, label: String, start: u64, pipes: [String; 3]) -> Self {
        Self { pid, label, start, pipes, kin: HashMap::new() }
    }
}

#[derive(Debug)]
struct Past {
    number: u64,
    label: String,
    start: u64,
    end: u64,
}

/// How it is known that a process descends from a subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Clue {
    /// It was seen below the subject.
    Seen,
    /// It is below a process that is known to descend from the subject.
    Below,
    /// It carries the subject's mark in its limits.
    Mark,
    /// It carries the subject's tag in its environment.
    Tag,
    /// It is in the process group of the subject, or of one of its descendants.
    Group,
    /// It is in the session of a descendant of the subject.
    Session,
    /// It holds one of the subject's pipes.
    Pipe,
    /// No other subject was running when it started.
    Only,
    /// It is ours, but its subject is unknown.
    Unknown,
}

#[derive(Debug, Default)]
pub(crate) struct Registry {
    subjects: BTreeMap<u64, Entry>,
    numbers: HashMap<u32, u64>,
    past: VecDeque<Past>,
    spared: HashSet<Identity>,
    last: u64,
}

impl Registry {
    /// Reserves a number for a subject that is about to be started.
    pub(crate) fn reserve(&mut self) -> u64 {
        self.last += 1;
        self.last
    }

    pub(crate) fn add(&mut self, number: u64, entry: Entry) {
        self.numbers.insert(entry.pid, number);
        self.subjects.insert(number, entry);
    }

    /// Records the end of a subject's shutdown, `age` after its start. A subject that was not
    /// reaped keeps its pid here: it is still not an orphan.
    pub(crate) fn finish(&mut self, number: u64, age: Duration, reaped: bool) {
        let Some(entry) = self.subjects.remove(&number) else { return };
        if reaped && self.numbers.get(&entry.pid) == Some(&number) {
            self.numbers.remove(&entry.pid);
        }
        if self.past.len() == PAST {
            self.past.pop_front();
        }
        // One tick more, because start times are rounded down.
        let ticks = age.as_millis() as u64 * TICKS_PER_SECOND / 1000 + 1;
        let (label, start) = (entry.label, entry.start);
        self.past.push_back(Past { number, label, start, end: start + ticks });
    }

    pub(super) fn get(&self, number: u64) -> Option<&Entry> {
        self.subjects.get(&number)
    }

    /// The pids and start times of the subjects that are running.
    pub(super) fn running(&self) -> Vec<(u32, u64)> {
        self.subjects.values().map(|entry| (entry.pid, entry.start)).collect()
    }

    /// The label of a subject, running or ended.
    pub(super) fn label(&self, number: u64) -> Option<String> {
        let past = || self.past.iter().find(|past| past.number == number).map(|past| &past.label);
        self.subjects.get(&number).map(|entry| &entry.label).or_else(past).cloned()
    }

    /// Whether a child is a subject.
    pub(super) fn is_subject(&self, pid: u32) -> bool {
        self.numbers.contains_key(&pid)
    }

    /// Leaves a process alone that other code of this process started.
    pub(super) fn spare(&mut self, identity: Identity) {
        self.spared.insert(identity);
    }

    pub(super) fn is_spared(&self, identity: Identity) -> bool {
        self.spared.contains(&identity)
    }

    /// Remembers a descendant of a subject.
    pub(super) fn see(&mut self, number: u64, stat: &Stat, clue: Clue, chain: Vec<Parent>) {
        if let Some(entry) = self.subjects.get_mut(&number)
            && entry.kin.len() < KIN
        {
            // Keep the first record: later the parents may have ended.
            let kin = entry.kin.entry(stat.identity());
            kin.or_insert(Kin { clue, chain, session: 0 }).session = stat.session;
        }
    }

    /// The parents of a process when it was first seen, nearest first.
    pub(super) fn chain(&self, number: u64, identity: Identity) -> Vec<Parent> {
        let kin = self.subjects.get(&number).and_then(|entry| entry.kin.get(&identity));
        kin.map(|kin| kin.chain.clone()).unwrap_or_default()
    }

    /// The subject that a recorded process descends from, and how that was first known.
    pub(super) fn by_sight(&self, identity: Identity) -> Option<(u64, Clue)> {
        let mut subjects = self.subjects.iter();
        subjects.find_map(|(number, entry)| Some((*number, entry.kin.get(&identity)?.clue)))
    }

    /// The subject that owns the group or session of a process; `ours` is the session of this
    /// process.
    ///
    /// A group counts only if a descendant created it: within our session a process can join the
    /// group of a stranger. A session cannot be joined, so every session that is not ours and has a
    /// descendant in it was created by a descendant.
    pub(super) fn by_group(&self, stat: &Stat, ours: u32) -> Option<(u64, Clue)> {
        self.subjects.iter().find_map(|(number, entry)| {
            // A reused pid belongs to a younger process, and so does the group that it names.
            let mut older_kin = entry.kin.iter().filter(|(kin, _)| kin.start <= stat.start);
            if entry.start > stat.start {
                None
            } else if stat.group == entry.pid
                || older_kin.clone().any(|(kin, _)| kin.pid == stat.group)
            {
                Some((*number, Clue::Group))
            } else if stat.session != ours && older_kin.any(|(_, kin)| kin.session == stat.session)
            {
                Some((*number, Clue::Session))
            } else {
                None
            }
        })
    }

    /// The subject that has one of its pipes among these targets of descriptors.
    pub(super) fn by_pipe(&self, targets: &[(u32, String)]) -> Option<u64> {
        let shares = |entry: &Entry| targets.iter().any(|(_, target)| entry.pipes.contains(target));
        self.subjects.iter().find(|(_, entry)| shares(entry)).map(|(number, _)| *number)
    }

    /// The only subject that can have been running when a process started, if there is just one.
    pub(super) fn only_candidate(&self, start: u64) -> Option<u64> {
        let running = self.subjects.iter().filter(|(_, entry)| entry.start <= start);
        let past = self.past.iter().filter(|past| past.start <= start && start <= past.end);
        let mut candidates = running.map(|(number, _)| *number).chain(past.map(|past| past.number));
        candidates.next().filter(|_| candidates.next().is_none())
    }
}

pub(crate) fn registry() -> MutexGuard<'static, Registry> {
    static REGISTRY: LazyLock<Mutex<Registry>> = LazyLock::new(Mutex::default);
    REGISTRY.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Held while a process is started, until its pid is registered: by one thread at a time, because
/// the mark of the new process is set on this whole process. It also protects pipes that are
/// inheritable for a moment (systems without `pipe2`): a process started in that moment would hold
/// another subject's stdin open.
///
/// A thread that holds it without starting a process knows that every child of this process is
/// registered.
pub(crate) fn starting() -> MutexGuard<'static, ()> {
    static STARTING: Mutex<()> = Mutex::new(());
    STARTING.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::procfs::Stat;
    use super::{Clue, Entry, Registry};

    const OURS: u32 = 1;

    fn stat(pid: u32, group: u32, session: u32, start: u64) -> Stat {
        Stat {
            pid,
            comm: "sh".to_owned(),
            state: 'S',
            parent: OURS,
            group,
            session,
            start,
            worked: 0,
            threads: 1,
            is_exiting: false,
        }
    }

    fn subject(pid: u32, start: u64) -> Entry {
        let pipes = [0, 1, 2].map(|end| format!("pipe:[{pid}{end}]"));
        Entry::new(pid, format!("subject {pid}"), start, pipes)
    }

    #[test]
    fn group_says_whose_unless_it_may_be_joined_by_anybody() {
        let mut registry = Registry::default();
        registry.add(7, subject(70, 1000));
        assert_eq!(registry.by_group(&stat(80, 70, OURS, 1000), OURS), Some((7, Clue::Group)));
        assert_eq!(registry.by_group(&stat(80, 70, OURS, 999), OURS), None, "an older process");
        assert_eq!(registry.by_group(&stat(80, 80, OURS, 1001), OURS), None);

        registry.see(7, &stat(71, 30, OURS, 1001), Clue::Seen, Vec::new());
        registry.see(7, &stat(72, 72, 72, 1001), Clue::Seen, Vec::new());
        let joined = stat(81, 30, OURS, 1002);
        assert_eq!(registry.by_group(&joined, OURS), None, "a group that no descendant created");
        assert_eq!(registry.by_group(&stat(82, 72, 72, 1002), OURS), Some((7, Clue::Group)));
        assert_eq!(registry.by_group(&stat(83, 83, 72, 1002), OURS), Some((7, Clue::Session)));
    }

    #[test]
    fn pipe_says_whose() {
        let mut registry = Registry::default();
        registry.add(7, subject(70, 1000));
        registry.add(8, subject(80, 1000));
        let held = |target: &str| [(1, "/dev/null".to_owned()), (2, target.to_owned())];
        assert_eq!(registry.by_pipe(&held("pipe:[802]")), Some(8));
        assert_eq!(registry.by_pipe(&held("pipe:[902]")), None);
    }

    #[test]
    fn only_a_subject_that_was_alone_is_the_origin_of_the_unknown() {
        let mut registry = Registry::default();
        registry.add(7, subject(70, 1000));
        assert_eq!(registry.only_candidate(999), None);
        assert_eq!(registry.only_candidate(1000), Some(7));
        registry.add(8, subject(80, 1010));
        assert_eq!((registry.only_candidate(1009), registry.only_candidate(1010)), (Some(7), None));
        registry.finish(7, Duration::from_millis(200), true);
        assert_eq!(registry.only_candidate(1015), None, "both were running then");
        assert_eq!(registry.only_candidate(1022), Some(8), "one had ended by then");
        assert_eq!(registry.label(7).as_deref(), Some("subject 70"));
    }

    #[test]
    fn subject_that_was_not_reaped_keeps_its_pid() {
        let mut registry = Registry::default();
        registry.add(7, subject(70, 1000));
        registry.add(8, subject(80, 1000));
        registry.finish(7, Duration::ZERO, true);
        registry.finish(8, Duration::ZERO, false);
        assert_eq!((registry.is_subject(70), registry.is_subject(80)), (false, true));
    }
}
