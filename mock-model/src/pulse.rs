//! A beat that wakes all waiters when something has happened.

use tokio::sync::watch;

/// Wakes all waiters, who then look for themselves; no waiter misses a beat.
#[derive(Debug)]
pub(crate) struct Pulse(watch::Sender<()>);

impl Default for Pulse {
    fn default() -> Self {
        Self(watch::Sender::new(()))
    }
}

impl Pulse {
    pub(crate) fn beat(&self) {
        self.0.send_replace(());
    }

    /// Waits until `look` finds something; it is called at once and then after every beat.
    pub(crate) async fn until<T>(&self, mut look: impl FnMut() -> Option<T>) -> T {
        let mut beats = self.0.subscribe();
        loop {
            // Read before looking: a beat during the look causes another one.
            beats.borrow_and_update();
            if let Some(found) = look() {
                return found;
            }
            if beats.changed().await.is_err() {
                // The sender is `self`, which is borrowed: it cannot be gone.
                std::future::pending::<()>().await;
            }
        }
    }
}
