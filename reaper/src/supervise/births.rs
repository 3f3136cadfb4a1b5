//! From whom every process below the command descends: noted when it is born, because afterwards
//! nobody can tell.

#[cfg(target_os = "linux")]
mod connector;
mod sampling;

use std::collections::HashMap;
use std::os::fd::BorrowedFd;
use std::time::Instant;

use crate::process::procfs;
use crate::process::survivor::shown_command;

use super::report::Births;
use crate::leak::Parent;

use sampling::Sampling;

/// How many parents of one process are told.
const CHAIN: usize = 64;
/// How many processes are remembered until those that have ended are forgotten.
const REMEMBERED: usize = 20_000;

/// What a program is called that ended before it could be looked at.
pub(super) const UNSEEN: &str = "(a program that ended before it could be looked at)";

/// What is known of one process below the command.
#[derive(Clone, Debug)]
struct Node {
    parents: Vec<Parent>,
    command: String,
    /// When it ended, by the kernel's clock.
    ended: Option<u64>,
}

/// Every process below the command, by pid: a number that is used again is the younger one's.
#[derive(Debug, Default)]
struct Nodes {
    nodes: HashMap<u32, Node>,
}

/// Watches births.
#[derive(Debug)]
pub(super) struct Family {
    source: Source,
    nodes: Nodes,
    lost: bool,
}

#[derive(Debug)]
enum Source {
    #[cfg(target_os = "linux")]
    Connector(connector::Connector),
    Sampling(Sampling),
    Nothing,
}

impl Family {
    /// Begins to listen; called before the command is started, so that no birth is missed.
    pub(super) fn listen(wanted: Option<Births>) -> Self {
        Self { source: source(wanted), nodes: Nodes::default(), lost: false }
    }

    /// By which means.
    pub(super) fn means(&self) -> Births {
        match self.source {
            #[cfg(target_os = "linux")]
            Source::Connector(_) => Births::Connector,
            Source::Sampling(_) => Births::Sampling,
            Source::Nothing => Births::Unknown,
        }
    }

    /// Whether births were missed although the means are complete.
    pub(super) fn lost(&self) -> bool {
        self.lost
    }

    /// Makes the command known.
    pub(super) fn found(&mut self, pid: u32, command: String) {
        let root = Node { parents: Vec::new(), command, ended: None };
        self.nodes.nodes.insert(pid, root);
    }

    /// Becomes readable when there is something to note.
    pub(super) fn fd(&self) -> Option<BorrowedFd<'_>> {
        match &self.source {
            #[cfg(target_os = "linux")]
            Source::Connector(connector) => Some(connector.fd()),
            _ => None,
        }
    }

    /// When to look although nothing tells.
    pub(super) fn due(&self) -> Option<Instant> {
        match &self.source {
            Source::Sampling(sampling) => Some(sampling.due()),
            _ => None,
        }
    }

    /// Notes what has happened.
    pub(super) fn note(&mut self) {
        match &mut self.source {
            #[cfg(target_os = "linux")]
            Source::Connector(connector) => self.lost |= !connector.read(&mut self.nodes),
            Source::Sampling(sampling) => sampling.look(&mut self.nodes),
            Source::Nothing => {}
        }
    }

    /// The parents of a process at its birth, nearest first.
    pub(super) fn parents(&self, pid: u32) -> Vec<Parent> {
        self.nodes.nodes.get(&pid).map(|node| node.parents.clone()).unwrap_or_default()
    }

    /// What a process was called last; its command line is lost when it ends.
    pub(super) fn command(&self, pid: u32) -> Option<&str> {
        self.nodes.nodes.get(&pid).map(|node| node.command.as_str())
    }

    /// Whether a process that is dead now had ended before its parent did, which then has not taken
    /// note; nothing if that is not known.
    pub(super) fn was_left_unreaped(&self, pid: u32) -> Option<bool> {
        let node = self.nodes.nodes.get(&pid)?;
        let parent = self.nodes.nodes.get(&node.parents.first()?.pid)?;
        match (node.ended?, parent.ended) {
            (ended, Some(parent)) => Some(ended <= parent),
            (_, None) => Some(true),
        }
    }

    /// Whether a process ended after another one, as far as is known.
    pub(super) fn outlived(&self, pid: u32, other: u32) -> bool {
        let ended = |pid| self.nodes.nodes.get(&pid).and_then(|node| node.ended);
        ended(pid).zip(ended(other)).is_some_and(|(ended, other)| ended > other)
    }

    /// Whether a process is one of the family, as far as is known.
    pub(super) fn is_alive(&self, pid: u32) -> bool {
        self.nodes.nodes.get(&pid).is_some_and(|node| node.ended.is_none())
    }

    /// Whether the end of a process that has ended, or that of its parent, is still to be told.
    pub(super) fn is_untold(&self, pid: u32) -> bool {
        let parent = self.nodes.nodes.get(&pid).and_then(|node| node.parents.first());
        self.is_alive(pid) || parent.is_some_and(|parent| self.is_alive(parent.pid))
    }
}

impl Nodes {
    /// A process that is known, or whose parent is, has a new child.
    fn born(&mut self, parent: u32, child: u32) {
        let Some(node) = self.nodes.get(&parent) else { return };
        let mut parents = vec![Parent { pid: parent, command: node.command.clone() }];
        parents.extend(node.parents.iter().take(CHAIN - 1).cloned());
        // A fork is a copy: it is called what its parent is called, until it says otherwise.
        let command = node.command.clone();
        if self.nodes.len() >= REMEMBERED {
            self.nodes.retain(|_, node| node.ended.is_none());
        }
        self.nodes.insert(child, Node { parents, command, ended: None });
    }

    /// A process has become another program.
    fn became(&mut self, pid: u32) {
        if let Some(node) = self.nodes.get_mut(&pid) {
            node.command = shown_command(pid).unwrap_or_else(|| UNSEEN.to_owned());
        }
    }

    fn called(&mut self, pid: u32, command: String) {
        if let Some(node) = self.nodes.get_mut(&pid) {
            node.command = command;
        }
    }

    fn ended(&mut self, pid: u32, at: u64) {
        if let Some(node) = self.nodes.get_mut(&pid) {
            node.ended = Some(at);
        }
    }

    fn knows(&self, pid: u32) -> bool {
        self.nodes.contains_key(&pid)
    }
}

fn source(wanted: Option<Births>) -> Source {
    #[cfg(target_os = "linux")]
    if matches!(wanted, None | Some(Births::Connector))
        && let Some(connector) = connector::Connector::open()
    {
        return Source::Connector(connector);
    }
    match procfs::last_pid() {
        Ok(last) if wanted != Some(Births::Unknown) => Source::Sampling(Sampling::from(last)),
        _ => Source::Nothing,
    }
}

/// By which means births are noted by this process if nothing else is wanted.
pub fn births() -> Births {
    Family::listen(None).means()
}
