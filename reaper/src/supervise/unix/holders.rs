//! Who holds the command's pipes, if they are open when no descendant is left.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use crate::leak::Leak;
use crate::process::procfs::Stat;
use crate::process::procfs::attempt_of;

use super::aftermath::{Aftermath, Watched, is_late, scene};
use super::session::Session;
use super::siblings::{self, Looked};

/// How long a process that is just being started may hold the descriptors of its parent.
const MOMENT: Duration = Duration::from_millis(20);
/// How long a process that was killed may take to end on a busy machine.
const DYING: Duration = Duration::from_secs(2);
/// The number of processes that may not be looked into and are named.
const NAMED: usize = 5;

/// Processes that hold a pipe of the command and do not descend from it.
#[derive(Debug, Default)]
pub(super) struct Siblings {
    /// They were given it by the command.
    pub(super) accused: Vec<Leak>,
    /// They may have it from elsewhere.
    pub(super) noted: Vec<Leak>,
}

/// Looks for such processes where there is a reason to.
pub(super) fn others(
    session: &mut Session<'_>,
    end: Instant,
    left: &[Watched],
    found: &mut Aftermath,
) -> Siblings {
    let streams = &session.streams;
    // A process that is left explains it.
    let explained = left.iter().any(|left| left.is_there() && left.may_hold());
    let is_open = streams.are_open() && !explained;
    let suspicious = left.iter().any(|left| !is_late(left)) || is_open;
    // Outside of a test run, the parent of this process rightly shares its streams.
    let is_test = attempt_of(std::process::id()).id.is_some() || streams.are_captured();
    let is_asked = (suspicious || session.how.siblings) && is_test;
    if !is_open && !is_asked && !streams.is_blind() {
        return Siblings::default();
    }
    let below: HashSet<u32> = left.iter().map(|left| left.stat.pid).collect();
    let Looked { mut holders, closed } = siblings::look(streams, &below);
    holders.retain(|stat| !session.before.contains(&stat.identity()));
    if !holders.is_empty() {
        session.wait(&[], Some(Instant::now() + MOMENT), false);
        holders = siblings::confirmed(&session.streams, holders);
    }
    let streams = &session.streams;
    let is_given = |stat: &Stat| {
        let given = siblings::was_given_ours(stat, streams);
        (is_open || streams.is_blind())
            && given.unwrap_or(true)
            && !siblings::is_of_another_supervisor(stat)
    };
    let (given, other): (Vec<Stat>, Vec<Stat>) = holders.into_iter().partition(is_given);
    if given.is_empty() && is_open && !close_soon(session) {
        found.doubts.push(unexplained(session, end, &closed));
    }
    let scene = scene(session, end);
    Siblings {
        accused: given.iter().map(|stat| scene.receiver(stat)).collect(),
        noted: other.iter().filter(|_| is_asked).map(|stat| scene.sibling(stat)).collect(),
    }
}

/// Whether the pipes are closed soon: a process that was killed closes them once it gets a processor.
fn close_soon(session: &mut Session<'_>) -> bool {
    let until = Instant::now() + DYING;
    while session.streams.are_open() {
        if Instant::now() >= until {
            return false;
        }
        session.wait(&[], Some(Instant::now() + MOMENT), false);
    }
    true
}

/// A pipe that is open, and nobody is seen to hold it.
fn unexplained(session: &Session<'_>, end: Instant, closed: &[Stat]) -> String {
    let which = match session.streams.open() {
        [true, true] => "stdout and stderr are",
        [true, false] => "stdout is",
        _ => "stderr is",
    };
    let after = crate::leak::shown_time(end.elapsed());
    let mut text = format!("the command's {which} still open {after} after its end");
    match closed.len() {
        0 => text.push_str(
            ", and no process was found that holds it: it may be in transit in a socket, \
             or held outside of this container",
        ),
        count => {
            let names = closed.iter().rev().take(NAMED);
            let names: Vec<_> = names.map(|stat| format!("{} ({})", stat.comm, stat.pid)).collect();
            let more = if count > NAMED { ", …" } else { "" };
            text.push_str(&format!(
                ", and it is not known who holds it, because this user may not inspect \
                 {count} processes: {}{more}",
                names.join(", ")
            ));
        }
    }
    text
}
