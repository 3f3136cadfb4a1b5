//! Frames that a defective server takes for others: their heads are changed before they are read.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::fault::fault;

/// The end of the request that opens a connection.
const END_OF_REQUEST: &[u8] = b"\r\n\r\n";
/// The bit of the last frame of a message.
const LAST: u8 = 0x80;
/// The kinds of frames that matter here.
const CONTINUATION: u8 = 0;
const TEXT: u8 = 1;
const CLOSE: u8 = 8;
const PING: u8 = 9;
const PONG: u8 = 10;

/// A connection whose incoming frames may be changed.
pub(crate) struct Frames<S> {
    stream: S,
    /// How much of the end of the request was read.
    opening: usize,
    /// The head of a frame, as far as it was read.
    head: Vec<u8>,
    /// How many bytes of the frame are to come.
    left: u64,
    /// Whether they are a payload that is to be changed.
    changes: bool,
    /// Whether the frames before are the beginning of a message.
    inside: bool,
}

impl<S> Frames<S> {
    pub(crate) fn of(stream: S) -> Self {
        Self { stream, opening: 0, head: Vec::new(), left: 0, changes: false, inside: false }
    }

    fn change(&mut self, bytes: &mut [u8]) {
        let mut at = 0;
        while at < bytes.len() {
            if self.opening < END_OF_REQUEST.len() {
                let fits = bytes[at] == END_OF_REQUEST[self.opening];
                self.opening =
                    if fits { self.opening + 1 } else { usize::from(bytes[at] == b'\r') };
                at += 1;
            } else if self.left > 0 {
                if std::mem::take(&mut self.changes) {
                    bytes[at] ^= 1;
                }
                let step = self.left.min((bytes.len() - at) as u64);
                self.left -= step;
                at += usize::try_from(step).unwrap_or(usize::MAX);
            } else {
                if self.head.is_empty() {
                    bytes[at] = self.other(bytes[at]);
                }
                self.head.push(bytes[at]);
                self.begin();
                at += 1;
            }
        }
    }

    /// The first byte of a frame, as the defect sees it.
    fn other(&mut self, first: u8) -> u8 {
        let (kind, is_last) = (first & 0x0F, first & LAST != 0);
        let inside = self.inside;
        if kind < CLOSE {
            self.inside = !is_last;
        }
        match kind {
            CONTINUATION | TEXT if fault!(FRAGMENTS_ARE_MESSAGES) => LAST | TEXT,
            PING if fault!(PINGS_UNANSWERED) => LAST | PONG,
            PING if inside && fault!(PING_BETWEEN_FRAGMENTS_CLOSES) => LAST | CLOSE,
            CLOSE if fault!(CLOSE_UNANSWERED) => LAST | PONG,
            _ => first,
        }
    }

    /// Begins the payload, once the head is complete.
    fn begin(&mut self) {
        let Some(second) = self.head.get(1) else { return };
        let more = match second & 0x7F {
            126 => 2,
            127 => 8,
            _ => 0,
        };
        let mask = if second & 0x80 == 0 { 0 } else { 4 };
        if self.head.len() < 2 + more + mask {
            return;
        }
        let long = self.head[2..2 + more].iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte));
        self.left = if more == 0 { u64::from(second & 0x7F) } else { long };
        let is_ping = self.head[0] & 0x0F == PING;
        self.changes = is_ping && fault!(PONG_PAYLOAD_CHANGED);
        self.head.clear();
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Frames<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let from = buffer.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(context, buffer);
        if read.is_ready() {
            self.change(&mut buffer.filled_mut()[from..]);
        }
        read
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Frames<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
