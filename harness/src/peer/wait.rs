//! Waiting with a deadline, and what a wait that failed has to say.

use std::time::Duration;

use crate::ensure::shorten;
use crate::failure::{Failure, Kind, Result};
use crate::message::printable;
use crate::peer::Peer;
use crate::peer::inbox::{Inbox, State};
use crate::transcript::Entry;

/// How many of the messages that came instead are shown.
const SHOWN: usize = 12;
/// How much of each is shown, in bytes.
const WIDTH: usize = 240;
/// How much of the end of stderr is shown, in bytes.
const STDERR: usize = 1_500;
/// How long a subject that closed its stdout has to exit, so that its status can be told.
const EXIT: Duration = Duration::from_millis(500);

impl Peer {
    /// Waits until `look` finds something; fails at once when it can no longer come.
    pub(super) async fn wait<T>(
        &mut self,
        awaited: &str,
        within: Duration,
        mut look: impl FnMut(&Inbox) -> Option<T>,
    ) -> Result<T> {
        let inbox = std::sync::Arc::clone(&self.running()?.inbox);
        let began = inbox.length();
        let found = tokio::time::timeout(within, async {
            loop {
                // Enlisted before looking, so that a line that comes in between is not missed.
                let changed = inbox.changed.notified();
                tokio::pin!(changed);
                changed.as_mut().enable();
                if let Some(found) = look(&inbox) {
                    return Some(found);
                }
                {
                    let state = inbox.lock();
                    if state.closed || state.flooded.is_some() {
                        return None;
                    }
                }
                changed.await;
            }
        })
        .await;
        match found {
            Ok(Some(found)) => Ok(found),
            Ok(None) => {
                let flooded = inbox.lock().flooded.clone();
                Err(match flooded {
                    Some(flood) => self.evidence(
                        Failure::mismatch(awaited, "it, among a bounded number of messages", flood),
                        began,
                    ),
                    None => self.closed(awaited).await,
                })
            }
            Err(_) => Err(self.timed_out(awaited, within, began)),
        }
    }

    /// The failure of a wait whose time has passed.
    pub(super) fn timed_out(&self, awaited: &str, within: Duration, began: usize) -> Failure {
        let arrived = self.arrived_since(began);
        let observed = match arrived.len() {
            0 => format!("nothing within {within:?}"),
            count => format!("not within {within:?}; {count} other messages came instead"),
        };
        self.evidence(
            Failure::new(Kind::Timeout, "a wait with a deadline", awaited, observed),
            began,
        )
    }

    /// The failure of a wait for a subject that closed its stdout.
    pub(super) async fn closed(&mut self, awaited: &str) -> Failure {
        let exit = match self.running.as_mut() {
            Some(running) => running.process.wait(EXIT).await,
            None => None,
        };
        let observed = match exit {
            Some(exit) => format!("the subject had ended: {exit}"),
            None => "the subject had closed its stdout, and still runs".to_owned(),
        };
        self.evidence(Failure::new(Kind::Closed, "the connection", awaited, observed), 0)
    }

    fn arrived_since(&self, began: usize) -> Vec<String> {
        let Some(running) = &self.running else { return Vec::new() };
        let state = running.inbox.lock();
        let entries = state.transcript.entries();
        entries.iter().skip(began).filter(|entry| entry.is_from_subject()).map(brief).collect()
    }

    /// Adds what a person needs to see why: what came, what is unanswered, whether the subject lives, its stderr.
    fn evidence(&self, mut failure: Failure, began: usize) -> Failure {
        let Some(running) = &self.running else { return failure };
        let arrived = self.arrived_since(began);
        let skipped = arrived.len().saturating_sub(SHOWN);
        if skipped > 0 {
            failure = failure.note(format!("came      … {skipped} messages left out …"));
        }
        for line in arrived.into_iter().skip(skipped) {
            failure = failure.note(format!("came      {line}"));
        }
        for line in standing(&running.inbox.lock()) {
            failure = failure.note(line);
        }
        let stderr = running.process.stderr().text();
        if !stderr.trim().is_empty() {
            let start = stderr.ceil_char_boundary(stderr.len().saturating_sub(STDERR));
            for line in stderr[start..].lines() {
                failure = failure.note(format!("stderr    {}", printable(line.as_bytes(), WIDTH)));
            }
        }
        failure
    }
}

fn brief(entry: &Entry) -> String {
    shorten(&printable(&entry.line, WIDTH), WIDTH)
}

fn standing(state: &State) -> Vec<String> {
    let mut lines = Vec::new();
    let mut unanswered: Vec<_> = state
        .pending
        .iter()
        .filter(|(_, pending)| pending.answer.is_none())
        .map(|(id, pending)| format!("`{}` (id {id})", pending.method))
        .collect();
    unanswered.sort();
    if !unanswered.is_empty() {
        lines.push(format!("unanswered {}", shorten(&unanswered.join(", "), WIDTH)));
    }
    if !state.unexpected.is_empty() {
        lines.push(format!(
            "refused   server requests that nobody expected: {}",
            state.unexpected.join(", ")
        ));
    }
    lines
}
