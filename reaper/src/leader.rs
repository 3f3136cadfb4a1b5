//! A child that the caller starts in its own way and that leads a process group: known from its
//! start, signalled as a group, ended step by step with all its descendants.

use std::time::{Duration, Instant};

use rustix::process::{Signal, kill_process_group};

use crate::process::handle::{Handle, Peek, to_pid};
use crate::process::patience::{Patience, Unread, at_once};
use crate::process::procfs::Identity;
use crate::process::registry::{Entry, registry, starting};
use crate::process::sweep::{Sweep, Swept};
use crate::process::{EndedBy, Exit, Ladder, Mechanism, Rung, ShutdownReport, StderrTail, Step};
use crate::process::{family, mark};

/// A child that the caller is about to start.
///
/// The child must have the variable [`Birth::mark`] in its environment and lead a process group of its own.
#[derive(Debug)]
#[must_use = "the child is not known before it is started through this"]
pub struct Birth {
    number: u64,
    label: String,
    mechanism: Mechanism,
}

impl Birth {
    /// Reserves a place for a child; reports call it `label`.
    pub fn announce(label: impl Into<String>) -> Self {
        let mechanism = Mechanism::in_force();
        Self { number: registry().reserve(), label: label.into(), mechanism }
    }

    /// Name and value of the variable by which its descendants are recognized.
    pub fn mark(&self) -> (&'static str, String) {
        (mark::VARIABLE, mark::of_subject(self.number))
    }

    /// Starts the child by calling `start`, and takes charge of it. `seen` returns its process id
    /// and the names of its three standard streams, as `/proc/PID/fd` shows them (empty if
    /// unknown). Other starts wait meanwhile, so that no new child is mistaken for an orphan.
    ///
    /// # Errors
    ///
    /// The error of `start`.
    pub fn start<C, E>(
        self,
        start: impl FnOnce() -> Result<C, E>,
        seen: impl FnOnce(&C) -> (u32, [String; 3]),
    ) -> Result<(C, Leader), E> {
        let starting = starting();
        let marking = mark::Marking::start(self.number);
        let child = start();
        drop(marking);
        let child = child?;
        let (pid, pipes) = seen(&child);
        let handle = Handle::of_child(pid);
        let Identity { pid, start } = handle.identity();
        registry().add(self.number, Entry::new(pid, self.label.clone(), start, pipes));
        drop(starting);
        crate::guardian::watch(pid, start);
        let Self { number, label, mechanism } = self;
        let (ladder, started) = (Ladder::default(), Instant::now());
        Ok((child, Leader { handle, label, ladder, number, started, mechanism }))
    }
}

/// The leader of a process group, with all its descendants. Made by [`Birth::start`].
///
/// `Drop` does not end it: its owner calls [`Leader::end`] or [`Leader::end_now`].
#[derive(Debug)]
pub struct Leader {
    handle: Handle,
    label: String,
    ladder: Ladder,
    number: u64,
    started: Instant,
    mechanism: Mechanism,
}

impl Leader {
    /// Its name in reports.
    pub fn label(&self) -> &str {
        &self.label
    }

    /// Sets the time limits of its shutdown, in place of the default ones.
    pub fn set_ladder(&mut self, ladder: Ladder) {
        self.ladder = ladder;
    }

    /// Waits for it to end by itself, no longer than `within`, without blocking the runtime; does
    /// not reap it.
    pub async fn wait(&self, within: Duration) -> Option<Exit> {
        self.handle.ended(&Patience::Runtime, Instant::now() + within).await;
        self.exit()
    }

    /// Like [`Leader::wait`], but blocks the thread.
    pub fn wait_now(&self, within: Duration) -> Option<Exit> {
        let _ = at_once(self.handle.ended(&blocking(), Instant::now() + within));
        self.exit()
    }

    /// Ends it and all its descendants step by step, and reaps it. `ask` asks it to end in the way
    /// that `first` names ([`Rung::Eof`] or [`Rung::Hangup`]); SIGTERM and SIGKILL to its group
    /// follow, each after its time limit. If it has already ended by itself, only its descendants
    /// are ended.
    pub async fn end(&self, first: Rung, ask: impl FnOnce()) -> ShutdownReport {
        self.climb(&Patience::Runtime, first, ask).await
    }

