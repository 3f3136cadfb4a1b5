//! One command from its start to its end: starts it, watches it, passes its signals on.

use std::collections::{BTreeMap, HashSet};
use std::ffi::OsString;
use std::io;
use std::os::fd::{BorrowedFd, OwnedFd};
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, poll};
use rustix::process::{
    Signal, WaitId, WaitIdOptions, getpid, kill_process, kill_process_group, waitid,
};
use shown::printable;

use crate::process::Exit;
use crate::process::handle::{Handle, Peek, to_pid};
use crate::process::mark::Marking;
use crate::process::mechanism::{Finding, Mechanism as Means};
use crate::process::patience::timespec;
use crate::process::procfs::{self, Identity, Stat};
use crate::process::table::Table;

use super::births::Family;
use super::guard::Guard;
use super::relay::{Arrived, Recipient, Relay, is_in_foreground};
use super::siblings;
use super::streams::Streams;
use super::{Input, Output, SuperviseError, Supervised};

/// The polling interval for the end of the command where no event reports it.
const ASK_EVERY: Duration = Duration::from_millis(2);

/// The number of dead children that are remembered.
const DEAD: usize = 1_000;

/// A command that was started, and everything that is watched meanwhile.
#[derive(Debug)]
pub(super) struct Session<'a> {
    pub(super) how: &'a Supervised,
    pub(super) pid: u32,
    pub(super) family: Family,
    pub(super) streams: Streams,
    pub(super) means: Means,
    pub(super) started: Instant,
    /// Who held the command's pipes before it was started, where only a look shows that.
    pub(super) before: HashSet<Identity>,
    /// Dead children of ours, and whether the command had ended when each was found.
    pub(super) dead: Vec<(Stat, bool)>,
    pub(super) timed_out: bool,
    /// Nobody waits for us any more, or we are asked to end: no process is given more time.
    pub(super) hurry: bool,
    root: Handle,
    relay: Relay,
    recipient: Recipient,
    guard: Option<Guard>,
    /// Becomes readable when nobody waits for us any more.
    lifeline: Option<BorrowedFd<'a>>,
    stopping: bool,
    over: bool,
}

impl<'a> Session<'a> {
    /// Starts the command.
    pub(super) fn start(
        how: &'a Supervised,
        lifeline: Option<BorrowedFd<'a>>,
    ) -> Result<Self, SuperviseError> {
        let refused = |source| SuperviseError::Machinery { source };
        let means = Means::in_force();
        let mut family = Family::listen(how.births);
        let relay = Relay::new().map_err(refused)?;
        let stdin = how.stdin == Input::Inherit;
        let (streams, ends) = match how.output {
            Output::Inherit => Streams::watched(stdin, !how.keep).map_err(refused)?,
            Output::Captured => Streams::captured(stdin).map_err(refused)?,
        };
        let mut before = HashSet::new();
        if streams.is_blind() {
            let holders = siblings::look(&streams, &HashSet::new()).holders;
            before.extend(holders.iter().map(Stat::identity));
        }
        let in_foreground = lifeline.is_none() && is_in_foreground();
        let mut command = command(how, ends)?;
        let guard = how.guardian.as_deref().map(Guard::start).transpose().map_err(refused)?;
        if !in_foreground {
            command.process_group(0);
        }
        let marking = guard.as_ref().map(|_| Marking::start(1));
        let started = Instant::now();
        let child = command.spawn();
        drop(marking);
        // The command holds the other ends of the pipes.
        drop(command);
        let program = how.command.first().cloned().unwrap_or_default();
        let child = match child {
            Ok(child) => child,
            Err(source) => {
                guard.into_iter().for_each(Guard::dismiss);
                return Err(SuperviseError::NotStarted { program, source });
            }
        };
        let pid = child.id();
        family.found(pid, shown(&how.command));
        // From here on the handle awaits it; std's child does nothing when it is dropped.
        drop(child);
        let root = Handle::of_child(pid);
        if let Some(guard) = &guard {
            guard.watch(pid, root.identity().start);
        }
        let number = to_pid(pid).ok_or(SuperviseError::Machinery {
            source: io::Error::other("a child without a number"),
        })?;
        let recipient =
            if in_foreground { Recipient::Process(number) } else { Recipient::Group(number) };
        Ok(Self {
            how,
            pid,
            family,
            streams,
            means,
            started,
            before,
            dead: Vec::new(),
            timed_out: false,
            hurry: false,
            root,
            relay,
            recipient,
            guard,
            lifeline,
            stopping: false,
            over: false,
        })
    }

