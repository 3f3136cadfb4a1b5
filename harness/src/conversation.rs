//! A whole conversation, as observers judge it after the check.

use crate::applies::Release;
use crate::message::Call;
use crate::profile::Handshake;
use crate::transcript::{Entry, Transcript};
use crate::trap::Attempt;
use reaper::process::ShutdownReport;
use report::Dialect;

/// What was said between us and one process of the subject, and what it did besides.
pub struct Conversation<'a> {
    /// Every line, in order.
    pub transcript: &'a Transcript,
    /// How the process ended and what it left.
    pub report: &'a ShutdownReport,
    /// What the subject tried to reach outside the machine, during the whole check.
    pub egress: &'a [Attempt],
    /// The dialect in which the check was run.
    pub dialect: Dialect,
    /// The release that the subject claims.
    pub release: Option<Release>,
    /// The form of the envelope.
    pub handshake: Handshake,
}

impl Conversation<'_> {
    /// Every line that the subject sent, with its number.
    pub fn from_subject(&self) -> impl Iterator<Item = (usize, &Entry)> {
        self.transcript.entries().iter().enumerate().filter(|(_, entry)| entry.is_from_subject())
    }

    /// Every line that we sent, with its number.
    pub fn to_subject(&self) -> impl Iterator<Item = (usize, &Entry)> {
        self.transcript.entries().iter().enumerate().filter(|(_, entry)| !entry.is_from_subject())
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
