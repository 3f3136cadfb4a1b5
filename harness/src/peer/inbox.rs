//! Everything that the subject said: read as it comes, whatever the check is doing.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use serde_json::{Value, json};
use tokio::io::AsyncBufRead;
use tokio::sync::Notify;

use crate::line::{Line, next_line};
use crate::message::{Call, Id, Message};
use crate::policy::{Policies, Policy};
use crate::settings::Settings;
use crate::stdin::Stdin;
use crate::transcript::{Direction, Entry, Transcript};

/// What was received, shared between the reader and the waits.
pub(super) struct Inbox {
    state: Mutex<State>,
    /// Told at every line and at the end.
    pub(super) changed: Notify,
    started: Instant,
    unread_limit: usize,
}

pub(super) struct State {
    pub(super) transcript: Transcript,
    pub(super) policies: Policies,
    /// Requests that we sent and that are not answered yet, or whose answer was not taken.
    pub(super) pending: HashMap<Id, Pending>,
    /// Entries that a wait has taken.
    taken: HashSet<usize>,
    unread: usize,
    /// Why nothing more is recorded: the subject sends without end.
    pub(super) flooded: Option<String>,
    /// The subject closed its stdout.
    pub(super) closed: bool,
    /// Requests of the subject that no policy named.
    pub(super) unexpected: Vec<String>,
}

pub(super) struct Pending {
    pub(super) method: String,
    pub(super) answer: Option<Value>,
}

impl Inbox {
    pub(super) fn new(settings: &Settings, policies: Policies) -> Self {
        Self {
            state: Mutex::new(State {
                transcript: Transcript::new(settings.transcript),
                policies,
                pending: HashMap::new(),
                taken: HashSet::new(),
                unread: 0,
                flooded: None,
                closed: false,
                unexpected: Vec::new(),
            }),
            changed: Notify::new(),
            started: Instant::now(),
            unread_limit: settings.unread,
        }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn expect(&self, id: Id, method: &str) {
        let pending = Pending { method: method.to_owned(), answer: None };
        self.lock().pending.insert(id, pending);
    }

    pub(super) fn answer(&self, id: &Id) -> Option<Value> {
        let mut state = self.lock();
        state.pending.get(id)?.answer.as_ref()?;
        state.pending.remove(id)?.answer
    }

    pub(super) fn set_policy(&self, method: &str, policy: Policy) {
        self.lock().policies.set(method, policy);
    }

    pub(super) fn set_other_policy(&self, policy: Policy) {
        self.lock().policies.set_others(policy);
    }

    pub(super) fn length(&self) -> usize {
        self.lock().transcript.entries().len()
    }

    pub(super) fn transcript(&self) -> Transcript {
        self.lock().transcript.clone()
    }

    pub(super) fn calls_since(&self, mark: usize) -> Vec<Call> {
        let state = self.lock();
        let entries = state.transcript.entries();
        (mark..entries.len()).filter_map(|seq| call(&entries[seq], seq)).collect()
    }

    /// Takes the first fitting call at or after `from`; moves `from` behind what was looked at.
    pub(super) fn take(&self, from: &mut usize, fits: &impl Fn(&Call) -> bool) -> Option<Call> {
        let mut state = self.lock();
        let state = &mut *state;
        let entries = state.transcript.entries();
        while *from < entries.len() {
            let seq = *from;
            *from += 1;
            if state.taken.contains(&seq) {
                continue;
            }
            if let Some(call) = call(&entries[seq], seq).filter(fits) {
                state.taken.insert(seq);
                state.unread = state.unread.saturating_sub(1);
                return Some(call);
            }
        }
        None
    }

    /// Records a line of ours.
    pub(super) fn sent(&self, line: &[u8]) {
        let entry = self.entry(Direction::ToSubject, line.to_vec());
        self.lock().transcript.record(entry);
    }

    /// Records a line of the subject; the answer that a policy gives to it, if it is a request.
    fn received(&self, mut entry: Entry, too_long: Option<usize>) -> Option<Value> {
        if let Some(length) = too_long {
            entry.value = None;
            entry.message = Message::Pollution(format!("a line of {length} bytes"));
        }
        let mut state = self.lock();
        let reply = state.route(&entry);
        let kept = state.transcript.record(entry).is_some();
        state.unread += 1;
        if state.flooded.is_none() && (!kept || state.unread > self.unread_limit) {
            state.flooded = Some(format!(
                "{} unread messages in {:.1} s",
                state.unread,
                self.started.elapsed().as_secs_f64()
            ));
        }
        drop(state);
        self.changed.notify_waiters();
        reply
    }

    fn entry(&self, direction: Direction, line: Vec<u8>) -> Entry {
        let value = serde_json::from_slice::<Value>(&line).ok();
        let message = match &value {
            Some(value) => Message::classify(value),
            None => Message::Pollution(match std::str::from_utf8(&line) {
                Ok(_) => "not JSON".to_owned(),
                Err(error) => format!("not UTF-8 at byte {}", error.valid_up_to()),
            }),
        };
        Entry { at: self.started.elapsed(), direction, line, value, message }
    }

    fn close(&self) {
        self.lock().closed = true;
        self.changed.notify_waiters();
    }
}

impl State {
    /// Files an answer, or decides how a request of the subject is answered.
    fn route(&mut self, entry: &Entry) -> Option<Value> {
        let value = entry.value.as_ref()?;
        if let Message::Request { id, method } = &entry.message {
            let (policy, expected) = self.policies.of(method);
            if !expected && self.unexpected.len() < 16 {
                self.unexpected.push(method.clone());
            }
            return match policy {
                Policy::Hold => None,
                Policy::Result(result) => Some(json!({ "id": id.to_json(), "result": result })),
                Policy::Error(error) => Some(json!({ "id": id.to_json(), "error": error })),
            };
        }
        let id = entry.message.answers(value)?;
        // A second answer is left to the observer of the whole conversation.
        if let Some(pending) = self.pending.get_mut(&id)
            && pending.answer.is_none()
        {
            pending.answer = Some(value.clone());
        }
        None
    }
}

fn call(entry: &Entry, seq: usize) -> Option<Call> {
    if !entry.is_from_subject() {
        return None;
    }
    let (method, id) = match &entry.message {
        Message::Request { method, id } => (method.clone(), Some(id.clone())),
        Message::Notification { method } => (method.clone(), None),
        _ => return None,
    };
    Some(Call { method, id, params: entry.params().clone(), seq })
}

/// Reads the subject's stdout to its end.
pub(super) async fn read(
    mut stdout: impl AsyncBufRead + Unpin,
    inbox: Arc<Inbox>,
    stdin: Stdin,
    limit: usize,
) {
    loop {
        let (line, too_long) = match next_line(&mut stdout, limit).await {
            Ok(Line::Whole(line) | Line::Unfinished(line)) => (line, None),
            Ok(Line::TooLong { head, length }) => (head, Some(length)),
            Ok(Line::End) | Err(_) => break,
        };
        let entry = inbox.entry(Direction::FromSubject, line);
        if let Some(reply) = inbox.received(entry, too_long) {
            let line = reply.to_string();
            inbox.sent(line.as_bytes());
            let stdin = stdin.clone();
            // On a task of its own: a subject that does not read must not stop us from reading it.
            tokio::spawn(async move {
                // A broken pipe shows in the next wait.
                let _ = stdin.write_all(format!("{line}\n").as_bytes()).await;
            });
        }
    }
    inbox.close();
}
