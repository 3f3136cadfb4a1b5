//! What can be seen of a conversation so far.

use std::time::Duration;

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

    /// Whether the subject was started and has not ended.
    pub fn is_running(&mut self) -> bool {
        self.running.as_mut().is_some_and(|running| running.process.exit().is_none())
    }

    /// The processor time that the running subject and all its descendants have taken; none once it
    /// has ended.
    pub fn work(&self) -> Duration {
        self.pid().map_or(Duration::ZERO, reaper::process::work)
    }

    /// Whether a thread of the running subject has a processor, or waits for one or for a disk.
    pub fn is_at_work(&self) -> bool {
        self.pid().is_some_and(reaper::process::is_at_work)
    }

    /// The command lines of the processes that the running subject has started, and they.
    pub fn descendants(&self) -> Vec<String> {
        self.pid().map_or_else(Vec::new, reaper::process::descendants)
    }

    /// A position in the conversation, from which later calls can be read.
    pub fn mark(&self) -> usize {
        self.running.as_ref().map_or(0, |running| running.inbox.length())
    }

    /// Every notification and request of the subject since `mark`, taken or not, in order.
    pub fn calls_since(&self, mark: usize) -> Vec<Call> {
        self.running.as_ref().map_or_else(Vec::new, |running| running.inbox.calls_since(mark))
    }

    /// Notes that the check has looked at a call, which it did not take, for the coverage of the run.
    pub fn looked_at(&self, call: &Call) {
        self.tally().taken(&call.method, call.id.is_some());
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
