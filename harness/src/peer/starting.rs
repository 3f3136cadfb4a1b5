//! A subject that has not said anything yet: whether it is still starting, and for how long that is waited for.
//!
//! How long a start takes is measured once, when the subject is examined, on the machine as it is then. Later many start at a
//! time, beside whatever else runs: a process that computes is given the time to come to its first word.

use std::sync::Arc;
use std::time::Duration;

use crate::peer::Peer;
use crate::peer::inbox::Inbox;
use crate::queue::Stopwatch;
use reaper::process::work;

/// One look after the other at a process that has not said anything yet.
pub(super) struct Starting {
    inbox: Arc<Inbox>,
    pid: Option<u32>,
    /// How long it may take in any case.
    first: Duration,
    /// How much it had computed at the last look.
    work: Duration,
    at_work: bool,
    /// Runs while its start is waited for: that is no time of the check's.
    pub(super) watch: Stopwatch,
}

impl Starting {
    /// How long is waited between two looks: long enough for a process to get its turn beside a hundred others.
    pub(super) const LOOK: Duration = Duration::from_secs(1);
    /// How long a process that computes without a word is waited for: it may be one that will never say anything.
    const LONGEST: Duration = Duration::from_secs(90);

    /// Begins to look; nothing if the subject has said something.
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

    /// Whether it is worth another look.
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

    /// Whether it computed when it was looked at last, and has not said anything since.
    pub(super) fn is_at_work(&self) -> bool {
        self.at_work && !self.inbox.is_heard()
    }
}
