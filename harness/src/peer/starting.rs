//! A subject that has not sent anything yet: whether it is still starting, and how long to wait.
//!
//! The duration of a start is measured once, when the subject is examined. Later, many subjects
//! start at a time on a busier machine: a process that uses the processor gets the time that it
//! needs to its first message.

use std::sync::Arc;
use std::time::Duration;

use crate::peer::Peer;
use crate::peer::inbox::Inbox;
use crate::queue::Stopwatch;
use reaper::process::work;

/// Observes a process that has not sent anything yet.
pub(super) struct Starting {
    inbox: Arc<Inbox>,
    pid: Option<u32>,
    /// Its least time to start.
    first: Duration,
    /// The processor time that it had taken at the last look.
    work: Duration,
    at_work: bool,
    /// Runs while its start is awaited: that time does not count against the check.
    pub(super) watch: Stopwatch,
}

impl Starting {
    /// The interval between two looks: long enough for a process to run beside a hundred others.
    pub(super) const LOOK: Duration = Duration::from_secs(1);
    /// The time limit for a process that uses the processor but sends nothing: it may never send
    /// anything.
    const LONGEST: Duration = Duration::from_secs(90);

    /// Starts to observe; `None` if the subject has sent something.
    pub(super) fn of(peer: &Peer, inbox: &Arc<Inbox>) -> Option<Self> {
        (!inbox.is_heard()).then(|| Self {
            inbox: Arc::clone(inbox),
            pid: peer.pid(),
            first: peer.first,
            work: peer.work(),
            at_work: false,
            watch: peer.starting.clone(),
        })
    }

    /// Whether the wait goes on.
    pub(super) fn goes_on(&mut self) -> bool {
        if self.inbox.is_heard() || self.inbox.lock().closed {
            return false;
        }
        let work = self.pid.map_or(Duration::ZERO, work);
        self.at_work = work > self.work;
        self.work = work;
        let age = self.inbox.age();
        age < self.first || (self.at_work && age < Self::LONGEST)
    }

    /// Whether it was using the processor at the last look, and has sent nothing since.
    pub(super) fn is_at_work(&self) -> bool {
        self.at_work && !self.inbox.is_heard()
    }
}
