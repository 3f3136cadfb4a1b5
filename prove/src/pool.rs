//! Every case of a proof, many at a time.

use std::collections::VecDeque;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use harness::Kind;
use harness::run::{Attempt, attempt};
use harness::session::lightened;
use tokio::sync::watch;

use super::pace::{INTERVAL, Pace};
use super::{Attempts, Group, Plan, Twist, Watch};

/// Cases that share a number of how many of them may be under way.
pub(super) struct Lane {
    /// By group and number, in this order: what waits long comes first.
    pub(super) waiting: VecDeque<(usize, usize)>,
    pub(super) pace: Pace,
}

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
    fn new(lane: &mut Lane) -> Self {
        let waiting = std::mem::take(&mut lane.waiting);
        let queue = Queue { waiting, under_way: 0, allowed: lane.pace.allowed().max(1) };
        Self { queue: Mutex::new(queue), changed: Condvar::new() }
    }

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
        if queue.waiting.is_empty() {
            // Nobody need wait for another one.
            self.changed.notify_all();
        }
        next
    }

    fn done(&self) {
        let mut queue = self.lock();
        queue.under_way -= 1;
        drop(queue);
        self.changed.notify_one();
    }

    /// Wakes only as many as may begin: nearly all threads of a proof wait here, and to wake them all after each case
    /// costs more than the cases do.
    fn allow(&self, cases: usize) {
        let mut queue = self.lock();
        let more = cases.saturating_sub(queue.allowed);
        queue.allowed = cases;
        drop(queue);
        for _ in 0..more {
            self.changed.notify_one();
        }
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
    /// Runs the cases of these lanes, all lanes at a time.
    pub(super) fn run(
        &self,
        mut lanes: Vec<Lane>,
        attempts: &mut [Attempts],
        watch: &mut dyn Watch,
    ) {
        let Self { plan, groups, cancel } = *self;
        lanes.retain(|lane| !lane.waiting.is_empty());
        let total = lanes.iter().map(|lane| lane.waiting.len()).sum();
        if total == 0 {
            return;
        }
        watch.begun(total);
        let threads: Vec<_> =
            lanes.iter().map(|lane| lane.pace.most().clamp(1, lane.waiting.len())).collect();
        let shared: Vec<_> = lanes.iter_mut().map(Shared::new).collect();
        std::thread::scope(|scope| {
            let (done, finished) = channel();
            for (shared, threads) in shared.iter().zip(threads) {
                for _ in 0..threads {
                    let done = done.clone();
                    scope.spawn(move || work(groups, cancel, shared, &done));
                }
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
                for (lane, shared) in lanes.iter_mut().zip(&shared) {
                    if *cancel.borrow() {
                        shared.stop();
                    }
                    lane.pace.look();
                    shared.allow(lane.pace.allowed().max(1));
                }
            }
        });
    }
}

/// One thread of a lane: a case after the other until there is none.
fn work(
    groups: &[Group],
    cancel: &watch::Sender<bool>,
    shared: &Shared,
    done: &Sender<(usize, usize, Attempt)>,
) {
    while !*cancel.borrow()
        && let Some((group, case)) = shared.next()
    {
        let Group { twist, subject, cases, observers, .. } = &groups[group];
        let mut attempt = attempt(subject, cases[case], observers, cancel.subscribe());
        shared.done();
        // What the reference itself wrote is still to be looked at.
        if *twist != Twist::None {
            attempt = lightened(attempt);
        }
        if done.send((group, case, attempt)).is_err() {
            return;
        }
    }
}

fn name<'a>(plan: &'a Plan<'_>, twist: Twist) -> Option<&'a str> {
    match twist {
        Twist::None => None,
        Twist::Variant(number) | Twist::Both(number, _) => Some(&plan.variants[number].name),
        Twist::Fault(number) => Some(&plan.faults[number].name),
    }
}
