//! The descendants of a subject: recorded below it while it lives, recognized among our adopted
//! orphans afterwards.

use std::cell::Cell;
use std::collections::HashSet;
use std::io;
use std::sync::OnceLock;

use rustix::process::Signal;

use crate::leak::Parent;

use super::handle::Handle;
use super::mark;
use super::mechanism::{Finding, Mechanism};
use super::procfs::{self, Identity, Stat};
use super::registry::{Clue, registry, starting};
use super::table::Table;
use super::threads;

/// A living descendant of a subject.
#[derive(Clone, Debug)]
pub(super) struct Relative {
    pub(super) stat: Stat,
    pub(super) clue: Clue,
    /// Its parents when it was first seen, nearest first; empty if it was an orphan by then.
    pub(super) chain: Vec<Parent>,
}

/// The result of one look.
#[derive(Debug, Default)]
pub(super) struct Look {
    pub(super) members: Vec<Relative>,
    pub(super) doubts: Vec<String>,
    /// Whether an orphan was found dead that may have left another: then it is not proven that none
    /// is left.
    pub(super) stirred: bool,
}

/// What to do with a descendant as soon as it is recognized.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meet {
    /// Nothing.
    Watch,
    /// Stop it, so that it cannot start another and end before it is recorded.
    Freeze,
}

/// One look, as it goes on.
struct Looking {
    number: u64,
    meet: Meet,
    stirred: Cell<bool>,
}

impl Look {
    fn at(look: &Looking, found: io::Result<Vec<Relative>>) -> Self {
        let stirred = look.stirred.get();
        match found {
            Ok(members) => Self { members, doubts: Vec::new(), stirred },
            Err(error) => {
                let doubt = format!("the processes could not be listed: {error}");
                Self { members: Vec::new(), doubts: vec![doubt], stirred }
            }
        }
    }
}

/// This process at the first look. Its group and session serve for comparison: a descendant of a
/// subject is in others.
pub(super) fn ourselves() -> io::Result<&'static Stat> {
    static OURSELVES: OnceLock<Stat> = OnceLock::new();
    if let Some(stat) = OURSELVES.get() {
        return Ok(stat);
    }
    let stat = procfs::stat(std::process::id())?;
    Ok(OURSELVES.get_or_init(|| stat))
}

/// Records every process that is below a living subject now.
pub(crate) fn observe(number: u64) {
    let Some(pid) = registry().get(number).map(|entry| entry.pid) else { return };
    let table = match Mechanism::in_force().finding {
        Finding::Subreaper => Table::younger(pid),
        Finding::Scan => Table::scan().map(|(table, _)| table),
        Finding::Group => return,
    };
    // What cannot be seen now is still found later, but without its parents.
    let (Ok(table), Ok(root)) = (table, procfs::stat(pid)) else { return };
    let found = table.below(&root, &[]);
    let mut registry = registry();
    for (stat, chain) in found {
        registry.see(number, &stat, Clue::Seen, chain);
    }
}

/// The living descendants of a subject, whether or not the subject lives. Descendants that have
/// ended by themselves are reaped.
pub(super) fn look(number: u64, meet: Meet) -> Look {
    let looking = Looking::new(number, meet);
    match Mechanism::in_force().finding {
        Finding::Subreaper => Look::at(&looking, among_orphans(&looking)),
        Finding::Scan => look_everywhere(number, meet),
        Finding::Group => Look::default(),
    }
}

/// Like [`look`], over all processes of the system: for systems without a subreaper, or when the
/// cheap look may have missed one.
pub(super) fn look_everywhere(number: u64, meet: Meet) -> Look {
    let looking = Looking::new(number, meet);
    Look::at(&looking, among_all(&looking))
}

impl Looking {
    fn new(number: u64, meet: Meet) -> Self {
        Self { number, meet, stirred: Cell::new(false) }
    }

    /// Recognizes a descendant.
    fn met(&self, identity: Identity) {
        if self.meet == Meet::Freeze
            && let Some(handle) = Handle::of_seen(identity)
        {
            let _ = handle.signal(Signal::STOP);
        }
    }
}

/// The subject's descendants among our own children: with a subreaper, every orphan is one of them.
fn among_orphans(looking: &Looking) -> io::Result<Vec<Relative>> {
    let number = looking.number;
    let mut roots = below_subject(number, &Table::Lists);
    let orphans = adopted()?;
    if !orphans.is_empty() {
        // A subject that another thread is just starting looks like an orphan until its pid is
        // registered.
        let nothing_starting = starting();
        let orphans = adopted()?;
        drop(nothing_starting);
        roots.extend(orphans.into_iter().filter_map(|stat| member(looking, stat, true)));
    }
    Ok(with_descendants(looking, roots, &Table::Lists))
}

fn among_all(looking: &Looking) -> io::Result<Vec<Relative>> {
    let number = looking.number;
    let nothing_starting = starting();
    let (table, stats) = Table::scan()?;
    drop(nothing_starting);
    let us = ourselves()?.pid;
    let strangers = stats.into_iter().filter(|stat| stat.pid != us && is_stranger(stat));
    let mut roots = below_subject(number, &table);
    roots.extend(strangers.filter_map(|stat| {
        let is_adopted = stat.parent == us && is_apart(&stat);
        member(looking, stat, is_adopted)
    }));
    Ok(with_descendants(looking, roots, &table))
}

fn below_subject(number: u64, table: &Table) -> Vec<Relative> {
    let pid = registry().get(number).map(|entry| entry.pid);
    let Some(root) = pid.and_then(|pid| procfs::stat(pid).ok()).filter(|root| !root.is_zombie())
    else {
        return Vec::new();
    };
    let below = table.below(&root, &[]).into_iter();
    below.map(|(stat, chain)| Relative { stat, clue: Clue::Seen, chain }).collect()
}

