//! Ctrl-C and SIGTERM: the first ends the run in good order, the second at once.

use std::sync::Arc;

use tokio::runtime::{Builder, Runtime};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use crate::exit_code::{INCOMPLETE, Stop};
use crate::terminal;

/// The switch that ends a run; turned by the first signal from the outside.
pub(crate) struct Interrupt {
    /// True once the run is to end.
    pub(crate) cancel: Arc<watch::Sender<bool>>,
    runtime: Runtime,
}

impl Interrupt {
    /// Takes the signals over, from now on until the process ends.
    pub(crate) fn listen() -> Result<Self, Stop> {
        let refused =
            |error: std::io::Error| Stop::unable(format!("cannot listen for signals: {error}"));
        let runtime =
            Builder::new_multi_thread().worker_threads(1).enable_all().build().map_err(refused)?;
        let cancel = Arc::new(watch::Sender::new(false));
        // Registered here and not in the task: a signal that comes right now must find somebody.
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
                // Not told by the switch, which a deadline turns as well.
                if asked {
                    // Whatever still runs is ended by the guardian, which notices that we are gone.
                    std::process::exit(INCOMPLETE.into());
                }
                asked = true;
                switch.send_replace(true);
                terminal::complain(
                    "interrupted",
                    "ending what runs, in good order; once more to stop at once",
                );
            }
        });
        drop(inside);
        Ok(Self { cancel, runtime })
    }

    /// Runs a future to its end, whatever signals come.
    pub(crate) fn block_on<T>(&self, future: impl Future<Output = T>) -> T {
        self.runtime.block_on(future)
    }

    /// Runs a future to its end, or until the signal comes.
    pub(crate) fn or_cancelled<T>(&self, future: impl Future<Output = T>) -> Option<T> {
        self.block_on(async {
            tokio::select! {
                done = future => Some(done),
                () = self.cancelled() => None,
            }
        })
    }

    /// Waits for the signal.
    pub(crate) async fn cancelled(&self) {
        // It ends without a signal only if there is no sender any more, and that is ours.
        let _ = self.cancel.subscribe().wait_for(|cancelled| *cancelled).await;
    }
}
