//! What a program has said on one of its streams, up to the number of bytes that a client wants.

use std::cell::{Cell, RefCell};

/// What is known of one stream.
#[derive(Debug, Default)]
pub(crate) struct Heard {
    bytes: Cell<usize>,
    kept: RefCell<Vec<u8>>,
}

impl Heard {
    /// Counts a piece of output, and returns the part of it that is within the cap.
    pub(crate) fn count<'c>(&self, chunk: &'c [u8], cap: usize) -> &'c [u8] {
        let before = self.bytes.get();
        self.bytes.set(before.saturating_add(chunk.len()));
        &chunk[..chunk.len().min(cap.saturating_sub(before))]
    }

    /// How many bytes were said so far.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes.get()
    }

    /// Keeps a piece of output for the end.
    pub(crate) fn keep(&self, chunk: &[u8]) {
        self.kept.borrow_mut().extend_from_slice(chunk);
    }

    /// What was kept.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.kept.borrow()).into_owned()
    }
}
