//! The subject's stdin: written by any task, closed by any task at any moment.

#[cfg(unix)]
mod unread;

use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};
use std::time::Duration;

use tokio::io::AsyncWrite;
use tokio::process::ChildStdin;

#[cfg(not(unix))]
use crate::elsewhere::unread;

/// A shared handle on the stdin of a subject.
///
/// The pipe lives in a slot that is locked only while it is polled, so `close` works at once even
/// while a write is blocked by a subject that does not read. Thus `Drop` can begin the shutdown
/// with an end of file.
#[derive(Clone, Debug)]
pub struct Stdin {
    slot: Arc<Mutex<Slot>>,
    // Lines must not be mixed; tokio's lock is fair, so they are sent in the order of the calls. It
    // holds the unsent bytes of a cancelled write: the next write sends them first.
    turn: Arc<tokio::sync::Mutex<Vec<u8>>>,
}

#[derive(Debug)]
struct Slot {
    pipe: Option<ChildStdin>,
    /// The writer that waits for room in the pipe.
    writer: Option<Waker>,
}

/// The bytes of the writer that has the turn.
struct Writing<'a> {
    turn: tokio::sync::MutexGuard<'a, Vec<u8>>,
    rest: &'a [u8],
    begun: bool,
}

impl Drop for Writing<'_> {
    fn drop(&mut self) {
        // The write was cancelled, at a deadline for example: half a line would spoil the next one.
        if self.begun {
            self.turn.extend_from_slice(self.rest);
        }
    }
}

impl Stdin {
    /// Wraps the pipe of a new process.
    pub fn new(pipe: ChildStdin) -> Self {
        let slot = Slot { pipe: Some(pipe), writer: None };
        Self { slot: Arc::new(Mutex::new(slot)), turn: Arc::default() }
    }

    fn lock(&self) -> MutexGuard<'_, Slot> {
        self.slot.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes all bytes, after any write in progress. If it is cancelled, either none of them are
    /// written or the next write begins with the rest of them.
    ///
    /// # Errors
    ///
    /// `BrokenPipe` if the pipe is closed on either side, or the error of the system.
    pub async fn write_all(&self, bytes: &[u8]) -> io::Result<()> {
        let turn = self.turn.lock().await;
        let mut writing = Writing { turn, rest: bytes, begun: false };
        while !writing.turn.is_empty() {
            let written = self.write(&writing.turn).await?;
            writing.turn.drain(..written);
        }
        while !writing.rest.is_empty() {
            let written = self.write(writing.rest).await?;
            writing.rest = &writing.rest[written..];
            writing.begun = true;
        }
        Ok(())
    }

    async fn write(&self, bytes: &[u8]) -> io::Result<usize> {
        let written = poll_fn(|context| {
            let mut slot = self.lock();
            let Some(pipe) = slot.pipe.as_mut() else {
                return Poll::Ready(Err(io::ErrorKind::BrokenPipe.into()));
            };
            let written = Pin::new(pipe).poll_write(context, bytes);
            if written.is_pending() {
                slot.writer = Some(context.waker().clone());
            }
            written
        });
        match written.await? {
            0 => Err(io::ErrorKind::WriteZero.into()),
            written => Ok(written),
        }
    }

    /// Waits until the subject has read everything that was written.
    ///
    /// # Errors
    ///
    /// `BrokenPipe` if the pipe is closed on either side, or the error of the system.
    #[expect(
        clippy::disallowed_methods,
        reason = "the system has no event for a pipe that was read empty"
    )]
    pub async fn read_empty(&self) -> io::Result<()> {
        loop {
            let unread = {
                let slot = self.lock();
                let pipe = slot.pipe.as_ref().ok_or(io::ErrorKind::BrokenPipe)?;
                unread::bytes_in(pipe)?
            };
            if unread == 0 {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_micros(200)).await;
        }
    }

    /// Whether our side closed it.
    pub fn is_closed(&self) -> bool {
        self.lock().pipe.is_none()
    }

    /// Closes the pipe: the subject sees the end of its input.
    pub fn close(&self) {
        self.take();
    }

    /// Takes the pipe out; the caller closes it. A write that waits for room fails.
    pub fn take(&self) -> Option<ChildStdin> {
        let mut slot = self.lock();
        let pipe = slot.pipe.take();
        let writer = slot.writer.take();
        drop(slot);
        if let Some(writer) = writer {
            writer.wake();
        }
        pipe
    }
}