    /// Like [`Leader::end`], but blocks the thread for at most [`Ladder::bound`]: for `Drop`, and
    /// for callers without a runtime.
    pub fn end_now(&self, first: Rung, ask: impl FnOnce()) -> ShutdownReport {
        // A blocking future always completes; if this one did not, the child would not be reaped,
        // and the report says so.
        let not_reaped = || self.over(self.exit(), EndedBy::NotReaped, vec![], Swept::default());
        at_once(self.climb(&blocking(), first, ask)).unwrap_or_else(not_reaped)
    }

    async fn climb(&self, patience: &Patience, first: Rung, ask: impl FnOnce()) -> ShutdownReport {
        let since = Instant::now();
        let bound = since + self.ladder.bound();
        self.observe();
        let mut steps = vec![Step { rung: Rung::Look, took: since.elapsed() }];
        let ended_by = self.drive_out(patience, first, ask, &mut steps).await;
        let exit = self.exit();
        let sweeping = Instant::now();
        let swept = self.sweep(patience, bound).await;
        self.handle.reap();
        steps.push(Step { rung: Rung::Sweep, took: sweeping.elapsed() });
        self.over(exit, ended_by, steps, swept)
    }

    async fn drive_out(
        &self,
        patience: &Patience,
        first: Rung,
        ask: impl FnOnce(),
        steps: &mut Vec<Step>,
    ) -> EndedBy {
        if !self.handle.is_alive() {
            return EndedBy::Itself;
        }
        ask();
        let asked = if first == Rung::Hangup { EndedBy::Hangup } else { EndedBy::Eof };
        let rungs = [
            (None, self.ladder.eof, first, asked),
            (Some(Signal::TERM), self.ladder.term, Rung::Term, EndedBy::Term),
            (Some(Signal::KILL), self.ladder.kill, Rung::Kill, EndedBy::Kill),
        ];
        for (signal, within, rung, ended_by) in rungs {
            let since = Instant::now();
            if let Some(signal) = signal {
                self.signal_group(signal);
                self.signal_group(Signal::CONT);
            }
            let ended = self.handle.ended(patience, since + within).await;
            steps.push(Step { rung, took: since.elapsed() });
            if ended {
                return ended_by;
            }
            // The parents of processes that it started meanwhile are known only while they live.
            self.observe();
        }
        EndedBy::NotReaped
    }

    /// Its process id, which is also the number of its process group.
    pub fn pid(&self) -> u32 {
        self.handle.identity().pid
    }

    /// How it ended, if it has; does not reap it.
    pub fn exit(&self) -> Option<Exit> {
        match self.handle.peek() {
            Peek::Ended(exit) => Some(exit),
            Peek::Running | Peek::Gone => None,
        }
    }

    /// Sends a signal to its process group.
    pub fn signal_group(&self, signal: Signal) {
        if let Some(group) = to_pid(self.pid()) {
            // It is not reaped yet, so the number still belongs to its group.
            let _ = kill_process_group(group, signal);
        }
    }

    /// Records its descendants: their parents are known only while they live.
    fn observe(&self) {
        family::observe(self.number);
    }

    /// Ends the descendants that are left.
    async fn sweep(&self, patience: &Patience, bound: Instant) -> Swept {
        let settled = Instant::now() + self.ladder.settle;
        let sweep = Sweep {
            number: self.number,
            patience,
            settled,
            patient: self.ladder.patient(settled, bound),
            bound,
            thorough: false,
            group: Some(self.pid()),
        };
        sweep.run().await
    }

    /// Removes it from the registry, whether it was reaped or could not be.
    fn over(
        &self,
        exit: Option<Exit>,
        ended_by: EndedBy,
        steps: Vec<Step>,
        swept: Swept,
    ) -> ShutdownReport {
        let is_reaped = self.handle.peek() == Peek::Gone;
        registry().finish(self.number, self.started.elapsed(), is_reaped);
        if is_reaped {
            crate::guardian::forget(self.pid());
        }
        ShutdownReport {
            pid: self.pid(),
            label: self.label.clone(),
            tag: mark::of_subject(self.number),
            exit,
            ended_by,
            steps,
            survivors: swept.survivors,
            doubts: swept.doubts,
            mechanism: self.mechanism,
            stderr: StderrTail { total: 0, bytes: Vec::new() },
        }
    }
}

fn blocking() -> Patience {
    Patience::Blocking { unread: Unread::default() }
}