/// Our children that are neither subjects nor started by other code of this process.
pub(super) fn adopted() -> io::Result<Vec<Stat>> {
    let us = ourselves()?;
    // The kernel gives orphans to the first living thread, which is the one that runs `main`.
    let children =
        procfs::children_of_thread(us.pid, us.pid).or_else(|_| procfs::children(us.pid))?;
    let strangers: Vec<u32> = {
        let registry = registry();
        children.into_iter().filter(|pid| !registry.is_subject(*pid)).collect()
    };
    let stats = strangers.into_iter().filter_map(|pid| procfs::stat(pid).ok());
    Ok(stats.filter(|stat| is_stranger(stat) && is_apart(stat)).collect())
}

pub(super) fn is_stranger(stat: &Stat) -> bool {
    let registry = registry();
    !registry.is_subject(stat.pid) && !registry.is_spared(stat.identity())
}

/// Whether a process is outside of our process group, as every subject is from its start; children
/// of other code in this process are usually inside.
fn is_apart(stat: &Stat) -> bool {
    ourselves().is_ok_and(|us| stat.group != us.group || stat.session != us.session)
}

fn member(looking: &Looking, stat: Stat, is_adopted: bool) -> Option<Relative> {
    let number = looking.number;
    let owner = owner(&stat, is_adopted);
    let is_ours = matches!(owner, Some((owner, _)) if owner == number);
    if stat.is_zombie() {
        // A process that ended by itself is no leak. If its subject is forgotten, it may be reaped
        // for any.
        let is_others = owner.is_some_and(|(owner, _)| registry().get(owner).is_some());
        if is_adopted && (is_ours || !is_others) {
            reap(stat.identity());
            looking.stirred.set(true);
        }
        return None;
    }
    let (_, clue) = owner.filter(|_| is_ours)?;
    looking.met(stat.identity());
    let chain = registry().chain(number, stat.identity());
    Some(Relative { stat, clue, chain })
}

fn reap(identity: Identity) {
    if let Some(handle) = Handle::of_seen(identity) {
        handle.reap();
    }
}

fn with_descendants(looking: &Looking, roots: Vec<Relative>, table: &Table) -> Vec<Relative> {
    let number = looking.number;
    let mut members: Vec<Relative> = Vec::new();
    let mut known: HashSet<Identity> = HashSet::new();
    for root in roots {
        let below = table.below(&root.stat, &root.chain);
        let below = below.into_iter().filter(|(stat, _)| is_stranger(stat) && !stat.is_zombie());
        let below = below.map(|(stat, chain)| Relative { stat, clue: Clue::Below, chain });
        for member in std::iter::once(root).chain(below.collect::<Vec<_>>()) {
            if !member.stat.is_zombie() && known.insert(member.stat.identity()) {
                looking.met(member.stat.identity());
                registry().see(number, &member.stat, member.clue, member.chain.clone());
                members.push(member);
            }
        }
    }
    members
}

/// The subject that a process descends from, and how that is known; the surest clue first.
pub(super) fn owner(stat: &Stat, is_adopted: bool) -> Option<(u64, Clue)> {
    if let Some(owner) = registry().by_sight(stat.identity()) {
        return Some(owner);
    }
    let limit = procfs::realtime_limit(stat.pid).ok().flatten();
    if let Some(number) = limit.and_then(mark::subject_of_limit) {
        return Some((number, Clue::Mark));
    }
    let tag = procfs::variable(stat.pid, mark::VARIABLE).ok().flatten();
    if let Some(number) = tag.as_deref().and_then(mark::subject_of) {
        return Some((number, Clue::Tag));
    }
    if let Some(owner) = registry().by_group(stat, ourselves().ok()?.session) {
        return Some(owner);
    }
    // A process that is neither marked nor adopted belongs to others: its descriptors are not
    // examined.
    if !is_adopted {
        return None;
    }
    let targets = threads::descriptors(stat.pid).found;
    let registry = registry();
    registry
        .by_pipe(&targets)
        .map(|number| (number, Clue::Pipe))
        .or_else(|| registry.only_candidate(stat.start).map(|number| (number, Clue::Only)))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use tokio::io::AsyncReadExt;

    use super::super::{Launch, Process, take_undelivered_of};
    use super::{Clue, Meet, look_everywhere};

    /// The same daemon is found on systems that do not adopt orphans, by a scan of all processes.
    #[test]
    fn daemon_is_found_among_all_processes() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            // Both lines together mean: the daemon runs, and its parent has ended.
            let daemon = "sh -c 'echo 1; exec sleep 1000 >/dev/null'";
            let script = format!("setsid -f env -i {daemon}; echo 2; exec cat");
            let (process, stdin, mut stdout) = Process::spawn(&Launch {
                program: "sh".into(),
                args: vec!["-c".into(), script.into()],
                env: BTreeMap::from([("PATH".into(), "/usr/bin:/bin".into())]),
                cwd: "/".into(),
                stderr_cap: 0,
                label: "looked for everywhere".to_owned(),
            })
            .unwrap();
            stdout.read_exact(&mut [0; 4]).await.unwrap();
            let look = look_everywhere(process.number, Meet::Watch);
            assert_eq!(look.doubts, Vec::<String>::new());
            let daemon = look.members.iter().find(|member| member.stat.session == member.stat.pid);
            assert_eq!(daemon.map(|daemon| daemon.clue), Some(Clue::Mark));
            drop(stdin);
        });
        let reports = take_undelivered_of(|report| report.label == "looked for everywhere");
        assert_eq!(reports[0].survivors.len(), 1, "{reports:?}");
    }
}
