//! Records a process that the command left behind, before it is gone.

use std::time::Duration;

use crate::leak::{Class, Fate, Leak, Parent, State};
use crate::process::executable;
use crate::process::procfs::attempt_of;
use crate::process::procfs::{self, Stat, TICKS_PER_SECOND};
use crate::process::survivor::{Held, command_of, named};
use crate::process::threads;

use super::births::{Family, UNSEEN};
use super::report::Births;
use super::streams::Streams;
use super::wording::way;

/// The context in which a process is judged.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scene<'a> {
    pub(super) family: &'a Family,
    pub(super) streams: &'a Streams,
    /// The pid of the command.
    pub(super) command: u32,
    /// The time since it ended.
    pub(super) since: Duration,
}

impl Scene<'_> {
    /// A living descendant.
    pub(super) fn descendant(self, stat: &Stat) -> Leak {
        let mut leak = self.leak(stat, Class::Descendant);
        let relation = relation(&leak.parents, self.command, self.family.means());
        leak.how = format!("{relation}, {}", self.place(stat));
        leak.fate = Fate::Remains;
        leak
    }

    /// A child that had ended and was not reaped.
    pub(super) fn zombie(self, stat: &Stat) -> Leak {
        let mut leak = self.leak(stat, Class::Zombie);
        leak.how = match leak.parents.first() {
            Some(Parent { pid, command }) => format!("left unreaped by {command} ({pid})"),
            None => "left unreaped by an unknown parent".to_owned(),
        };
        leak.state = State::Zombie;
        leak.fate = Fate::Reaped;
        leak
    }

    /// A process that does not descend from the command but holds one of its pipes.
    pub(super) fn sibling(self, stat: &Stat) -> Leak {
        let mut leak = self.leak(stat, Class::Sibling);
        let whose = match &leak.tag.id {
            Some(id) => format!("it belongs to {id}"),
            None => "it carries no test id".to_owned(),
        };
        leak.how = format!("does not descend from the command, but holds its pipe; {whose}");
        leak.fate = Fate::Kept;
        leak
    }

    /// A process that does not descend from the command, but was given its pipe by it.
    pub(super) fn receiver(self, stat: &Stat) -> Leak {
        let mut leak = self.sibling(stat);
        let parents = procfs::stat(stat.parent)
            .ok()
            .map(|parent| Parent { pid: parent.pid, command: command_of(&parent) });
        let parent = parents.map_or(String::new(), |parent| format!("; its parent is {parent}"));
        leak.how = format!(
            "does not descend from the command, which passed its pipe on (over a socket, or by \
             a reopened descriptor){parent}"
        );
        leak
    }

    fn leak(self, stat: &Stat, class: Class) -> Leak {
        let ticks = procfs::now().unwrap_or(stat.start).saturating_sub(stat.start);
        let age = Duration::from_millis(ticks * 1000 / TICKS_PER_SECOND);
        // A process that ends right now holds nothing any more.
        let Held { holds, more: more_holds, unread } = self.streams.holds(stat.pid);
        Leak {
            pid: stat.pid,
            start_time: stat.start,
            command: self.command_line(stat),
            program: executable::unnamed(stat.pid),
            class,
            state: State::of(threads::state_of(stat)),
            fate: Fate::Remains,
            parents: self.family.parents(stat.pid),
            pgid: stat.group,
            sid: stat.session,
            subject: None,
            tag: attempt_of(stat.pid),
            holds,
            more_holds,
            unread,
            age: age.saturating_sub(self.since),
            how: String::new(),
        }
    }

    /// A process that is about to end has lost its command line, but may have been seen with one.
    fn command_line(self, stat: &Stat) -> String {
        let line = procfs::command_line(stat.pid);
        let is_lost = line.as_ref().is_ok_and(String::is_empty);
        let seen = self.family.command(stat.pid).filter(|seen| is_lost && *seen != UNSEEN);
        seen.map_or_else(|| named(stat, &line.unwrap_or_default()), ToOwned::to_owned)
    }

    fn place(self, stat: &Stat) -> String {
        // Both are 0 if they are outside of our container.
        let (ours, group) =
            procfs::stat(std::process::id()).map_or((0, 0), |us| (us.session, us.group));
        if stat.session == stat.pid {
            "in a session of its own".to_owned()
        } else if stat.session != ours {
            format!("in session {}, which a descendant began", stat.session)
        } else if stat.group == self.command || stat.group == group {
            "in the command's process group".to_owned()
        } else {
            format!("in process group {}, not the command's", stat.group)
        }
    }
}

fn relation(parents: &[Parent], command: u32, means: Births) -> String {
    match parents {
        [only] if only.pid == command => "child of the command".to_owned(),
        [between @ .., last] if last.pid == command => {
            format!("descendant of the command by way of {}", way(between).join(", "))
        }
        _ if means == Births::Connector => {
            "descendant whose birth the kernel did not report".to_owned()
        }
        _ => "descendant whose parent had ended before it was first seen".to_owned(),
    }
}
