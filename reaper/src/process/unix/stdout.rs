//! The subject's stdout: read by the peer, and by the shutdown when the peer can no longer read it.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use tokio::io::{AsyncRead, ReadBuf};
use tokio::process::ChildStdout;

/// The subject's stdout. Dropping it closes the pipe: the subject's next write fails.
///
/// The pipe lives in a slot that it shares with the [`crate::process::Process`], whose `Drop` takes
/// it over: a subject that is blocked in a write to a full pipe does not see the end of its input.
#[derive(Debug)]
pub struct Stdout {
    slot: Slot,
}

impl Stdout {
    pub(super) fn new(pipe: ChildStdout) -> (Self, Slot) {
        let slot = Slot(Arc::new(Mutex::new(Held { pipe: Some(pipe), reader: None })));
        (Self { slot: slot.clone() }, slot)
    }
}

impl AsyncRead for Stdout {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let mut held = self.slot.lock();
        let Some(pipe) = held.pipe.as_mut() else {
            return Poll::Ready(Ok(()));
        };
        let read = Pin::new(pipe).poll_read(context, buffer);
        if read.is_pending() {
            held.reader = Some(context.waker().clone());
        }
        read
    }
}

impl Drop for Stdout {
    fn drop(&mut self) {
        drop(self.slot.take());
    }
}

/// The shared slot of the pipe.
#[derive(Clone, Debug)]
pub(crate) struct Slot(Arc<Mutex<Held>>);

#[derive(Debug)]
struct Held {
    pipe: Option<ChildStdout>,
    reader: Option<Waker>,
}

impl Slot {
    fn lock(&self) -> MutexGuard<'_, Held> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the pipe out; a waiting reader gets the end of file.
    pub(super) fn take(&self) -> Option<ChildStdout> {
        let mut held = self.lock();
        let pipe = held.pipe.take();
        let reader = held.reader.take();
        drop(held);
        if let Some(reader) = reader {
            reader.wake();
        }
        pipe
    }
}
