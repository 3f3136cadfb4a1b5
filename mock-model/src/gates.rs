//! Named gates: a stream waits at one until the test opens it.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::pulse::Pulse;

/// All gates of one service; a gate exists from its first mention and is closed until opened.
#[derive(Debug, Default)]
pub(crate) struct Gates {
    inner: Mutex<Inner>,
    pulse: Pulse,
}

#[derive(Debug, Default)]
struct Inner {
    gates: BTreeMap<String, Gate>,
    closed: bool,
}

#[derive(Debug, Default)]
struct Gate {
    is_open: bool,
    is_reached: bool,
    /// Counts the openings, so that a waiter notices an opening even if the gate was reset at once.
    opened: u64,
}

impl Gates {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Opens a gate for all present and later waiters.
    pub(crate) fn open(&self, name: &str) {
        self.lock().gates.entry(name.to_owned()).or_default().open();
        self.pulse.beat();
    }

    /// Opens every gate that was mentioned.
    pub(crate) fn open_all(&self) {
        self.lock().gates.values_mut().for_each(Gate::open);
        self.pulse.beat();
    }

    /// Resets every gate for the next script; present waiters keep waiting.
    pub(crate) fn reset(&self) {
        for gate in self.lock().gates.values_mut() {
            (gate.is_open, gate.is_reached) = (false, false);
        }
    }

    /// Lets all waiters through from now on: the service ends.
    pub(crate) fn close(&self) {
        self.lock().closed = true;
        self.pulse.beat();
    }

    /// Waits at a gate.
    pub(crate) async fn pass(&self, name: &str) {
        let opened = {
            let mut inner = self.lock();
            let gate = inner.gates.entry(name.to_owned()).or_default();
            gate.is_reached = true;
            gate.opened
        };
        self.pulse.beat();
        self.pulse
            .until(|| {
                let inner = self.lock();
                let gate = inner.gates.get(name);
                let passes = gate.is_none_or(|gate| gate.is_open || gate.opened != opened);
                (passes || inner.closed).then_some(())
            })
            .await;
    }

    /// Waits at one gate after the other.
    pub(crate) async fn pass_all(&self, names: &[String]) {
        for name in names {
            self.pass(name).await;
        }
    }

    /// Waits until a stream is or was at the gate; returns `false` if the service ended first.
    pub(crate) async fn reached(&self, name: &str) -> bool {
        self.pulse
            .until(|| {
                let inner = self.lock();
                let is_reached = inner.gates.get(name).is_some_and(|gate| gate.is_reached);
                (is_reached || inner.closed).then_some(is_reached)
            })
            .await
    }
}

impl Gate {
    fn open(&mut self) {
        self.is_open = true;
        self.opened += 1;
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;
    use futures_util::future::join;

    use super::*;

    #[tokio::test]
    async fn a_gate_holds_until_it_is_opened() {
        let gates = Gates::default();
        let mut passing = Box::pin(gates.pass("a"));
        assert!(passing.as_mut().now_or_never().is_none());
        assert!(gates.reached("a").await);
        gates.open("b");
        assert!(passing.as_mut().now_or_never().is_none(), "another gate was opened");
        gates.open("a");
        passing.await;
    }

    #[tokio::test]
    async fn an_opened_gate_stays_open_until_the_next_script() {
        let gates = Gates::default();
        gates.open("a");
        join(gates.pass("a"), gates.pass("a")).await;
        gates.reset();
        assert!(gates.reached("a").now_or_never().is_none());
        assert!(gates.pass("a").now_or_never().is_none());
    }

    #[tokio::test]
    async fn opening_frees_a_waiter_even_when_forgotten_at_once() {
        let gates = Gates::default();
        let mut passing = Box::pin(gates.pass("a"));
        assert!(passing.as_mut().now_or_never().is_none());
        gates.open("a");
        gates.reset();
        passing.await;
    }

    #[tokio::test]
    async fn the_end_of_the_service_frees_everybody() {
        let gates = Gates::default();
        let mut passing = Box::pin(gates.pass("a"));
        assert!(passing.as_mut().now_or_never().is_none());
        let mut awaited = Box::pin(gates.reached("never"));
        assert!(awaited.as_mut().now_or_never().is_none());
        gates.close();
        passing.await;
        assert!(!awaited.await);
    }
}
