//! The parents of every process below the command, recorded at its birth, because they cannot be
//! found afterwards.

#[cfg(target_os = "linux")]
mod connector;
mod sampling;

use std::collections::HashMap;
use std::os::fd::BorrowedFd;
use std::time::Instant;

use crate::process::procfs;

use super::report::Births;
use crate::leak::Parent;

use sampling::Sampling;

/// The number of parents of one process that are reported.
const CHAIN: usize = 64;
/// The number of processes that are remembered before those that have ended are forgotten.
const REMEMBERED: usize = 20_000;

/// The name of a program that ended before it could be examined.
pub(super) const UNSEEN: &str = "(a program that ended before it could be looked at)";

/// The record of one process below the command.
#[derive(Clone, Debug)]
struct Node {
    parents: Vec<Parent>,
    command: String,
    /// When it ended, by the kernel's clock.
    ended: Option<u64>,
}

/// All processes below the command, by pid; a reused pid refers to the younger process.
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
    /// Starts to listen; must be called before the command is started, so that no birth is missed.
    pub(super) fn listen(wanted: Option<Births>) -> Self {
        Self { source: source(wanted), nodes: Nodes::default(), lost: false }
    }

    /// The means in use.
    pub(super) fn means(&self) -> Births {
        match self.source {
            #[cfg(target_os = "linux")]
            Source::Connector(_) => Births::Connector,
            Source::Sampling(_) => Births::Sampling,
            Source::Nothing => Births::Unknown,
        }
    }

    /// Whether births were missed although the means should report all of them.
    pub(super) fn lost(&self) -> bool {
        self.lost
    }

    /// Registers the command.
    pub(super) fn found(&mut self, pid: u32, command: String) {
        let root = Node { parents: Vec::new(), command, ended: None };
        self.nodes.nodes.insert(pid, root);
    }

    /// Becomes readable when there is an event to record.
    pub(super) fn fd(&self) -> Option<BorrowedFd<'_>> {
        match &self.source {
            #[cfg(target_os = "linux")]
            Source::Connector(connector) => Some(connector.fd()),
            _ => None,
        }
    }

    /// When to look although no event came.
    pub(super) fn due(&self) -> Option<Instant> {
        match &self.source {
            Source::Sampling(sampling) => Some(sampling.due()),
            _ => None,
        }
    }

    /// Records the events so far.
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

    /// The last known name of a process; its command line is lost when it ends.
    pub(super) fn command(&self, pid: u32) -> Option<&str> {
        self.nodes.nodes.get(&pid).map(|node| node.command.as_str())
    }

    /// Whether a dead process had ended before its parent did, so that its parent has not reaped
    /// it; `None` if unknown.
    pub(super) fn was_left_unreaped(&self, pid: u32) -> Option<bool> {
        let node = self.nodes.nodes.get(&pid)?;
        let parent = self.nodes.nodes.get(&node.parents.first()?.pid)?;
        match (node.ended?, parent.ended) {
            (ended, Some(parent)) => Some(ended <= parent),
            (_, None) => Some(true),
        }
    }

    /// Whether a process ended after another one, as far as known.
    pub(super) fn outlived(&self, pid: u32, other: u32) -> bool {
        let ended = |pid| self.nodes.nodes.get(&pid).and_then(|node| node.ended);
        ended(pid).zip(ended(other)).is_some_and(|(ended, other)| ended > other)
    }

    /// Whether a process is a living descendant, as far as known.
    pub(super) fn is_alive(&self, pid: u32) -> bool {
        self.nodes.nodes.get(&pid).is_some_and(|node| node.ended.is_none())
    }

    /// Whether the kernel has yet to report the end of a dead process, or of its parent.
    pub(super) fn is_unreported(&self, pid: u32) -> bool {
        let parent = self.nodes.nodes.get(&pid).and_then(|node| node.parents.first());
        self.is_alive(pid) || parent.is_some_and(|parent| self.is_alive(parent.pid))
    }
}

impl Nodes {
    /// Records a new child of a known process, or of a child of one.
    fn born(&mut self, parent: u32, child: u32) {
        let Some(node) = self.nodes.get(&parent) else { return };
        let mut parents = vec![Parent { pid: parent, command: node.command.clone() }];
        parents.extend(node.parents.iter().take(CHAIN - 1).cloned());
        // A fork is a copy: it has the name of its parent until it executes a program.
        let command = node.command.clone();
        if self.nodes.len() >= REMEMBERED {
            self.nodes.retain(|_, node| node.ended.is_none());
        }
        self.nodes.insert(child, Node { parents, command, ended: None });
    }

    /// Records that a process executes another program.
    #[cfg(target_os = "linux")]
    fn became(&mut self, pid: u32) {
        use crate::process::survivor::shown_command;

        if let Some(node) = self.nodes.get_mut(&pid) {
            node.command = shown_command(pid).unwrap_or_else(|| UNSEEN.to_owned());
        }
    }

    fn called(&mut self, pid: u32, command: String) {
        if let Some(node) = self.nodes.get_mut(&pid) {
            node.command = command;
        }
    }

    #[cfg(target_os = "linux")]
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

/// The means by which this process records births by default.
pub fn births() -> Births {
    Family::listen(None).means()
}
