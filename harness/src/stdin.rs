//! The subject's stdin: written by whoever has something to say, closed by anyone at any moment.

use std::future::poll_fn;
use std::io;
use std::os::fd::AsFd;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::AsyncWrite;
use tokio::process::ChildStdin;

/// A shared handle on the stdin of a subject.
///
/// The pipe lives in a slot that is locked only while it is polled, so that `close` works at once even when a write is
/// blocked by a subject that does not read: that is what lets `Drop` start the way out with an end of file.
#[derive(Clone, Debug)]
pub struct Stdin {
    slot: Arc<Mutex<Option<ChildStdin>>>,
    // Whole lines must not be mixed; tokio's lock is fair, so they are sent in the order of the calls.
    turn: Arc<tokio::sync::Mutex<()>>,
}

impl Stdin {
    /// Wraps the pipe of a new process.
    pub fn new(pipe: ChildStdin) -> Self {
        Self { slot: Arc::new(Mutex::new(Some(pipe))), turn: Arc::default() }
    }

    /// Writes all bytes, after whatever was being written.
    ///
    /// # Errors
    ///
    /// `BrokenPipe` if the pipe is closed on either side, or what the system says.
    pub async fn write_all(&self, bytes: &[u8]) -> io::Result<()> {
        let _turn = self.turn.lock().await;
        let mut rest = bytes;
        while !rest.is_empty() {
            let written = poll_fn(|context| {
                let mut slot = self.slot.lock().unwrap_or_else(PoisonError::into_inner);
                match slot.as_mut() {
                    Some(pipe) => Pin::new(pipe).poll_write(context, rest),
                    None => std::task::Poll::Ready(Err(io::ErrorKind::BrokenPipe.into())),
                }
            })
            .await?;
            if written == 0 {
                return Err(io::ErrorKind::WriteZero.into());
            }
            rest = &rest[written..];
        }
        Ok(())
    }

    /// Waits until the subject has read everything that was written.
    ///
    /// # Errors
    ///
    /// `BrokenPipe` if the pipe is closed, or what the system says.
    #[expect(
        clippy::disallowed_methods,
        reason = "the system has no event for a pipe that was read empty"
    )]
    pub async fn read_empty(&self) -> io::Result<()> {
        loop {
            let unread = {
                let slot = self.slot.lock().unwrap_or_else(PoisonError::into_inner);
                let pipe = slot.as_ref().ok_or(io::ErrorKind::BrokenPipe)?;
                rustix::io::ioctl_fionread(pipe.as_fd())?
            };
            if unread == 0 {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_micros(200)).await;
        }
    }

    /// Closes the pipe: the subject sees the end of its input.
    pub fn close(&self) {
        self.take();
    }

    /// Takes the pipe out, to be closed by the taker.
    pub fn take(&self) -> Option<ChildStdin> {
        self.slot.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}
