//! A worker of a run: takes cases, runs each alone or with those that share its process, and sends
//! what it did.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::Sender;
use std::sync::{Mutex, PoisonError};

use tokio::sync::watch;

use super::{Done, Options, company, settle, shared};
use crate::check::Check;
use crate::failure::Failure;
use crate::machine_lock;
use crate::run::{Attempt, Case, attempt, attempts_together, text_of};
use crate::select::Selected;
use crate::subject::Examined;

/// What a worker needs to know.
#[derive(Clone, Copy)]
pub(super) struct Work<'a> {
    pub(super) examined: &'a Examined,
    pub(super) selected: &'a [Selected],
    pub(super) options: &'a Options,
    /// The cases that run in one process, by the first of them.
    pub(super) companies: &'a [Vec<usize>],
    pub(super) observers: &'a [&'static Check],
    pub(super) cancel: &'a watch::Sender<bool>,
}

/// Where a worker sends what it did; the receiver may be gone.
struct Channel<'a> {
    done: &'a Sender<Done>,
    gone: bool,
}

impl Channel<'_> {
    fn send(&mut self, done: Done) {
        self.gone |= self.done.send(done).is_err();
    }
}

impl Work<'_> {
    /// Takes cases until there are none, or the run is cancelled.
    pub(super) fn until_done(
        &self,
        queue: &Mutex<VecDeque<usize>>,
        shared: &[usize],
        done: &Sender<Done>,
    ) {
        let waiting = done.clone();
        let _listening = machine_lock::listen(move |what| {
            // If the receiver is gone, the run has ended.
            let _ = waiting.send(Done::Waiting(what.to_owned()));
        });
        let mut channel = Channel { done, gone: false };
        while !*self.cancel.borrow() && !channel.gone {
            let next = queue.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
            let Some(index) = next else { return };
            let together = shared::together(self.selected, shared, index);
            if together.len() > 1 {
                self.ask_all(&together, &mut channel);
            } else {
                self.company(&self.companies[index], &mut channel);
            }
        }
    }

    /// Runs the cases that share a conversation; one that is worth a retry is retried by itself.
    fn ask_all(&self, together: &[usize], channel: &mut Channel<'_>) {
        let cases: Vec<Case> = together.iter().map(|index| self.selected[*index].case).collect();
        let Options { repeat, retries, .. } = self.options;
        let mut whole = true;
        for number in 0..(*repeat).max(1) {
            if *self.cancel.borrow() && number > 0 {
                whole = false;
                break;
            }
            let all = || {
                attempts_together(self.examined, &cases, self.observers, self.cancel.subscribe())
            };
            let attempts = catch_unwind(AssertUnwindSafe(all))
                .unwrap_or_else(|panic| cases.iter().map(|_| panicked(text_of(&*panic))).collect());
            for (index, attempt) in together.iter().zip(attempts) {
                let case = &self.selected[*index].case;
                let again = settle::is_worth_another(case, &attempt, self.options);
                channel.send(Done::Attempt(*index, Box::new(attempt)));
                if again && !*self.cancel.borrow() {
                    self.attempts(*index, *retries, channel);
                }
            }
        }
        together.iter().for_each(|index| channel.send(Done::Case(*index, whole)));
    }

    /// Runs cases in one process as far as they hold there, and the others each in its own.
    fn company(&self, members: &[usize], channel: &mut Channel<'_>) {
        let (mut rest, mut alone) = (members, Vec::new());
        while rest.len() > 1 && !*self.cancel.borrow() && !channel.gone {
            let cases: Vec<Case> = rest.iter().map(|index| self.selected[*index].case).collect();
            let together = || {
                let Self { examined, observers, options, .. } = self;
                company::together(examined, &cases, observers, options, self.cancel.subscribe())
            };
            // A panic costs no more than the time.
            let together = catch_unwind(AssertUnwindSafe(together)).unwrap_or_default();
            let Some(held) = together.filter(|held| !held.is_empty()) else { break };
            let (passed, others) = rest.split_at(held.len());
            for (index, attempt) in passed.iter().zip(held) {
                channel.send(Done::Attempt(*index, Box::new(attempt)));
                channel.send(Done::Case(*index, true));
            }
            let (failed, others) = others.split_at(others.len().min(1));
            alone.extend(failed);
            rest = others;
        }
        alone.extend(rest);
        for index in alone.into_iter().filter(|_| !*self.cancel.borrow()) {
            self.ask(index, channel);
        }
    }

    /// Runs a case as often as the options say.
    fn ask(&self, index: usize, channel: &mut Channel<'_>) {
        let mut whole = true;
        for number in 0..self.options.repeat.max(1) {
            if *self.cancel.borrow() && number > 0 {
                whole = false;
                break;
            }
            self.attempts(index, self.options.retries + 1, channel);
        }
        channel.send(Done::Case(index, whole));
    }

    /// Runs a case until another attempt is not worth it, and no more than `most` times.
    fn attempts(&self, index: usize, most: usize, channel: &mut Channel<'_>) {
        let case = self.selected[index].case;
        // A panic of our code must cost one case, not the run.
        let once = || {
            let once = || attempt(self.examined, case, self.observers, self.cancel.subscribe());
            catch_unwind(AssertUnwindSafe(once)).unwrap_or_else(|panic| panicked(text_of(&*panic)))
        };
        for _ in 0..most {
            let attempt = once();
            let again = settle::is_worth_another(&case, &attempt, self.options);
            channel.send(Done::Attempt(index, Box::new(attempt)));
            if !again || *self.cancel.borrow() {
                break;
            }
        }
    }
}

fn panicked(text: &str) -> Attempt {
    Attempt::void(Failure::inconclusive("the harness panicked", text))
}
