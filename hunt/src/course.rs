//! The course of a hunt: blocks of runs, within the time, the number of runs and the patience that it was given.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use tokio::sync::watch;

use crate::conditions::Conditions;
use crate::plan::Plan;
use crate::runner::{Observation, Run, RunError, Runner};

/// Why a hunt stops before it is done.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Halt {
    /// The time is over.
    #[error("the time was over")]
    Time,
    /// As many runs as were asked for were done.
    #[error("as many runs as were asked for were done")]
    Runs,
    /// From outside.
    #[error("interrupted")]
    Interrupted,
    /// A run could not be done.
    #[error("{0}")]
    Unable(String),
}

/// Hears of a hunt while it is under way.
pub trait Watch {
    /// Something else is done from now on.
    fn doing(&mut self, what: &str);

    /// A run has ended: under which conditions, whether it was a hit, and how much of the hunt, from 0 to 1, is over.
    fn ran(&mut self, conditions: &str, hit: bool, over: f64);
}

/// A watch that nobody looks at.
#[derive(Clone, Copy, Debug)]
pub struct Unwatched;

impl Watch for Unwatched {
    fn doing(&mut self, _what: &str) {}

    fn ran(&mut self, _conditions: &str, _hit: bool, _over: f64) {}
}

/// Runs that are done one right after the other, or side by side, under the same conditions.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Batch<'a> {
    pub(crate) conditions: &'a Conditions,
    /// The index and the seed of each run.
    pub(crate) seeds: &'a [(u64, u64)],
    /// When no further run of it is begun; every copy does at least one.
    pub(crate) slice: Duration,
    /// How many hits, or misses, are enough.
    pub(crate) enough: Enough,
}

/// When the rest of a batch can be left.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Enough {
    pub(crate) hits: usize,
    pub(crate) misses: usize,
}

impl Enough {
    /// All of it is needed.
    pub(crate) const ALL: Self = Self { hits: usize::MAX, misses: usize::MAX };
}

/// A hunt under way.
pub(crate) struct Course<'a> {
    pub(crate) plan: &'a Plan,
    runner: &'a dyn Runner,
    cancel: &'a watch::Sender<bool>,
    watch: &'a mut dyn Watch,
    began: Instant,
    until: Instant,
    done: usize,
}

impl<'a> Course<'a> {
    pub(crate) fn new(
        plan: &'a Plan,
        runner: &'a dyn Runner,
        cancel: &'a watch::Sender<bool>,
        watch: &'a mut dyn Watch,
    ) -> Self {
        let began = Instant::now();
        // A time beyond the clock's end is as good as a year.
        let year = Duration::from_secs(365 * 86_400);
        let until = began.checked_add(plan.time).unwrap_or(began + year);
        Self { plan, runner, cancel, watch, began, until, done: 0 }
    }

    pub(crate) fn doing(&mut self, what: &str) {
        self.watch.doing(what);
    }

    pub(crate) fn elapsed(&self) -> Duration {
        self.began.elapsed()
    }

    /// How many runs have ended.
    pub(crate) fn done(&self) -> usize {
        self.done
    }

    /// The time that is left.
    pub(crate) fn left(&self) -> Duration {
        self.until.saturating_duration_since(Instant::now())
    }

    /// Whether anything more may be done.
    fn halted(&self) -> Option<Halt> {
        match () {
            () if *self.cancel.borrow() => Some(Halt::Interrupted),
            () if self.plan.runs.is_some_and(|most| self.done >= most) => Some(Halt::Runs),
            () if Instant::now() >= self.until => Some(Halt::Time),
            () => None,
        }
    }

    /// Does the runs of a batch, as many as the limits allow; hands back what was seen, by position, and whether the hunt has to
    /// stop. What was seen counts in any case.
    pub(crate) fn batch(&mut self, batch: Batch<'_>) -> (Vec<(u64, Observation)>, Option<Halt>) {
        if let Some(halt) = self.halted() {
            return (Vec::new(), Some(halt));
        }
        let allowed = self.plan.runs.map_or(usize::MAX, |most| most - self.done);
        let seeds = &batch.seeds[..batch.seeds.len().min(allowed)];
        let load = match self.runner.load(batch.conditions, self.until) {
            Ok(load) => load,
            Err(RunError::Void) => return (Vec::new(), self.halted().or(Some(Halt::Time))),
            Err(error) => return (Vec::new(), Some(error.into())),
        };
        let (mut seen, halt) = self.race(Batch { seeds, ..batch });
        drop(load);
        seen.sort_by_key(|(index, _)| *index);
        (seen, halt.or_else(|| self.halted()))
    }

