//! A socket that reports when everything that was written to it has reached the kernel.
//!
//! hyper drops its buffer when a body fails, so a cut that must deliver the earlier events has to
//! know that they have left. The socket also makes every event a write of its own.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};

use hyper::rt::{Read, ReadBufCursor, Write};
use tokio::sync::Notify;

/// Counts the times that the write buffer of a connection was emptied.
#[derive(Clone, Debug, Default)]
pub(crate) struct Flushes(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    count: AtomicU64,
    changed: Notify,
}

impl Flushes {
    pub(crate) fn count(&self) -> u64 {
        self.0.count.load(Ordering::Acquire)
    }

    /// Waits for a flush after flush number `seen`.
    pub(crate) async fn after(&self, seen: u64) {
        while self.count() == seen {
            // A flush between the two lines leaves a permit, so it is not missed.
            self.0.changed.notified().await;
        }
    }

    fn flushed(&self) {
        self.0.count.fetch_add(1, Ordering::AcqRel);
        self.0.changed.notify_one();
    }
}

/// The socket of a connection.
#[derive(Debug)]
pub(crate) struct FlushedIo<T> {
    io: T,
    flushes: Flushes,
}

impl<T> FlushedIo<T> {
    pub(crate) fn new(io: T, flushes: Flushes) -> Self {
        Self { io, flushes }
    }
}

impl<T: Read + Unpin> Read for FlushedIo<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_read(cx, buf)
    }
}

impl<T: Write + Unpin> Write for FlushedIo<T> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write(cx, buf)
    }

    /// hyper asks for this only when its own buffer is empty.
    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let polled = Pin::new(&mut self.io).poll_flush(cx);
        if let Poll::Ready(Ok(())) = &polled {
            self.flushes.flushed();
        }
        polled
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(cx)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write_vectored(cx, bufs)
    }
}
