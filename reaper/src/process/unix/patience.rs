//! The two ways to wait: block the thread, which needs no runtime, or suspend the task.
//!
//! The shutdown is written once, as an `async fn`. With [`Patience::Blocking`] its waits block
//! inside and are never pending, so [`at_once`] can run it to its end within `Drop`.

use std::future::Future;
use std::os::fd::BorrowedFd;
use std::pin::pin;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;
use tokio::process::ChildStdout;

/// How to wait.
#[derive(Debug)]
pub(crate) enum Patience {
    /// Block this thread and discard the subject's further output: the reader, which may belong to
    /// this very thread, cannot run, and a subject that is blocked in a write does not see the end
    /// of its input.
    Blocking { unread: Unread },
    /// Suspend this task.
    Runtime,
}

impl Patience {
    /// Waits until the descriptor is readable or the deadline has passed; may return early.
    pub(super) async fn readable(&self, fd: BorrowedFd<'_>, until: Instant) {
        match self {
            Self::Blocking { unread } => unread.block(fd, until),
            Self::Runtime => {
                #[expect(
                    deprecated,
                    reason = "its successor is `unsafe` and demands the guarantee that the borrow gives"
                )]
                let watched = AsyncFd::with_interest(fd, Interest::READABLE);
                match watched {
                    Ok(watched) => {
                        // In both cases the caller looks again.
                        let _ = tokio::time::timeout_at(until.into(), watched.readable()).await;
                    }
                    Err(_) => self.pause(Duration::from_millis(1)).await,
                }
            }
        }
    }

    /// Pauses where no event can be awaited.
    #[expect(
        clippy::disallowed_methods,
        reason = "without a pidfd no event reports the end; the caller asks again until its deadline"
    )]
    pub(super) async fn pause(&self, moment: Duration) {
        match self {
            Self::Blocking { unread } => {
                unread.discard();
                std::thread::sleep(moment);
            }
            Self::Runtime => tokio::time::sleep(moment).await,
        }
    }
}

/// The stdout of a subject, which no reader reads any more.
#[derive(Debug, Default)]
pub(crate) struct Unread(Mutex<Option<ChildStdout>>);

impl Unread {
    pub(super) fn new(pipe: Option<ChildStdout>) -> Self {
        Self(Mutex::new(pipe))
    }

    fn lock(&self) -> MutexGuard<'_, Option<ChildStdout>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn block(&self, fd: BorrowedFd<'_>, until: Instant) {
        let left = timespec(until.saturating_duration_since(Instant::now()));
        let pipe = self.lock();
        let mut watched = vec![PollFd::from_borrowed_fd(fd, PollFlags::IN)];
        watched.extend(pipe.as_ref().map(|pipe| PollFd::new(pipe, PollFlags::IN)));
        // After an error (an interruption) the caller looks again, as after any return.
        let _ = poll(&mut watched, Some(&left));
        let something_said = watched.get(1).is_some_and(|pipe| !pipe.revents().is_empty());
        drop(watched);
        drop(pipe);
        if something_said {
            self.discard();
        }
    }

    /// Discards what can be read now, up to a limit.
    fn discard(&self) {
        let mut held = self.lock();
        let mut scratch = [0; 16 << 10];
        for _ in 0..64 {
            let Some(pipe) = held.as_ref() else { return };
            match rustix::io::read(pipe, &mut scratch) {
                Ok(1..) | Err(Errno::INTR) => {}
                Err(Errno::AGAIN) => return,
                Ok(_) | Err(_) => *held = None,
            }
        }
    }
}

/// Blocks until the descriptor is readable or the time is up; returns whether it is.
pub(super) fn is_readable_within(fd: BorrowedFd<'_>, until: Instant) -> bool {
    loop {
        let left = timespec(until.saturating_duration_since(Instant::now()));
        match poll(&mut [PollFd::from_borrowed_fd(fd, PollFlags::IN)], Some(&left)) {
            Err(Errno::INTR) => {}
            answer => return matches!(answer, Ok(1..)),
        }
    }
}

pub(crate) fn timespec(left: Duration) -> Timespec {
    Timespec {
        tv_sec: left.as_secs().try_into().unwrap_or(i32::MAX.into()),
        tv_nsec: left.subsec_nanos().into(),
    }
}

/// Runs a future that never has to wait; returns `None` if it does.
pub(crate) fn at_once<F: Future>(future: F) -> Option<F::Output> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => Some(output),
        Poll::Pending => None,
    }
}
