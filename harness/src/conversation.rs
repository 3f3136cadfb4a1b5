//! A whole conversation, for observers to judge after the check.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::time::Duration;

use crate::applies::Release;
use crate::message::Call;
use crate::profile::Handshake;
use crate::transcript::{Entry, Transcript};
use crate::trap::Attempt;
use reaper::process::{EndedBy, Rung, ShutdownReport};
use report::Dialect;
use schema::Judge;

/// The messages between the client and one process of the subject, and its other observable
/// effects.
pub struct Conversation<'a> {
    /// Every line, in order.
    pub transcript: &'a Transcript,
    /// How the process ended, and the processes that it left.
    pub report: &'a ShutdownReport,
    /// The subject's attempts to reach other machines, during the whole check.
    pub egress: &'a [Attempt],
    /// The dialect in which the check was run.
    pub dialect: Dialect,
    /// The release that the subject claims.
    pub release: Option<Release>,
    /// The lines of the requests that were not answered though the process was given the time to, and
    /// had nothing else to do.
    pub unanswered: &'a [usize],
    /// The form of the handshake.
    pub handshake: Handshake,
    /// The shapes of its messages; nothing if the subject is older than every release with shapes.
    pub shapes: Option<&'a Judge>,
    pub(crate) mentions: &'a RefCell<BTreeSet<String>>,
}

impl Conversation<'_> {
    /// Mentions something in the report that is no failure. What is mentioned often is there once.
    pub fn mention(&self, what: String) {
        self.mentions.borrow_mut().insert(what);
    }

    /// Every line that the subject sent, with its number.
    pub fn from_subject(&self) -> impl Iterator<Item = (usize, &Entry)> {
        self.transcript.entries().iter().enumerate().filter(|(_, entry)| entry.is_from_subject())
    }

    /// Every line that the client sent, with its number.
    pub fn to_subject(&self) -> impl Iterator<Item = (usize, &Entry)> {
        self.transcript.entries().iter().enumerate().filter(|(_, entry)| !entry.is_from_subject())
    }

    /// How long the process ran on after the end of its input until it was ended by force; nothing if
    /// it was not.
    pub fn outlived_its_input(&self) -> Option<Duration> {
        let forced = [EndedBy::Term, EndedBy::Kill, EndedBy::NotReaped];
        if !forced.contains(&self.report.ended_by) {
            return None;
        }
        let waited = self.report.steps.iter().find(|step| step.rung == Rung::Eof);
        waited.map(|step| step.took)
    }

    /// Every notification and request of the subject, in order.
    pub fn calls(&self) -> Vec<Call> {
        self.from_subject()
            .filter_map(|(seq, entry)| {
                let method = entry.method()?.to_owned();
                let id = entry.value.as_ref()?.get("id").map(crate::message::Id::of);
                Some(Call { method, id, params: entry.params().clone(), seq })
            })
            .collect()
    }
}