    /// Waits for the end of the command; returns when and how it ended.
    pub(super) fn run(&mut self) -> (Instant, Option<Exit>) {
        let deadline = self.how.timeout.and_then(|timeout| self.started.checked_add(timeout));
        while self.root.is_alive() {
            let arrived = self.wait(&[], deadline, true);
            if arrived.child {
                self.reap_dead();
                self.stop_with_it();
            }
            self.stopping |= arrived.stop;
            if deadline.is_some_and(|deadline| Instant::now() >= deadline) && !self.timed_out {
                self.timed_out = true;
                self.kill();
            }
            if self.hurry {
                self.kill();
            }
        }
        let end = Instant::now();
        self.over = true;
        let exit = match self.root.peek() {
            Peek::Ended(exit) => Some(exit),
            Peek::Running | Peek::Gone => None,
        };
        (end, exit)
    }

    /// Waits until one of these is readable, another event has come, or the time is up; handles all
    /// other events.
    pub(super) fn wait(
        &mut self,
        also: &[BorrowedFd<'_>],
        until: Option<Instant>,
        for_root: bool,
    ) -> Arrived {
        let asked = for_root && self.root.pidfd().is_none();
        let ask = asked.then(|| Instant::now() + ASK_EVERY);
        let until = [until, ask, self.family.due()].into_iter().flatten().min();
        let left = until.map(|until| timespec(until.saturating_duration_since(Instant::now())));
        let watched = also.iter().copied().chain([self.relay.fd()]);
        let watched = watched.chain(self.root.pidfd().filter(|_| for_root));
        let watched = watched.chain(self.family.fd()).chain(self.streams.fds());
        let mut fds: Vec<PollFd<'_>> =
            watched.map(|fd| PollFd::from_borrowed_fd(fd, PollFlags::IN)).collect();
        let lifeline = self.lifeline.map(|fd| PollFd::from_borrowed_fd(fd, PollFlags::IN));
        fds.extend(lifeline);
        // After an interruption the caller looks again, as after any return.
        let _ = poll(&mut fds, left.as_ref());
        let is_cut =
            self.lifeline.is_some() && fds.last().is_some_and(|fd| !fd.revents().is_empty());
        drop(fds);
        self.family.note();
        self.streams.read(self.started);
        let arrived = self.relay.pass_on(self.recipient);
        self.hurry |= is_cut || (self.over && arrived.end);
        if is_cut {
            self.lifeline = None;
        }
        arrived
    }

    /// Kills the command, and every process that has not left its group.
    pub(super) fn kill(&self) {
        match self.recipient {
            // The command is not reaped yet, so the number still belongs to its group.
            Recipient::Group(group) => drop(kill_process_group(group, Signal::KILL)),
            Recipient::Process(_) => drop(self.root.signal(Signal::KILL)),
        }
    }

    /// All our descendants except the command and the guardian, dead or alive.
    pub(super) fn below(&self) -> io::Result<Vec<Stat>> {
        let table = match self.means.finding {
            Finding::Subreaper => Table::Lists,
            Finding::Scan => return self.scan(),
            Finding::Group => return Ok(Vec::new()),
        };
        let mut found = Vec::new();
        for stat in self.strangers()?.into_iter().filter_map(|pid| procfs::stat(pid).ok()) {
            found.extend(table.below(&stat, &[]).into_iter().map(|(stat, _)| stat));
            found.push(stat);
        }
        Ok(found)
    }

    /// Without a subreaper: every process that was seen below the command, is below us, or is in
    /// its group.
    fn scan(&self) -> io::Result<Vec<Stat>> {
        let us = std::process::id();
        let (table, stats) = Table::scan()?;
        let own = procfs::stat(us)?;
        let mut found: BTreeMap<u32, Stat> = BTreeMap::new();
        let is_ours = |stat: &Stat| self.family.is_alive(stat.pid) || stat.group == self.pid;
        let seen = stats.into_iter().filter(|stat| is_ours(stat));
        let below: Vec<Stat> = table.below(&own, &[]).into_iter().map(|(stat, _)| stat).collect();
        for stat in seen.chain(below) {
            let more = table.below(&stat, &[]).into_iter().map(|(stat, _)| (stat.pid, stat));
            found.extend(more);
            found.insert(stat.pid, stat);
        }
        Ok(found.into_values().filter(|stat| !self.is_known(stat.pid) && stat.pid != us).collect())
    }

    /// Whether nothing is left but the command and the guardian. If our children are listed, that is
    /// proven: orphans join the end of the list, and only we take anything from it.
    pub(super) fn is_alone(&self) -> bool {
        match self.means.finding {
            Finding::Subreaper => self.strangers().is_ok_and(|left| left.is_empty()),
            Finding::Scan => self.scan().is_ok_and(|left| left.is_empty()),
            Finding::Group => true,
        }
    }

    /// How many looks in a row that find nothing show that nothing is left: where one is no proof, a
    /// second one catches a process that was just being born.
    pub(super) fn looks(&self) -> u32 {
        if self.means.finding == Finding::Subreaper { 1 } else { 2 }
    }

    /// Our children except the command and the guardian, dead or alive.
    pub(super) fn strangers(&self) -> io::Result<Vec<u32>> {
        let children = procfs::children(std::process::id())?;
        Ok(children.into_iter().filter(|pid| !self.is_known(*pid)).collect())
    }

    fn is_known(&self, pid: u32) -> bool {
        pid == self.pid || self.guard.as_ref().is_some_and(|guard| guard.pid() == pid)
    }

    /// Reaps adopted children that have ended, as `init` would: a process that waits for the end of
    /// its own daemon must not wait in vain.
    pub(super) fn reap_dead(&mut self) {
        // The command may have just ended, and this may be the signal that reports it.
        let after = self.over || !self.root.is_alive();
        let strangers = self.strangers().unwrap_or_default();
        for stat in strangers.into_iter().filter_map(|pid| procfs::stat(pid).ok()) {
            if stat.is_zombie() {
                Handle::of_child(stat.pid).reap();
                if self.dead.len() < DEAD {
                    self.dead.push((stat, after));
                }
            }
        }
    }

    /// Reaps the command and dismisses the guardian; returns whether we have no child left.
    pub(super) fn finish(&mut self) -> bool {
        self.reap();
        self.guard.take().into_iter().for_each(Guard::dismiss);
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
        matches!(waitid(WaitId::All, options), Err(rustix::io::Errno::CHILD))
    }

    /// Reaps the command: its number may belong to another process from then on.
    pub(super) fn reap(&mut self) {
        self.root.reap();
    }

    /// If we were asked to stop, and the command has stopped, stops us too, as the waiting process
    /// expects.
    fn stop_with_it(&mut self) {
        let Some(pid) = to_pid(self.pid).filter(|_| self.stopping) else { return };
        let options = WaitIdOptions::STOPPED | WaitIdOptions::NOHANG;
        if let Ok(Some(_)) = waitid(WaitId::Pid(pid), options) {
            self.stopping = false;
            // Returns when we are continued; that signal is passed on like any other.
            let _ = kill_process(getpid(), Signal::STOP);
        }
    }
}

fn command(how: &Supervised, ends: [Option<OwnedFd>; 2]) -> Result<Command, SuperviseError> {
    let (program, args) = how.command.split_first().ok_or(SuperviseError::NoCommand)?;
    let mut command = Command::new(program);
    command.args(args);
    if let Some(env) = &how.env {
        command.env_clear().envs(env);
    }
    if let Some(cwd) = &how.cwd {
        command.current_dir(cwd);
    }
    if how.stdin == Input::Null {
        command.stdin(Stdio::null());
    }
    let [out, err] = ends;
    if let Some(out) = out {
        command.stdout(out);
    }
    if let Some(err) = err {
        command.stderr(err);
    }
    Ok(command)
}

/// A command line as the report shows it.
fn shown(command: &[OsString]) -> String {
    let words: Vec<_> = command.iter().map(|word| word.to_string_lossy()).collect();
    printable(words.join(" ").as_bytes(), usize::MAX)
}
