//! Ctrl-C and SIGTERM: the first ends the run in good order, the second at once.

use std::sync::Arc;

use tokio::runtime::{Builder, Runtime};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use crate::exit_code::{INCOMPLETE, Stop};
use crate::terminal;

/// The switch that ends a run; the first signal turns it on.
pub(crate) struct Interrupt {
    /// Becomes true when the run is to end.
    pub(crate) cancel: Arc<watch::Sender<bool>>,
    runtime: Runtime,
}

impl Interrupt {
    /// Handles the signals from now on until the process ends.
    pub(crate) fn listen() -> Result<Self, Stop> {
        let refused =
            |error: std::io::Error| Stop::unable(format!("cannot listen for signals: {error}"));
        let runtime =
            Builder::new_multi_thread().worker_threads(1).enable_all().build().map_err(refused)?;
        let cancel = Arc::new(watch::Sender::new(false));
        // Registered here, not in the task, so that a signal cannot arrive before its handler.
        let inside = runtime.enter();
        let mut interrupt = signal(SignalKind::interrupt()).map_err(refused)?;
        let mut terminate = signal(SignalKind::terminate()).map_err(refused)?;
        let switch = Arc::clone(&cancel);
        runtime.spawn(async move {
            let mut asked = false;
            loop {
                tokio::select! {
                    _ = interrupt.recv() => {}
                    _ = terminate.recv() => {}
                }
                // A deadline turns the switch on too, so it does not show whether a signal came.
                if asked {
                    // The guardian ends the processes that still run when it sees our end.
                    std::process::exit(INCOMPLETE.into());
                }
                asked = true;
                switch.send_replace(true);
                terminal::complain(
                    "interrupted",
                    "ending the running checks in good order; press again to stop at once",
                );
            }
        });
        drop(inside);
        Ok(Self { cancel, runtime })
    }

    /// Runs a future to its end, whatever signals arrive.
    pub(crate) fn block_on<T>(&self, future: impl Future<Output = T>) -> T {
        self.runtime.block_on(future)
    }

    /// Runs a future to its end, or until the run is cancelled.
    pub(crate) fn or_cancelled<T>(&self, future: impl Future<Output = T>) -> Option<T> {
        self.block_on(async {
            tokio::select! {
                done = future => Some(done),
                () = self.cancelled() => None,
            }
        })
    }

    /// Waits until the run is cancelled.
    pub(crate) async fn cancelled(&self) {
        // It fails only without a sender, and the sender is ours.
        let _ = self.cancel.subscribe().wait_for(|cancelled| *cancelled).await;
    }
}
