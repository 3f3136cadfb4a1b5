//! A child that leads a process group of its own: known to the registry from its start, signalled with its group, and over
//! when it is reaped and nothing of it is left. How it is driven out is for whoever started it.

use std::sync::MutexGuard;
use std::time::Instant;

use rustix::process::{Signal, kill_process_group};

use super::handle::{Handle, Peek, to_pid};
use super::patience::Patience;
use super::procfs::Identity;
use super::registry::{Entry, registry};
use super::sweep::{Sweep, Swept};
use super::{EndedBy, Exit, Ladder, Mechanism, ShutdownReport, StderrTail, Step, family, mark};

#[derive(Debug)]
pub(crate) struct Leader {
    pub(crate) handle: Handle,
    pub(crate) label: String,
    pub(crate) ladder: Ladder,
    number: u64,
    started: Instant,
    mechanism: Mechanism,
}

impl Leader {
    /// Takes charge of a child that was just started under `nobody_else`, see [`super::registry::starting`], with this number
    /// of the registry; `pipes` are its three standard streams.
    pub(crate) fn new(
        pid: u32,
        number: u64,
        label: String,
        mechanism: Mechanism,
        pipes: [String; 3],
        nobody_else: MutexGuard<'static, ()>,
    ) -> Self {
        let handle = Handle::of_child(pid);
        let Identity { pid, start } = handle.identity();
        registry().add(number, Entry::new(pid, label.clone(), start, pipes));
        drop(nobody_else);
        crate::guardian::watch(pid, start);
        let (ladder, started) = (Ladder::default(), Instant::now());
        Self { handle, label, ladder, number, started, mechanism }
    }

    /// Its process id, which is also the number of its process group.
    pub(crate) fn pid(&self) -> u32 {
        self.handle.identity().pid
    }

    /// How it ended, if it has; it is not reaped yet.
    pub(crate) fn exit(&self) -> Option<Exit> {
        match self.handle.peek() {
            Peek::Ended(exit) => Some(exit),
            Peek::Running | Peek::Gone => None,
        }
    }

    pub(crate) fn signal_group(&self, signal: Signal) {
        if let Some(group) = to_pid(self.pid()) {
            // It is not reaped yet, so the number is certainly its own.
            let _ = kill_process_group(group, signal);
        }
    }

    /// Looks at what descends from it: that is better known before it dies.
    pub(crate) fn observe(&self) {
        family::observe(self.number);
    }

    /// Ends what is left of it.
    pub(crate) async fn sweep(&self, patience: &Patience, bound: Instant) -> Swept {
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

    pub(crate) fn reap(&self) {
        self.handle.reap();
    }

    /// It was reaped, or could not be: nobody looks for it any more.
    pub(crate) fn over(
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
