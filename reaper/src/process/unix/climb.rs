//! The steps of a subject's shutdown; [`Process`] says what each prevents.

use std::time::{Duration, Instant};

use rustix::process::Signal;
use tokio::process::ChildStdin;

use super::mechanism::Finding;
use super::patience::Patience;
use super::procfs::is_at_work;
use super::registry::registry;
use super::sweep::{Sweep, Swept};
use super::{Process, family};
use crate::process::{EndedBy, Ladder, Rung, ShutdownReport, Step};

impl Ladder {
    /// The time limit for descendants that are still working, if the settle time ends at `settled`
    /// and the shutdown at `bound`: leaves the time that killing them takes.
    pub(crate) fn patient(&self, settled: Instant, bound: Instant) -> Instant {
        let longest = settled.checked_add(self.settle.saturating_mul(5)).unwrap_or(bound);
        longest.min(bound.checked_sub(self.kill).unwrap_or(settled))
    }
}

/// The time between two looks at a process that wants a processor.
const LOOK: Duration = Duration::from_millis(100);

/// Records the time of each step.
struct Steps {
    taken: Vec<Step>,
    since: Instant,
}

impl Steps {
    fn took(&mut self, rung: Rung) {
        let now = Instant::now();
        self.taken.push(Step { rung, took: now - self.since });
        self.since = now;
    }
}

/// Ends a subject and all its descendants, and reaps it.
pub(super) async fn climb(
    process: &mut Process,
    patience: &Patience,
    ladder: &Ladder,
    stdin: Option<ChildStdin>,
) -> ShutdownReport {
    let started = Instant::now();
    let bound = started.checked_add(ladder.bound()).unwrap_or(started);
    let mut steps = Steps { taken: Vec::new(), since: started };

    let itself = process.exit().is_some() || !process.is_running();
    family::observe(process.number);
    steps.took(Rung::Look);

    let ended_by = if itself {
        drop(stdin);
        EndedBy::Itself
    } else {
        drive_out(process, patience, ladder, stdin, &mut steps).await
    };
    let swept = sweep(process, patience, ladder, bound).await;
    steps.took(Rung::Sweep);

    report(process, ended_by, steps.taken, swept)
}

async fn drive_out(
    process: &mut Process,
    patience: &Patience,
    ladder: &Ladder,
    stdin: Option<ChildStdin>,
    steps: &mut Steps,
) -> EndedBy {
    drop(stdin);
    let mut ended = process.ended(patience, ladder.eof).await;
    let late = Instant::now() + ladder.busy;
    while !ended && is_at_work(process.pid) && Instant::now() < late {
        ended = process.ended(patience, LOOK).await;
    }
    steps.took(Rung::Eof);
    if ended {
        return EndedBy::Eof;
    }
    // The parents of processes that it started since the first look are known only while they live.
    family::observe(process.number);
    process.signal_group(Signal::TERM);
    process.signal_group(Signal::CONT);
    let ended = process.ended(patience, ladder.term).await;
    steps.took(Rung::Term);
    if ended {
        return EndedBy::Term;
    }
    family::observe(process.number);
    process.signal_group(Signal::KILL);
    let ended = process.ended(patience, ladder.kill).await;
    steps.took(Rung::Kill);
    if ended { EndedBy::Kill } else { EndedBy::NotReaped }
}

async fn sweep(
    process: &mut Process,
    patience: &Patience,
    ladder: &Ladder,
    bound: Instant,
) -> Swept {
    let settled = Instant::now().checked_add(ladder.settle).unwrap_or(bound);
    let number = process.number;
    let group = (!process.is_reaped()).then_some(process.pid);
    let patient = ladder.patient(settled, bound);
    let first = Sweep { number, patience, settled, patient, bound, thorough: false, group };
    let mut swept = first.run().await;
    if process.mechanism.finding == Finding::Group {
        // The members of the group cannot be listed, so they cannot be reported as survivors
        // either.
        process.signal_group(Signal::KILL);
    }
    process.reap();
    if process.is_reaped() && process.group_has_members() {
        // A list of children that changes while it is read may miss one; the group shows that one
        // is left.
        let again = Sweep { thorough: true, group: None, ..first };
        let more = again.run().await;
        swept.survivors.extend(more.survivors);
        swept.doubts.extend(more.doubts);
        while process.group_has_members() {
            if Instant::now() >= bound {
                swept.doubts.push("its process group still has members".to_owned());
                break;
            }
            // They are dead, but their present parent has yet to reap them, and no event reports
            // that.
            patience.pause(Duration::from_millis(1)).await;
        }
    }
    swept
}

fn report(
    process: &mut Process,
    ended_by: EndedBy,
    steps: Vec<Step>,
    mut swept: Swept,
) -> ShutdownReport {
    let exit = process.exit();
    if exit.is_none() && ended_by != EndedBy::NotReaped {
        swept.doubts.push("other code of this process reaped it: its exit is lost".to_owned());
    }
    let reaped = process.is_reaped();
    registry().finish(process.number, process.age(), reaped);
    ShutdownReport {
        pid: process.pid,
        label: process.label.clone(),
        tag: process.tag.clone(),
        exit,
        ended_by,
        steps,
        survivors: swept.survivors,
        doubts: swept.doubts,
        mechanism: process.mechanism,
        stderr: process.stderr(),
    }
}
