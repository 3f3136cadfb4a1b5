//! Calls that take time: each has a thread, can be cancelled, and ends when the server does.

use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::Value;

use crate::fault::fault;

/// The calls that are running.
#[derive(Debug, Default)]
pub(super) struct Calls(Mutex<Vec<Running>>);

#[derive(Debug)]
struct Running {
    /// The id of the request.
    id: Value,
    /// Dropped to cancel it.
    _alive: Sender<()>,
}

/// What a call knows of its own end.
#[derive(Debug)]
pub(super) struct Lease(Receiver<()>);

impl Lease {
    /// Waits this long; `false` if the call was cancelled meanwhile.
    pub(super) fn lasts(&self, time: Duration) -> bool {
        matches!(self.0.recv_timeout(time), Err(RecvTimeoutError::Timeout) | Ok(()))
    }
}

impl Calls {
    fn lock(&self) -> MutexGuard<'_, Vec<Running>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A call for the request with this id begins.
    pub(super) fn begin(&self, id: &Value) -> Lease {
        let (alive, lease) = channel();
        self.lock().push(Running { id: id.clone(), _alive: alive });
        Lease(lease)
    }

    /// The call is over; `false` if it had been cancelled, so that nothing more is to be said of it.
    pub(super) fn finish(&self, id: &Value) -> bool {
        let mut running = self.lock();
        let before = running.len();
        running.retain(|call| call.id != *id);
        running.len() < before
    }

    /// Cancels the call for the request with this id. One that is over, or never was, is ignored.
    pub(super) fn cancel(&self, id: &Value) {
        if fault!(MCP_CANCELLATION_IGNORED) {
            return;
        }
        if !self.finish(id) && fault!(MCP_VAIN_CANCELLATION_IS_FATAL) {
            std::process::exit(1);
        }
    }

    /// Whether one is running.
    pub(super) fn is_busy(&self) -> bool {
        !self.lock().is_empty()
    }

    /// Cancels all.
    pub(super) fn end(&self) {
        self.lock().clear();
    }
}
