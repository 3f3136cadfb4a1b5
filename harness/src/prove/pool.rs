//! Every case of a proof, many at a time.

use std::collections::VecDeque;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use super::pace::{INTERVAL, Pace};
use super::{Attempts, Group, Plan, Twist, Watch};
use crate::failure::Kind;
use crate::run::attempt;
use crate::session::lightened;

/// What is still to be run, and how much of it may be under way.
struct Queue {
    waiting: VecDeque<(usize, usize)>,
    under_way: usize,
    allowed: usize,
}

/// The queue and the event that it changed.
struct Shared {
    queue: Mutex<Queue>,
    changed: Condvar,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next case, as soon as there may be another one; nothing when there is none.
    fn next(&self) -> Option<(usize, usize)> {
        let mut queue = self.lock();
        while queue.under_way >= queue.allowed && !queue.waiting.is_empty() {
            queue = self.changed.wait(queue).unwrap_or_else(PoisonError::into_inner);
        }
        let next = queue.waiting.pop_front();
        queue.under_way += usize::from(next.is_some());
        next
    }

    fn done(&self) {
        let mut queue = self.lock();
        queue.under_way -= 1;
        drop(queue);
        self.changed.notify_one();
    }

    fn allow(&self, cases: usize) {
        self.lock().allowed = cases;
        self.changed.notify_all();
    }

    fn stop(&self) {
        self.lock().waiting.clear();
        self.changed.notify_all();
    }
}

/// Cases of all groups of a proof.
pub(super) struct Pool<'a> {
    pub(super) plan: &'a Plan<'a>,
    pub(super) groups: &'a [Group],
    pub(super) cancel: &'a watch::Sender<bool>,
}

impl Pool<'_> {
    /// Runs these cases, by group and number, in this order: what waits long comes first.
    pub(super) fn run(
        &self,
        waiting: VecDeque<(usize, usize)>,
        jobs: Option<usize>,
        attempts: &mut [Attempts],
        watch: &mut dyn Watch,
    ) {
        let Self { plan, groups, cancel } = *self;
        let total = waiting.len();
        if total == 0 {
            return;
        }
        watch.begun(total);
        let mut pace = jobs.map_or_else(Pace::adaptive, Pace::fixed);
        let queue = Mutex::new(Queue { waiting, under_way: 0, allowed: pace.allowed().max(1) });
        let shared = Shared { queue, changed: Condvar::new() };
        std::thread::scope(|scope| {
            let (done, finished) = channel();
            for _ in 0..pace.most().clamp(1, total.max(1)) {
                let (shared, done) = (&shared, done.clone());
                scope.spawn(move || {
                    while !*cancel.borrow()
                        && let Some((group, case)) = shared.next()
                    {
                        let Group { subject, cases, observers, .. } = &groups[group];
                        let attempt = attempt(subject, cases[case], observers, cancel.subscribe());
                        shared.done();
                        if done.send((group, case, lightened(attempt))).is_err() {
                            return;
                        }
                    }
                });
            }
            drop(done);
            loop {
                match finished.recv_timeout(INTERVAL) {
                    Ok((group, case, attempt)) => {
                        watch.finished(name(plan, groups[group].twist), &groups[group].cases[case]);
                        // What was still under way when the proof was interrupted says nothing.
                        let cut_short = *cancel.borrow()
                            && matches!(&attempt.result, Err(failure) if failure.kind() == Kind::Inconclusive);
                        attempts[group][case] = (!cut_short).then_some(attempt);
                    }
                    Err(RecvTimeoutError::Timeout) => {}
                    Err(RecvTimeoutError::Disconnected) => break,
                }
                if *cancel.borrow() {
                    shared.stop();
                }
                pace.look();
                shared.allow(pace.allowed().max(1));
            }
        });
    }
}

fn name<'a>(plan: &'a Plan<'_>, twist: Twist) -> Option<&'a str> {
    match twist {
        Twist::None => None,
        Twist::Variant(number) => Some(&plan.variants[number].name),
        Twist::Fault(number) => Some(&plan.faults[number].name),
    }
}
