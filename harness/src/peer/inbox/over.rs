//! When the conversation is over, so that nothing more is expected of the process.

use std::time::Instant;

use super::Inbox;

impl Inbox {
    /// Records that the subject's input is closed, or that it was sent a signal.
    pub(in crate::peer) fn close_input(&self) {
        self.lock().closing.get_or_insert_with(Instant::now);
    }

    /// When its input was closed, or it was sent a signal; now, if neither.
    pub(in crate::peer) fn closing(&self) -> Instant {
        self.lock().closing.unwrap_or_else(Instant::now)
    }

    /// Whether nothing more is expected of its process: its input or output is closed, it was sent a
    /// signal, or it has sent too much.
    pub(in crate::peer) fn is_over(&self) -> bool {
        let state = self.lock();
        state.closing.is_some() || state.closed || state.flooded.is_some()
    }
}
