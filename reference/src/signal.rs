//! Something that is waited for, and has happened once it has.

use std::cell::Cell;

use tokio::sync::Notify;

/// Something that happens once and is remembered.
#[derive(Debug, Default)]
pub(crate) struct Signal {
    fired: Cell<bool>,
    notify: Notify,
}

impl Signal {
    pub(crate) fn fire(&self) {
        self.fired.set(true);
        self.notify.notify_waiters();
    }

    /// Returns once it has been fired, at once if it was before.
    pub(crate) async fn fired(&self) {
        loop {
            let notified = self.notify.notified();
            if self.fired.get() {
                return;
            }
            notified.await;
        }
    }
}
