//! The processes that remain after the command: given a moment to end, recorded, then ended.

use std::os::fd::BorrowedFd;
use std::time::{Duration, Instant};

use rustix::io::Errno;
use rustix::process::test_kill_process_group;

use crate::leak::{Class, Fate, Leak, State, Stream};
use crate::process::handle::{Handle, to_pid};
use crate::process::mechanism::Finding;
use crate::process::procfs::Stat;
use crate::process::procfs::attempt_of;
use crate::process::threads;

use super::evidence::Scene;
use super::holders::{self, Siblings};
use super::pursuit::end_all;
use super::report::{Births, Tail};
use super::session::Session;

/// How long a killed process may take to disappear: it is no leak, however slow the machine.
const DYING: Duration = Duration::from_secs(10);
/// How long processes that come and go are followed that are to be kept.
const PURSUED: Duration = Duration::from_secs(1);
/// The first interval between two looks at descriptors: no event reports that one is closed.
const FIRST_INTERVAL: Duration = Duration::from_millis(1);
/// The interval grows up to this one.
const LAST_INTERVAL: Duration = Duration::from_millis(8);
/// The number of processes that are watched before those that have ended are forgotten.
const WATCHED: usize = 1_000;
/// The number of processes that are reported.
const REPORTED: usize = 200;

/// The findings.
#[derive(Debug, Default)]
pub(super) struct Aftermath {
    pub(super) leaks: Vec<Leak>,
    pub(super) noted: Vec<Leak>,
    pub(super) doubts: Vec<String>,
    pub(super) remarks: Vec<String>,
    pub(super) tail: Tail,
    /// Processes that ended by themselves and were too many to be remembered.
    forgotten: usize,
}

/// A descendant that was alive after the command.
#[derive(Debug)]
pub(super) struct Watched {
    pub(super) stat: Stat,
    pub(super) leak: Leak,
    pub(super) handle: Handle,
    /// It was already about to end when we first looked at it.
    pub(super) was_dying: bool,
    pub(super) dying: bool,
    /// Why it cannot be killed.
    pub(super) refused: Option<Errno>,
    gone: Option<Instant>,
    /// Which of stdout and stderr it held, and when it was first seen without them.
    held: [bool; 2],
    let_go: [Option<Instant>; 2],
}

impl Watched {
    pub(super) fn is_there(&self) -> bool {
        self.gone.is_none()
    }

    /// Whether it holds, or may hold, one of the command's pipes.
    pub(super) fn may_hold(&self) -> bool {
        self.leak.unread.is_some() || self.held != [false; 2]
    }

    /// Whether it keeps a stream open that a reader may be waiting for.
    fn holds(&self) -> bool {
        (0..2).any(|one| self.held[one] && self.let_go[one].is_none())
    }
}

/// Watches and ends the processes that the command left behind, until none is left; `end` is the
/// time at which the command ended.
pub(super) fn settle(session: &mut Session<'_>, end: Instant) -> Aftermath {
    let mut found = Aftermath::default();
    let mut left = Vec::new();
    wait_for_the_late(session, end, &mut left, &mut found);
    let ended_first = Instant::now();
    if session.how.keep {
        see_what_is_kept(session, end, &mut left, &mut found);
    } else if left.iter().any(Watched::is_there) || !session.is_alone() {
        end_all(session, end, &mut left, &mut found);
    }
    session.reap_dead();
    found.tail = tail(session, end, ended_first, &left);
    let siblings = holders::others(session, end, &left, &mut found);
    sort(session, end, left, siblings, &mut found);
    found
}

/// Looks until a process is seen that stays, or none is left.
fn see_what_is_kept(
    session: &mut Session<'_>,
    end: Instant,
    left: &mut Vec<Watched>,
    found: &mut Aftermath,
) {
    let until = Instant::now() + PURSUED;
    while !left.iter().any(Watched::is_there) && !session.is_alone() {
        if Instant::now() >= until {
            found
                .doubts
                .push("processes are left, but none lived long enough to be recorded".to_owned());
            return;
        }
        session.reap_dead();
        look(session, end, left, found);
    }
}

