//! A child that leads a process group of its own, started in a way of the caller's: known from its start, signalled with its
//! group, ended rung by rung with everything that descends from it.

use std::time::{Duration, Instant};

use rustix::process::{Signal, kill_process_group};

use crate::process::handle::{Handle, Peek, to_pid};
use crate::process::patience::{Patience, Unread, at_once};
use crate::process::procfs::Identity;
use crate::process::registry::{Entry, registry, starting};
use crate::process::sweep::{Sweep, Swept};
use crate::process::{EndedBy, Exit, Ladder, Mechanism, Rung, ShutdownReport, StderrTail, Step};
use crate::process::{family, mark};

/// A child that code of yours is about to start.
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
    /// Reserves a place for a child that reports will call `label`.
    pub fn announce(label: impl Into<String>) -> Self {
        let mechanism = Mechanism::in_force();
        Self { number: registry().reserve(), label: label.into(), mechanism }
    }

    /// Name and value of the variable by which its descendants are recognized.
    pub fn mark(&self) -> (&'static str, String) {
        (mark::VARIABLE, mark::of_subject(self.number))
    }

    /// Starts the child by `start` and takes charge of it; `seen` gives its process id and the names of its three standard
    /// streams, as `/proc/PID/fd` shows them (empty if unknown). No other child is started meanwhile, so that none can be
    /// mistaken for an orphan.
    ///
    /// # Errors
    ///
    /// That of `start`.
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

/// The leader of a process group, with everything that descends from it. Made by [`Birth::start`].
///
/// It is not ended when it is dropped: whoever owns it calls [`Leader::end`] or [`Leader::end_now`].
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
    /// What reports call it.
    pub fn label(&self) -> &str {
        &self.label
    }

    /// The bounds of its end, in place of the default ones.
    pub fn set_ladder(&mut self, ladder: Ladder) {
        self.ladder = ladder;
    }

    /// Waits until it has ended by itself, no longer than `within`, without blocking the runtime; it is not reaped yet.
    pub async fn wait(&self, within: Duration) -> Option<Exit> {
        self.handle.ended(&Patience::Runtime, Instant::now() + within).await;
        self.exit()
    }

    /// The same, blocking the thread.
    pub fn wait_now(&self, within: Duration) -> Option<Exit> {
        let _ = at_once(self.handle.ended(&blocking(), Instant::now() + within));
        self.exit()
    }

    /// Ends it and whatever descends from it, rung by rung, and reaps it: `ask` asks it to end in the way that `first` names
    /// ([`Rung::Eof`] or [`Rung::Hangup`]); SIGTERM and SIGKILL to its group follow, each after its bound. One that has ended
    /// by itself is not asked, only swept after.
    pub async fn end(&self, first: Rung, ask: impl FnOnce()) -> ShutdownReport {
        self.climb(&Patience::Runtime, first, ask).await
    }

    /// The same, blocking the thread for at most [`Ladder::bound`]: for `Drop`, and where there is no runtime.
    pub fn end_now(&self, first: Rung, ask: impl FnOnce()) -> ShutdownReport {
        // Blocking it always comes to its end; if it did not, the child would not be reaped, which is what this says then.
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
            // What it started meanwhile is better known before it dies.
            self.observe();
        }
        EndedBy::NotReaped
    }

    /// Its process id, which is also the number of its process group.
    pub fn pid(&self) -> u32 {
        self.handle.identity().pid
    }

    /// How it ended, if it has; it is not reaped yet.
    pub fn exit(&self) -> Option<Exit> {
        match self.handle.peek() {
            Peek::Ended(exit) => Some(exit),
            Peek::Running | Peek::Gone => None,
        }
    }

    /// Sends a signal to its process group.
    pub fn signal_group(&self, signal: Signal) {
        if let Some(group) = to_pid(self.pid()) {
            // It is not reaped yet, so the number is certainly its own.
            let _ = kill_process_group(group, signal);
        }
    }

    /// Looks at what descends from it: that is better known before it dies.
    fn observe(&self) {
        family::observe(self.number);
    }

    /// Ends what is left of it.
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

    /// It was reaped, or could not be: nobody looks for it any more.
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
