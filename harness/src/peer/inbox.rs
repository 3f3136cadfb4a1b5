//! Everything that the subject sent: filed on arrival, and limited in size.

mod over;

use std::collections::{HashMap, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::sync::Notify;

use crate::coverage::Tally;
use crate::file_log::Files;
use crate::line::HEAD;
use crate::message::{Call, Id, Message, enveloped};
use crate::peer::parse::Parsed;
use crate::policy::{Policies, Policy};
use crate::settings::Settings;
use crate::transcript::{Direction, Entry, Transcript};

/// The number of items of one kind that a failure names.
const NAMED: usize = 16;
/// What is in a message, whatever its form is.
const PART: &[u8] = b"\"jsonrpc\"";
/// The number of bytes of an answer that count as requested when a full transcript is blamed on one
/// side.
const ASKED: usize = 64 << 10;

/// The received messages, shared between the reader and the waits.
pub(super) struct Inbox {
    state: Mutex<State>,
    /// Notified at every line and at the end.
    pub(super) changed: Notify,
    started: Instant,
    jsonrpc: bool,
    unread_limit: usize,
    transcript_limit: usize,
    files: Option<Arc<Files>>,
    tally: Tally,
}

pub(super) struct State {
    pub(super) transcript: Transcript,
    policies: Policies,
    /// Requests without an answer, or whose answer was not taken. A queue per id, because an id may
    /// be reused.
    pub(super) pending: HashMap<Id, VecDeque<Pending>>,
    /// The subject's calls that no wait has taken, in order of arrival.
    untaken: Vec<Untaken>,
    unread: usize,
    /// The subject has sent a line.
    heard: bool,
    /// The bytes of all lines, in both directions, and those of lines that we sent or requested.
    volume: usize,
    asked: usize,
    /// The reason why nothing more is recorded.
    pub(super) flooded: Option<Flood>,
    /// The subject closed its stdout.
    pub(super) closed: bool,
    /// When its input was closed, or it was sent a signal.
    pub(super) closing: Option<Instant>,
    /// The subject's requests without a policy.
    pub(super) unexpected: Vec<String>,
    /// The ids of answers without an open request.
    pub(super) stray: Vec<Id>,
    /// How many lines were answers to nothing that is open, or looked like parts of a message: what is
    /// awaited has probably come in a form that no wait can find.
    spoiled: usize,
    /// The beginning and the length of an incomplete line.
    pub(super) part: Option<(Vec<u8>, usize)>,
}

/// The reason why nothing more is recorded of a conversation.
#[derive(Clone)]
pub(super) struct Flood {
    /// What was too much.
    pub(super) what: String,
    /// Most of it is our requests and their answers: the subject is not at fault.
    pub(super) ours: bool,
}

pub(super) struct Pending {
    pub(super) method: String,
    /// The entry of the answer.
    pub(super) answer: Option<usize>,
}

struct Untaken {
    entry: usize,
    /// It counts as unread: no policy has handled it.
    unread: bool,
}

impl Inbox {
    pub(super) fn new(settings: &Settings, jsonrpc: bool, policies: Policies) -> Self {
        Self {
            state: Mutex::new(State {
                transcript: Transcript::new(settings.transcript),
                policies,
                pending: HashMap::new(),
                untaken: Vec::new(),
                unread: 0,
                volume: 0,
                asked: 0,
                flooded: None,
                heard: false,
                closed: false,
                closing: None,
                unexpected: Vec::new(),
                stray: Vec::new(),
                spoiled: 0,
                part: None,
            }),
            changed: Notify::new(),
            started: Instant::now(),
            jsonrpc,
            unread_limit: settings.unread,
            transcript_limit: settings.transcript,
            files: None,
            tally: Tally::default(),
        }
    }

    /// Keeps up this record of files.
    pub(super) fn with_files(mut self, files: Option<Arc<Files>>) -> Self {
        self.files = files;
        self
    }

    /// Has this note what the check touches.
    pub(super) fn with_tally(mut self, tally: Tally) -> Self {
        self.tally = tally;
        self
    }

    /// When its process was started.
    pub(super) fn started(&self) -> Instant {
        self.started
    }

    /// Looks at the files of the home, where a request or an answer may show what has changed.
    fn look(&self, message: &Message) {
        let looks = matches!(
            message,
            Message::Request { .. } | Message::Response { .. } | Message::Error { .. }
        );
        if let Some(files) = self.files.as_ref().filter(|_| looks) {
            files.look();
        }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn expect(&self, id: Id, method: &str) {
        let pending = Pending { method: method.to_owned(), answer: None };
        self.lock().pending.entry(id).or_default().push_back(pending);
    }

    /// Whether the answer to a request with this id is still to come, or was not taken.
    pub(super) fn expects(&self, id: &Id) -> bool {
        self.lock().pending.contains_key(id)
    }

    /// Takes the answer to the oldest request with this id.
    pub(super) fn answer(&self, id: &Id) -> Option<Value> {
        let mut state = self.lock();
        let pending = state.pending.get_mut(id)?;
        let entry = pending.front()?.answer?;
        pending.pop_front();
        if pending.is_empty() {
            state.pending.remove(id);
        }
        state.transcript.entries().get(entry)?.value.clone()
    }

    pub(super) fn set_policy(&self, method: &str, policy: Policy) {
        self.lock().policies.set(method, policy);
    }

    /// Ends all policies, and leaves nothing to take that has come so far.
    pub(super) fn forget(&self) {
        let mut state = self.lock();
        state.policies = Policies::default();
        (state.untaken, state.unread) = (Vec::new(), 0);
    }

    pub(super) fn set_other_policy(&self, policy: Policy) {
        self.lock().policies.set_others(policy);
    }

    /// Whether the subject has sent anything, even part of a line.
    pub(super) fn is_heard(&self) -> bool {
        let state = self.lock();
        state.part.is_some() || state.flooded.is_some() || state.heard
    }

    /// The time since its process was started.
    pub(super) fn age(&self) -> Duration {
        self.started.elapsed()
    }

    pub(super) fn length(&self) -> usize {
        self.lock().transcript.entries().len()
    }

    pub(super) fn transcript(&self) -> Transcript {
        self.lock().transcript.clone()
    }

    /// What `look` finds in the conversation so far.
    pub(super) fn read<T>(&self, look: impl FnOnce(&Transcript) -> T) -> T {
        look(&self.lock().transcript)
    }

    /// Takes the conversation with a process that has ended.
    pub(super) fn take_transcript(&self) -> Transcript {
        std::mem::replace(&mut self.lock().transcript, Transcript::new(0))
    }

    pub(super) fn calls_since(&self, mark: usize) -> Vec<Call> {
        let state = self.lock();
        let entries = state.transcript.entries().iter().enumerate().skip(mark);
        let entries = entries.filter(|(_, entry)| entry.is_from_subject());
        entries.filter_map(|(seq, entry)| call(entry, seq, entry.params().clone())).collect()
    }

    /// Takes the first matching call at or after `from`; moves `from` behind the calls that were
    /// looked at.
    pub(super) fn take(&self, from: &mut usize, fits: &impl Fn(&Call) -> bool) -> Option<Call> {
        let mut state = self.lock();
        let state = &mut *state;
        let start = state.untaken.partition_point(|untaken| untaken.entry < *from);
        for place in start..state.untaken.len() {
            let seq = state.untaken[place].entry;
            *from = seq + 1;
            if let Some(call) =
                state.transcript.entry_mut(seq).and_then(|entry| lend(entry, seq, fits))
            {
                let untaken = state.untaken.remove(place);
                state.unread = state.unread.saturating_sub(usize::from(untaken.unread));
                self.tally.taken(&call.method, call.id.is_some());
                return Some(call);
            }
        }
        None
    }

    /// How many lines there were that no wait can find.
    pub(super) fn spoiled(&self) -> usize {
        self.lock().spoiled
    }

    /// Ends when there are more of them than `before`.
    pub(super) async fn more_spoiled(&self, before: usize) {
        loop {
            let changed = self.changed.notified();
            tokio::pin!(changed);
            changed.as_mut().enable();
            if self.spoiled() > before {
                return;
            }
            changed.await;
        }
    }

    /// Records a line that we sent.
    pub(super) fn sent(&self, line: &[u8]) {
        let parsed = Parsed::whole(line.to_vec(), self.transcript_limit);
        self.look(&parsed.message);
        let entry = self.entry(Direction::ToSubject, parsed);
        self.tally.line(&entry, None);
        let mut state = self.lock();
        state.volume += line.len();
        state.asked += line.len();
        state.transcript.record(entry);
    }

    /// Records the beginning of an incomplete line.
    pub(super) fn part(&self, head: &[u8], length: usize) {
        let mut state = self.lock();
        let part = state.part.get_or_insert_default();
        if part.0.len() < HEAD {
            part.0 = head[..head.len().min(HEAD)].to_vec();
        }
        part.1 = length;
    }

    /// Records a line of the subject; `length` is its full length if only the beginning was read.
    /// Returns the answer to send if it is a request with a policy. After a flood nothing is kept,
    /// and all waits fail.
    pub(super) fn receive(&self, line: Vec<u8>, length: Option<usize>) -> Option<Vec<u8>> {
        if self.passes_by() {
            return None;
        }
        // Outside of the lock, because it takes the most time.
        let parsed = match length {
            Some(length) => Parsed::too_long(line, length),
            None => Parsed::whole(line, self.transcript_limit),
        };
        self.look(&parsed.message);
        let entry = self.entry(Direction::FromSubject, parsed);
        let mut state = self.lock();
        state.part = None;
        state.heard = true;
        if self.tally.is_on() {
            self.tally.line(&entry, state.asked_by(&entry));
        }
        let reply = state.file(entry).map(|reply| enveloped(self.jsonrpc, reply).to_string());
        let unread = state.unread;
        let ours = state.asked > state.volume / 2;
        let flood = if state.transcript.left_out() > 0 {
            let limit = self.transcript_limit;
            Some((format!("more than the {limit} bytes that are kept of a conversation"), ours))
        } else {
            (unread > self.unread_limit).then(|| (format!("{unread} unread messages"), false))
        };
        drop(state);
        if let Some((what, ours)) = flood {
            self.fill(&what, ours);
        }
        self.changed.notify_waiters();
        reply.map(|reply| {
            self.sent(reply.as_bytes());
            (reply + "\n").into_bytes()
        })
    }

    /// Records that the last line had no end.
    pub(super) fn unended(&self) {
        self.lock().transcript.end_within_line();
    }

    fn passes_by(&self) -> bool {
        let mut state = self.lock();
        if state.flooded.is_none() {
            return false;
        }
        state.part = None;
        state.transcript.leave_out();
        true
    }

    /// Makes all later waits fail with the reason that the subject sent `what`.
    pub(super) fn flood(&self, what: &str) {
        self.fill(what, false);
    }

    fn fill(&self, what: &str, ours: bool) {
        let mut state = self.lock();
        let took = self.started.elapsed().as_secs_f64();
        state.flooded.get_or_insert_with(|| Flood { what: format!("{what} in {took:.1} s"), ours });
        drop(state);
        self.changed.notify_waiters();
    }

    fn entry(&self, direction: Direction, parsed: Parsed) -> Entry {
        let Parsed { line, value, message } = parsed;
        Entry { at: self.started.elapsed(), direction, line, value, message }
    }

    pub(super) fn close(&self) {
        self.lock().closed = true;
        self.changed.notify_waiters();
    }
}

impl State {
    /// The method of the open request that this line answers.
    fn asked_by(&self, entry: &Entry) -> Option<&str> {
        let id = entry.message.answers(entry.value.as_ref()?)?;
        self.open(&id).map(|open| open.method.as_str())
    }

    /// Records a line of the subject: files an answer, or decides how to answer a request.
    fn file(&mut self, entry: Entry) -> Option<Value> {
        let message = entry.message.clone();
        let answers = entry.value.as_ref().and_then(|value| message.answers(value));
        let length = entry.line.len();
        let in_parts = matches!(message, Message::Pollution(_))
            && entry.line.windows(PART.len()).any(|part| part == PART);
        self.spoiled += usize::from(in_parts);
        self.volume += length;
        let asked = answers.as_ref().is_some_and(|id| self.open(id).is_some());
        if asked {
            self.asked += length.min(ASKED);
        }
        let seq = self.transcript.record(entry)?;
        // Requested messages are no flood, even if no wait has looked at them yet.
        self.unread += usize::from(!asked);
        match message {
            Message::Request { id, method } => {
                let (policy, expected) = self.policies.of(&method);
                if !expected && self.unexpected.len() < NAMED {
                    self.unexpected.push(method);
                }
                // A message with a policy of the check counts as handled; an unexpected one does
                // not.
                let unread = policy == Policy::Hold || !expected;
                self.unread -= usize::from(!unread);
                self.untaken.push(Untaken { entry: seq, unread });
                match policy {
                    Policy::Hold => None,
                    Policy::Result(result) => Some(json!({ "id": id.to_json(), "result": result })),
                    Policy::Error(error) => Some(json!({ "id": id.to_json(), "error": error })),
                }
            }
            Message::Notification { .. } => {
                self.untaken.push(Untaken { entry: seq, unread: true });
                None
            }
            _ => {
                if let Some(id) = answers {
                    self.file_answer(id, seq);
                }
                None
            }
        }
    }

    /// The oldest request with this id whose answer is still to come.
    fn open(&self, id: &Id) -> Option<&Pending> {
        self.pending.get(id)?.iter().find(|pending| pending.answer.is_none())
    }

    fn file_answer(&mut self, id: Id, seq: usize) {
        let open = self.pending.get_mut(&id);
        let is_legal = !matches!(id, Id::Illegal(_));
        let open = open.and_then(|all| all.iter_mut().find(|pending| pending.answer.is_none()));
        match open {
            Some(pending) => return pending.answer = Some(seq),
            // It may be a second answer: the observer of the whole conversation judges that.
            None if self.stray.len() < NAMED && !self.stray.contains(&id) => self.stray.push(id),
            None => {}
        }
        // An error about a line that could not be read may have the id `null`.
        self.spoiled += usize::from(is_legal);
    }

    /// The methods of calls before `mark` that no wait has taken, each with the number of calls.
    pub(super) fn untaken_before(&self, mark: usize) -> Vec<(&str, usize)> {
        let mut counts: Vec<(&str, usize)> = Vec::new();
        let untaken = self.untaken.iter().take_while(|untaken| untaken.entry < mark);
        for untaken in untaken.filter(|untaken| untaken.unread) {
            let method = self.transcript.entries().get(untaken.entry).and_then(Entry::method);
            let method = method.unwrap_or_default();
            match counts.iter().position(|(other, _)| *other == method) {
                Some(place) => counts[place].1 += 1,
                None if counts.len() < NAMED => counts.push((method, 1)),
                None => {}
            }
        }
        counts
    }
}

fn call(entry: &Entry, seq: usize, params: Value) -> Option<Call> {
    if !entry.is_from_subject() {
        return None;
    }
    match &entry.message {
        Message::Request { method, id } => {
            Some(Call { method: method.clone(), id: Some(id.clone()), params, seq })
        }
        Message::Notification { method } => {
            Some(Call { method: method.clone(), id: None, params, seq })
        }
        _ => None,
    }
}

/// The call in an entry, if it matches. The parameters are not copied: many waits may look at many
/// calls.
fn lend(entry: &mut Entry, seq: usize, fits: &impl Fn(&Call) -> bool) -> Option<Call> {
    let params = entry.params_mut().map(Value::take).unwrap_or_default();
    let call = call(entry, seq, params)?;
    let fitting = catch_unwind(AssertUnwindSafe(|| fits(&call)));
    let wanted = fitting.as_ref().is_ok_and(|fits| *fits).then(|| call.clone());
    if let Some(params) = entry.params_mut() {
        *params = call.params;
    }
    match fitting {
        Ok(_) => wanted,
        Err(panic) => resume_unwind(panic),
    }
}