/// Waits until all descendants have ended by themselves, or those that are left have had their
/// time.
fn wait_for_the_late(
    session: &mut Session<'_>,
    end: Instant,
    left: &mut Vec<Watched>,
    found: &mut Aftermath,
) {
    let (mut pace, mut empty) = (FIRST_INTERVAL, 0);
    loop {
        // Before anything is reaped: what is dead may have left another.
        let is_alone = session.is_alone();
        session.reap_dead();
        look(session, end, left, found);
        let there: Vec<&Watched> = left.iter().filter(|left| left.is_there()).collect();
        empty = if is_alone && there.is_empty() { empty + 1 } else { 0 };
        let is_open = session.streams.are_open();
        let none_left = empty >= session.looks();
        let patience = if there.iter().all(|left| left.dying) && !there.is_empty() {
            DYING
        } else {
            session.how.grace
        };
        let until = end.checked_add(patience).unwrap_or(end);
        if none_left && !is_open || session.hurry || Instant::now() >= until {
            return;
        }
        if there.is_empty() && !none_left {
            continue;
        }
        let paced = there.is_empty()
            || there.iter().any(|left| left.holds() || left.handle.pidfd().is_none());
        let next = if paced { until.min(Instant::now() + pace) } else { until };
        pace = (pace * 2).min(LAST_INTERVAL);
        let fds: Vec<BorrowedFd<'_>> =
            there.iter().filter_map(|left| left.handle.pidfd()).collect();
        session.wait(&fds, Some(next), false);
    }
}

/// Records which descendants are alive and which have ended.
pub(super) fn look(
    session: &mut Session<'_>,
    end: Instant,
    left: &mut Vec<Watched>,
    found: &mut Aftermath,
) {
    session.family.note();
    let below = session.below().unwrap_or_else(|error| {
        let doubt = format!("the processes could not be listed: {error}");
        if !found.doubts.contains(&doubt) {
            found.doubts.push(doubt);
        }
        Vec::new()
    });
    if left.len() >= WATCHED {
        let before = left.len();
        left.retain(Watched::is_there);
        found.forgotten += before - left.len();
    }
    for stat in below.into_iter().filter(|stat| !stat.is_zombie()) {
        if !left.iter().any(|known| known.stat.identity() == stat.identity()) {
            left.extend(record(session, end, stat));
        }
    }
    for one in left.iter_mut().filter(|one| one.is_there()) {
        if !one.handle.is_alive() {
            one.gone = Some(Instant::now());
            continue;
        }
        // Processes that we have killed are not dying by themselves.
        one.dying |= one.leak.fate != Fate::Killed && threads::is_dying(one.stat.pid);
        if one.holds()
            && let Ok(holds) = session.streams.held_by(one.stat.pid)
        {
            let now = Instant::now();
            for (let_go, _) in one.let_go.iter_mut().zip(holds).filter(|(_, holds)| !holds) {
                let_go.get_or_insert(now);
            }
        }
    }
}

fn record(session: &Session<'_>, end: Instant, stat: Stat) -> Option<Watched> {
    let dying = threads::is_dying(stat.pid);
    let handle = Handle::of_seen(stat.identity())?;
    let leak = scene(session, end).descendant(&stat);
    let held = session.streams.held_by(stat.pid).unwrap_or_default();
    let let_go = [None, None];
    let (gone, refused) = (None, None);
    Some(Watched { stat, leak, handle, was_dying: dying, dying, refused, gone, held, let_go })
}

pub(super) fn scene<'a>(session: &'a Session<'_>, end: Instant) -> Scene<'a> {
    let Session { family, streams, .. } = session;
    Scene { family, streams, command: session.pid, since: end.elapsed() }
}

/// Whether a process ended by itself in time.
pub(super) fn is_late(left: &Watched) -> bool {
    left.dying || left.leak.fate != Fate::Killed && left.gone.is_some()
}

fn tail(session: &Session<'_>, end: Instant, ended_first: Instant, left: &[Watched]) -> Tail {
    let of = |stream: Stream, index: usize| {
        if session.streams.are_captured() {
            let closed = session.streams.closed(stream)?;
            return (closed <= ended_first).then(|| closed.saturating_duration_since(end));
        }
        if !session.streams.is_pipe(stream) || session.streams.open()[index] {
            return None;
        }
        let holders = left.iter().filter(|left| left.held[index]);
        let mut tail = Duration::ZERO;
        for holder in holders {
            let let_go = holder.let_go[index].or(holder.gone).filter(|at| *at <= ended_first)?;
            tail = tail.max(let_go.saturating_duration_since(end));
        }
        Some(tail)
    };
    Tail { stdout: of(Stream::Stdout, 0), stderr: of(Stream::Stderr, 1) }
}

