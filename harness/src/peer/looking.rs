//! What can be seen of a conversation so far.

use crate::message::Call;
use crate::peer::Peer;
use crate::transcript::{Entry, Transcript};

impl Peer {
    /// Whether the subject runs, and can still be spoken to.
    pub(crate) fn is_listening(&self) -> bool {
        self.running.as_ref().is_some_and(|running| {
            !running.inbox.is_over() && running.unfinished.is_empty() && !running.stdin.is_closed()
        })
    }

    /// A position in the conversation, from which later calls can be read.
    pub fn mark(&self) -> usize {
        self.running.as_ref().map_or(0, |running| running.inbox.length())
    }

    /// Every notification and request of the subject since `mark`, taken or not, in order.
    pub fn calls_since(&self, mark: usize) -> Vec<Call> {
        self.running.as_ref().map_or_else(Vec::new, |running| running.inbox.calls_since(mark))
    }

    /// What `look` finds in the conversation so far with the running process, if one runs.
    pub fn look<T>(&self, look: impl FnOnce(&[Entry]) -> T) -> Option<T> {
        self.running.as_ref().map(|running| running.inbox.read(|all| look(all.entries())))
    }

    /// The conversation so far with the running process.
    pub fn transcript(&self) -> Option<Transcript> {
        self.running.as_ref().map(|running| running.inbox.transcript())
    }

    /// The end of the running subject's stderr.
    pub fn stderr(&self) -> String {
        self.running.as_ref().map_or_else(String::new, |running| running.process.stderr().text())
    }
}