    fn race(&mut self, batch: Batch<'_>) -> (Vec<(u64, Observation)>, Option<Halt>) {
        let name = batch.conditions.to_string();
        let workers = batch.conditions.copies.clamp(1, batch.seeds.len().max(1));
        let [next, hits, misses] = [0; 3].map(AtomicUsize::new);
        let stop = AtomicBool::new(false);
        let slice = Instant::now() + batch.slice.min(self.left());
        let (send, receive) = mpsc::channel();
        let work = Work {
            runner: self.runner,
            cancel: self.cancel,
            plan: self.plan,
            batch,
            next: &next,
            hits: &hits,
            misses: &misses,
            stop: &stop,
            slice,
            until: self.until,
        };
        let (mut seen, mut halt) = (Vec::new(), None);
        thread::scope(|scope| {
            for worker in 0..workers {
                let (send, work) = (send.clone(), &work);
                let thread = thread::Builder::new().name(format!("run {worker}"));
                if let Err(error) = thread.spawn_scoped(scope, move || work.go_on(&send)) {
                    stop.store(true, Ordering::Relaxed);
                    halt = Some(Halt::Unable(format!("starting a thread: {error}")));
                }
            }
            drop(send);
            for (index, outcome) in receive {
                match outcome {
                    Ok(observation) => {
                        let hit = observation.is_hit(self.plan.target.expected);
                        self.done += 1;
                        self.watch.ran(&name, hit, self.over());
                        seen.push((index, observation));
                    }
                    Err(RunError::Void) => {}
                    Err(error) => {
                        stop.store(true, Ordering::Relaxed);
                        halt = Some(error.into());
                    }
                }
            }
        });
        (seen, halt)
    }

    /// How much of the time, or of the runs, is over.
    fn over(&self) -> f64 {
        let time = self.began.elapsed().as_secs_f64() / self.plan.time.as_secs_f64().max(1e-9);
        let runs = self.plan.runs.map_or(0.0, |most| self.done as f64 / most.max(1) as f64);
        time.max(runs).clamp(0.0, 1.0)
    }
}

impl From<RunError> for Halt {
    fn from(error: RunError) -> Self {
        match error {
            RunError::Void => Self::Interrupted,
            RunError::Unable(why) => Self::Unable(why),
        }
    }
}

/// What the threads of a batch share.
struct Work<'a> {
    runner: &'a dyn Runner,
    cancel: &'a watch::Sender<bool>,
    plan: &'a Plan,
    batch: Batch<'a>,
    next: &'a AtomicUsize,
    hits: &'a AtomicUsize,
    misses: &'a AtomicUsize,
    stop: &'a AtomicBool,
    slice: Instant,
    until: Instant,
}

impl Work<'_> {
    fn go_on(&self, send: &mpsc::Sender<(u64, Result<Observation, RunError>)>) {
        let mut first = true;
        loop {
            let now = Instant::now();
            let is_late = now >= self.until || (now >= self.slice && !first);
            if is_late || self.stop.load(Ordering::Relaxed) || *self.cancel.borrow() {
                return;
            }
            first = false;
            let place = self.next.fetch_add(1, Ordering::Relaxed);
            let Some((index, seed)) = self.batch.seeds.get(place).copied() else { return };
            let outcome = self.runner.run(&Run {
                target: &self.plan.target,
                conditions: self.batch.conditions,
                seed,
                leak_timeout: self.plan.leak_timeout,
                run_timeout: self.plan.run_timeout,
                until: self.until,
            });
            // Here, and not where the outcomes are gathered: the next run would have begun by then.
            self.count(&outcome);
            if send.send((index, outcome)).is_err() {
                return;
            }
        }
    }

    /// Stops the batch when enough was seen.
    fn count(&self, outcome: &Result<Observation, RunError>) {
        let Ok(seen) = outcome else { return };
        let (counter, enough) = if seen.is_hit(self.plan.target.expected) {
            (self.hits, self.batch.enough.hits)
        } else {
            (self.misses, self.batch.enough.misses)
        };
        if counter.fetch_add(1, Ordering::Relaxed) + 1 >= enough {
            self.stop.store(true, Ordering::Relaxed);
        }
    }
}