/// Separates leaks from processes that are only worth a note.
fn sort(
    session: &mut Session<'_>,
    end: Instant,
    mut left: Vec<Watched>,
    siblings: Siblings,
    found: &mut Aftermath,
) {
    // What fails the run first.
    left.sort_by_key(is_late);
    let more = found.forgotten + left.len().saturating_sub(REPORTED);
    if more > 0 {
        found.remarks.push(format!("{more} more processes were left"));
    }
    // A process that was alive after the command does not count as a zombie.
    session
        .dead
        .retain(|(stat, _)| !left.iter().any(|left| left.stat.identity() == stat.identity()));
    for mut one in left.into_iter().take(REPORTED) {
        let after = one.gone.map(|gone| gone.saturating_duration_since(end));
        let (fate, is_leak) = match (one.dying, after) {
            (true, Some(after)) if one.was_dying => (Fate::Dying(after), false),
            // A process that was ending when we looked has ended by itself, like one that ended
            // between looks.
            (true, Some(after)) => (Fate::Ended(after), false),
            (false, Some(after)) if one.leak.fate != Fate::Killed => (Fate::Ended(after), false),
            (_, Some(_)) => (Fate::Killed, true),
            (_, None) if session.how.keep => (Fate::Kept, true),
            (_, None) => (Fate::Remains, true),
        };
        one.leak.fate = fate;
        if let Some(refused) = one.refused.filter(|_| fate == Fate::Remains) {
            one.leak.how = format!("{}; it could not be ended: {refused}", one.leak.how);
        }
        if is_leak || session.how.strict { &mut found.leaks } else { &mut found.noted }
            .push(one.leak);
    }
    let zombies = zombies(session, end);
    found.leaks.extend(siblings.accused);
    let others = zombies.into_iter().chain(siblings.noted);
    if session.how.strict { &mut found.leaks } else { &mut found.noted }.extend(others);
    match session.means.finding {
        Finding::Subreaper => {}
        Finding::Scan => found.remarks.push(
            "this system gives orphans to another process: one that cleared its environment in a \
             session of its own may not be found"
                .to_owned(),
        ),
        Finding::Group => {
            found.leaks.extend(group(session));
            found.remarks.push(
                "this system shows no processes: one that left the command's group is not found"
                    .to_owned(),
            );
        }
    }
    if session.family.lost() {
        found
            .remarks
            .push("the kernel did not report every birth: parents may be missing".to_owned());
    }
}

/// Children that had ended before we looked, and that no parent had reaped.
fn zombies(session: &mut Session<'_>, end: Instant) -> Vec<Leak> {
    let dead = std::mem::take(&mut session.dead);
    if dead.is_empty() {
        return Vec::new();
    }
    // The kernel reports an end after it has happened: on a busy machine long after, but it does.
    let until = Instant::now() + DYING;
    let unreported = |session: &Session<'_>| {
        let reports = session.family.means() == Births::Connector && !session.family.lost();
        let ended = dead.iter().map(|(stat, _)| stat.pid).chain([session.pid]);
        reports && ended.into_iter().any(|pid| session.family.is_unreported(pid))
    };
    while unreported(session) && Instant::now() < until {
        session.wait(&[], Some(until), false);
    }
    let unreaped = |(stat, after): &(Stat, bool)| {
        // A process that ended after the command was still there when the command ended.
        session.family.outlived(stat.pid, session.pid)
            || session.family.was_left_unreaped(stat.pid).unwrap_or(*after)
    };
    let unreaped: Vec<_> = dead.into_iter().filter(|one| unreaped(one)).take(REPORTED).collect();
    unreaped.iter().map(|(stat, _)| scene(session, end).zombie(stat)).collect()
}

/// On systems that cannot list descendants: the group of the command, if it has members.
fn group(session: &mut Session<'_>) -> Option<Leak> {
    let group = to_pid(session.pid)?;
    // The command itself, dead and not reaped, would count as a member.
    session.reap();
    test_kill_process_group(group).ok()?;
    if !session.how.keep {
        session.kill();
    }
    Some(Leak {
        pid: session.pid,
        start_time: 0,
        command: format!("[process group {}]", session.pid),
        program: None,
        class: Class::Descendant,
        state: State::Other('?'),
        fate: if session.how.keep { Fate::Kept } else { Fate::Killed },
        parents: Vec::new(),
        pgid: session.pid,
        sid: 0,
        subject: None,
        tag: attempt_of(0),
        holds: Vec::new(),
        more_holds: 0,
        unread: None,
        age: Duration::ZERO,
        how: "members of the command's process group; this system cannot name them".to_owned(),
    })
}
