//! The end of a conversation: every request has been answered, or the subject has nothing left to do.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use reaper::process::{is_at_work, work};

use crate::mcp::CANCELLED;
use crate::message::{Id, Message};
use crate::peer::Peer;
use crate::transcript::Transcript;

/// How often a quiet subject is looked at.
const LOOK: Duration = Duration::from_millis(100);
/// The number of looks in a row at which it must be quiet: no line, no processor time, no thread
/// that wants some.
const QUIET: usize = 10;

impl Peer {
    /// Waits until every request of the running process is answered, as long as the process does
    /// something, and no longer than [`Settings::wait`](crate::Settings::wait).
    ///
    /// Nothing is noted for a process that is not running, or whose input is closed: it need not
    /// answer.
    pub(crate) async fn settle(&mut self) {
        let within = self.settings.wait;
        let Some(running) = self.running.as_mut() else { return };
        let (inbox, pid) = (&running.inbox, running.process.pid());
        if !running.unfinished.is_empty() || running.stdin.is_closed() {
            return;
        }
        let began = Instant::now();
        let (mut length, mut worked, mut quiet) = (inbox.length(), work(pid), 0);
        while !inbox.is_over() {
            let open = inbox.read(open_requests);
            if open.is_empty() {
                return;
            }
            if quiet >= QUIET || began.elapsed() > within {
                running.unanswered = open;
                return;
            }
            let _ = tokio::time::timeout(LOOK, inbox.changed.notified()).await;
            let now = (inbox.length(), work(pid));
            quiet = if now == (length, worked) && !is_at_work(pid) { quiet + 1 } else { 0 };
            (length, worked) = now;
        }
    }
}

/// The lines of the requests without an answer that were not cancelled.
fn open_requests(transcript: &Transcript) -> Vec<usize> {
    let mut open: HashMap<Id, Vec<usize>> = HashMap::new();
    for (line, entry) in transcript.entries().iter().enumerate() {
        let Some(value) = &entry.value else { continue };
        match &entry.message {
            // An id that is none cannot be answered.
            Message::Request { id: Id::Illegal(_), .. } => {}
            Message::Request { id, .. } if !entry.is_from_subject() => {
                open.entry(id.clone().rounded()).or_default().push(line);
            }
            Message::Notification { method } if !entry.is_from_subject() && method == CANCELLED => {
                open.remove(&Id::of(&entry.params()["requestId"]).rounded());
            }
            message if entry.is_from_subject() => {
                if let Some(id) = message.answers(value)
                    && let Some(lines) = open.get_mut(&id.rounded())
                    && !lines.is_empty()
                {
                    lines.remove(0);
                }
            }
            _ => {}
        }
    }
    let mut lines: Vec<usize> = open.into_values().flatten().collect();
    lines.sort_unstable();
    lines
}
