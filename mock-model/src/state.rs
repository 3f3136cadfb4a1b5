//! The state that the owner and the connections of one service share.

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::gates::Gates;
use crate::pulse::Pulse;
use crate::requests::Request;
use crate::requests::journal::{Journal, Limits};
use crate::script::Script;
use crate::whole::Whole;

/// The shared state of a service.
#[derive(Debug, Default)]
pub(crate) struct State {
    talk: Mutex<Talk>,
    pub(crate) gates: Gates,
    pub(crate) whole: Whole,
    /// Beats when a request is recorded, and when the delivery of an answer ends.
    pub(crate) pulse: Pulse,
}

/// Under one lock, so that the order of the journal is the order of the script.
#[derive(Debug, Default)]
pub(crate) struct Talk {
    pub(crate) script: Script,
    pub(crate) journal: Journal,
    pub(crate) is_closed: bool,
    /// How many requests had asked for a reply when the owner began anew.
    pub(crate) before: usize,
}

impl Talk {
    /// How many requests have asked for a reply since the owner began anew.
    pub(crate) fn asked(&self) -> usize {
        self.journal.counts.asked - self.before
    }

    /// The request with this number since the owner began anew, if the journal keeps it.
    pub(crate) fn numbered(&self, number: usize) -> Option<&Request> {
        self.journal.numbered(self.before + number)
    }
}

impl State {
    pub(crate) fn new(limits: Limits) -> Self {
        let talk = Talk { journal: Journal::new(limits), ..Talk::default() };
        Self { talk: Mutex::new(talk), ..Self::default() }
    }

    pub(crate) fn talk(&self) -> MutexGuard<'_, Talk> {
        self.talk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends all waits: nothing more will happen here.
    pub(crate) fn close(&self) {
        self.talk().is_closed = true;
        self.gates.close();
        self.pulse.beat();
    }
}
