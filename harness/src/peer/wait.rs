//! Waits with a deadline, and the failures of waits.

use std::time::{Duration, Instant};

use futures_util::future::{Either, select};
use reaper::process::Exit;
use shown::{printable, shorten};

use crate::failure::{Failure, Kind, Result};
use crate::message::{Id, Message, RpcError};
use crate::peer::Peer;
use crate::peer::inbox::{Flood, Inbox, State};
use crate::peer::starting::Starting;
use crate::transcript::Entry;

/// The number of other messages that a failure shows.
const SHOWN: usize = 12;
/// The number of bytes of each that are shown.
const WIDTH: usize = 240;
/// The number of bytes of an error that are shown in a summary.
const ERROR: usize = 100;
/// The number of bytes that are shown from the end of stderr.
const STDERR: usize = 1_500;
/// How long a subject that closed its stdout has to exit, so that its status can be reported.
const EXIT: Duration = Duration::from_millis(500);

/// How long a wait goes on after an answer that nobody asked for, or a part of a message: what was
/// awaited has probably come like this. Servers that are right never send such a line.
const AFTER_ANOTHER: Duration = Duration::from_millis(500);

impl Peer {
    /// Waits until `look` finds something; fails at once if it can no longer come.
    pub(super) async fn wait<T>(
        &mut self,
        awaited: &str,
        within: Duration,
        mut look: impl FnMut(&Inbox) -> Option<T>,
    ) -> Result<T> {
        let inbox = std::sync::Arc::clone(&self.running()?.inbox);
        let began = inbox.length();
        self.awaiting = Some(awaited.to_owned());
        let waited = Instant::now();
        let mut start = Starting::of(self, &inbox);
        let looking = async {
            loop {
                // Registered before looking, so that a line that comes in between is not missed.
                let changed = inbox.changed.notified();
                tokio::pin!(changed);
                changed.as_mut().enable();
                // Read before looking, so that the last messages before the end are found.
                let (flooded, closed) = {
                    let state = inbox.lock();
                    (state.flooded.is_some(), state.closed)
                };
                if flooded {
                    // Messages were dropped: an earlier match may be missing, so a match now does
                    // not count.
                    return None;
                }
                if let Some(found) = look(&inbox) {
                    return Some(found);
                }
                if closed {
                    return None;
                }
                changed.await;
            }
        };
        tokio::pin!(looking);
        let spoiled = inbox.spoiled();
        let spoils = inbox.more_spoiled(spoiled);
        tokio::pin!(spoils);
        let (mut within, hasty) = (within, self.settings.hasty);
        let either = select(&mut looking, spoils);
        let mut found = match tokio::time::timeout(within, either).await {
            Ok(Either::Left((found, _))) => Ok(found),
            // It came in a form that cannot be found, or it comes soon.
            Ok(Either::Right(_)) => {
                let left = within.saturating_sub(waited.elapsed());
                within = if hasty { within.min(AFTER_ANOTHER) } else { within };
                tokio::time::timeout(if hasty { within } else { left }, &mut looking).await
            }
            Err(elapsed) => Err(elapsed),
        };
        while let Some(start) = start.as_mut().filter(|_| found.is_err()) {
            if !start.goes_on() {
                break;
            }
            let _starting = start.watch.run();
            found = tokio::time::timeout(Starting::LOOK, &mut looking).await;
        }
        let late = start.is_some_and(|start| start.is_at_work());
        self.awaiting = None;
        match found {
            Ok(Some(found)) => Ok(found),
            Ok(None) => Err(self.over(awaited, began).await),
            Err(_) if late => Err(self.not_started(awaited, waited.elapsed())),
            Err(_) => Err(self.timed_out(awaited, within, began)),
        }
    }

    /// The failure of a wait for a subject that has used the processor all the time and sent
    /// nothing yet: on a busy machine it may just be slow.
    fn not_started(&mut self, awaited: &str, within: Duration) -> Failure {
        let work = self.work();
        let why = "the subject was still starting: it used the processor all the time and has sent nothing yet";
        let failure = Failure::inconclusive(format!("waiting for {awaited}"), why)
            .note(format!("took      {within:.0?}, {work:.1?} of processor time"))
            .note("try       fewer checks at a time, such as `--jobs 1`");
        self.evidence(failure, 0)
    }

    /// The failure of a check that exceeded its time, `limit`.
    pub(crate) fn out_of_time(&mut self, limit: Duration) -> Failure {
        let observed = match &self.awaiting {
            Some(awaited) => format!("it was still waiting for {awaited}"),
            None => "it was still under way".to_owned(),
        };
        let expected = format!("an end within {limit:?}");
        self.evidence(Failure::new(Kind::Timeout, "the whole check", expected, observed), 0)
    }

    /// The failure of a wait for something that can no longer come.
    async fn over(&mut self, awaited: &str, began: usize) -> Failure {
        let flood = self.running.as_ref().and_then(|running| running.inbox.lock().flooded.clone());
        match flood {
            Some(Flood { what: flood, ours: true }) => {
                let why = format!("our own requests and their answers fill it: {flood}");
                self.evidence(Failure::inconclusive(format!("waiting for {awaited}"), why), began)
            }
            Some(Flood { what: flood, ours: false }) => {
                let expected = format!("{awaited}, and no flood of messages");
                let observed = format!("it floods us: {flood}");
                let failure = Failure::mismatch("what the subject sent", expected, observed);
                self.evidence(failure, began)
            }
            None => {
                let exit = self.exit_soon().await;
                self.closed(exit, awaited, "stdout")
            }
        }
    }

    /// The failure of a wait whose time is up.
    pub(super) fn timed_out(&mut self, awaited: &str, within: Duration, began: usize) -> Failure {
        let came = self.came_since(began);
        let mut observed = if came.is_empty() {
            "nothing came".to_owned()
        } else {
            format!("something else came: {came}")
        };
        observed.push_str(&self.hint(began));
        // Its stdout may still be open, held by a process that it started.
        let exit = self.running.as_mut().and_then(|running| running.process.exit());
        observed.push_str(&match exit {
            Some(exit) => format!("; the subject had ended: {exit}"),
            None => "; the subject still runs".to_owned(),
        });
        let (what, expected) = (format!("waiting for {awaited}"), format!("it within {within:?}"));
        self.evidence(Failure::new(Kind::Timeout, what, expected, observed), began)
    }

    /// The most likely cause, judging by the conversation so far.
    fn hint(&self, began: usize) -> String {
        let Some(running) = &self.running else { return String::new() };
        let state = running.inbox.lock();
        if let Some((_, length)) = &state.part {
            return format!("; it began a line, {length} bytes so far, and did not end it");
        }
        match state.stray.as_slice() {
            [] => String::new(),
            // The summary says it already.
            _ if came_with_a_lookalike(&state, began) => String::new(),
            ids => format!(
                "; it answered id {}, which no open request has",
                list(ids.iter().map(Id::to_string))
            ),
        }
    }

    /// The failure of a send, or of a wait for it to be read, if the subject does not read its
    /// input in time.
    pub(super) fn stuck(&mut self, length: usize, within: Duration) -> Failure {
        self.timed_out(&to_read(length), within, self.mark())
    }

    /// The outcome of a send that the subject can no longer read. If it has ended, the next wait says
    /// so: whether it ended before the line was written or after is chance, and must not be seen.
    pub(super) async fn undelivered(&mut self, length: usize) -> Result {
        match self.exit_soon().await {
            Some(_) => Ok(()),
            None => Err(self.closed(None, &to_read(length), "stdin")),
        }
    }

    /// The failure of a send, or of a wait for it to be read, if the subject has closed its stdin.
    pub(super) async fn unread(&mut self, length: usize) -> Failure {
        let exit = self.exit_soon().await;
        self.closed(exit, &to_read(length), "stdin")
    }

    /// The exit of a subject that has closed its end of the connection, if it comes.
    async fn exit_soon(&mut self) -> Option<Exit> {
        self.running.as_mut()?.process.wait(EXIT).await
    }

    /// The failure of a wait for something that cannot come, since the subject has closed this end of the
    /// connection.
    fn closed(&self, exit: Option<Exit>, awaited: &str, end: &str) -> Failure {
        let what = "the connection to the subject";
        let relay = self.running.as_ref().and_then(|running| running.relay.as_ref());
        let observed = match (exit, relay) {
            (Some(exit), _) => format!("the subject had ended: {exit}"),
            (None, Some(relay)) => format!("{}, and the subject still runs", relay.end()),
            (None, None) => format!("the subject had closed its {end}, and still runs"),
        };
        self.evidence(Failure::new(Kind::Closed, what, awaited, observed), 0)
    }

    /// A short summary of the subject's messages since `began`.
    fn came_since(&self, began: usize) -> String {
        let Some(running) = &self.running else { return String::new() };
        sum_up(&running.inbox.lock(), began)
    }

    /// Adds evidence about the cause: other messages, open requests, oddities, the subject's
    /// stderr.
    pub(crate) fn evidence(&self, mut failure: Failure, began: usize) -> Failure {
        let Some(running) = &self.running else { return failure };
        let state = running.inbox.lock();
        for line in came(&state, began).into_iter().chain(standing(&state, began)) {
            failure = failure.note(line);
        }
        drop(state);
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

/// A description of the wait for a subject to read so many bytes, or whatever was sent.
fn to_read(length: usize) -> String {
    let awaited = "the subject to read its stdin";
    if length == 0 { awaited.to_owned() } else { format!("{awaited}, {length} bytes that we send") }
}

/// The last messages since `began`.
fn came(state: &State, began: usize) -> Vec<String> {
    let entries = state.transcript.entries();
    let arrived = || entries.iter().skip(began).filter(|entry| entry.is_from_subject());
    let skipped = arrived().count().saturating_sub(SHOWN);
    let mut lines = Vec::new();
    if skipped > 0 {
        lines.push(format!("came      … {skipped} messages left out …"));
    }
    lines.extend(arrived().skip(skipped).map(|entry| format!("came      {}", brief(entry))));
    lines
}

/// The kinds of messages since `began`, in the order of their first message.
fn sum_up(state: &State, began: usize) -> String {
    let mut kinds: Vec<(String, usize)> = Vec::new();
    let entries = state.transcript.entries().iter().skip(began);
    for kind in entries.filter(|entry| entry.is_from_subject()).map(|entry| kind(entry, state)) {
        match kinds.iter_mut().find(|(known, _)| *known == kind) {
            Some((_, count)) => *count += 1,
            None => kinds.push((kind, 1)),
        }
    }
    let more = kinds.len().saturating_sub(SHOWN);
    let mut names: Vec<_> =
        kinds.iter().take(SHOWN).map(|(kind, count)| counted(kind, *count)).collect();
    if more > 0 {
        names.push(format!("{more} other kinds"));
    }
    names.join(", ")
}

/// A short description of a message; an error is quoted, since it may be the cause.
fn kind(entry: &Entry, state: &State) -> String {
    let whose = |id: &Id| {
        if !state.stray.contains(id) {
            "the id of another request".to_owned()
        } else if is_lookalike(id, state) {
            format!("the id {}, which is not that of the request", shown(id))
        } else {
            format!("the id {}, which no open request has", shown(id))
        }
    };
    match &entry.message {
        Message::Request { method, .. } => format!("the request {}", quoted(method)),
        Message::Notification { method } => quoted(method),
        Message::Response { id } => format!("an answer with {}", whose(id)),
        Message::Error { id } => {
            let error = entry.value.as_ref().and_then(|value| value.get("error"));
            let message = error.map(|error| RpcError::of(error).to_string()).unwrap_or_default();
            format!("an answer with {}: {}", whose(id), shorten(&clean(&message), ERROR))
        }
        Message::Malformed(why) => format!("not a valid message ({why})"),
        Message::Pollution(_) => "a line that is not JSON".to_owned(),
    }
}

fn counted(name: &str, count: usize) -> String {
    if count == 1 { name.to_owned() } else { format!("{name} × {count}") }
}

fn quoted(method: &str) -> String {
    format!("`{}`", clean(method))
}

fn shown(id: &Id) -> String {
    clean(&id.to_string())
}

fn clean(text: &str) -> String {
    printable(text.as_bytes(), WIDTH)
}

fn brief(entry: &Entry) -> String {
    let line = printable(&entry.line, WIDTH);
    match &entry.message {
        Message::Pollution(why) => format!("{line}  <== not a message: {why}"),
        Message::Malformed(why) => format!("{line}  <== not a valid message: {why}"),
        _ => line,
    }
}

/// Oddities of the conversation so far, each a possible cause.
fn standing(state: &State, began: usize) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some((head, length)) = &state.part {
        let head = printable(head, WIDTH);
        lines.push(format!("unended   {length} bytes without a line end: {head}"));
    }
    let earlier = state.untaken_before(began);
    if !earlier.is_empty() {
        let earlier = list(earlier.iter().map(|(method, count)| counted(&quoted(method), *count)));
        lines.push(format!("earlier   messages that no wait has taken yet: {earlier}"));
    }
    let unanswered = state.pending.iter().flat_map(|(id, all)| {
        let open = all.iter().filter(|pending| pending.answer.is_none());
        open.map(move |pending| format!("`{}` (id {id})", pending.method))
    });
    let mut unanswered: Vec<_> = unanswered.collect();
    unanswered.sort();
    if !unanswered.is_empty() {
        lines.push(format!("unanswered {}", list(unanswered)));
    }
    if !state.stray.is_empty() {
        let ids = list(state.stray.iter().map(Id::to_string));
        let lesson = if state.stray.iter().any(|id| is_lookalike(id, state)) {
            " (1 and \"1\" are different ids)"
        } else {
            ""
        };
        lines.push(format!("stray     answers that no open request asked for: id {ids}{lesson}"));
    }
    if !state.unexpected.is_empty() {
        let methods = list(state.unexpected.iter().map(|method| format!("`{method}`")));
        lines.push(format!("refused   unexpected requests of the subject: {methods}"));
    }
    lines
}

/// Whether an open request has an id that looks the same but has another type.
fn is_lookalike(id: &Id, state: &State) -> bool {
    let bare = |id: &Id| id.to_string().trim_matches('"').to_owned();
    state.pending.keys().any(|open| open != id && bare(open) == bare(id))
}

/// Whether an answer since `began` has an id that looks like that of an open request.
fn came_with_a_lookalike(state: &State, began: usize) -> bool {
    let entries = state.transcript.entries().iter().skip(began);
    entries.filter(|entry| entry.is_from_subject()).any(|entry| match &entry.message {
        Message::Response { id } | Message::Error { id } => {
            state.stray.contains(id) && is_lookalike(id, state)
        }
        _ => false,
    })
}

fn list(names: impl IntoIterator<Item = String>) -> String {
    let names = names.into_iter().collect::<Vec<_>>().join(", ");
    printable(shorten(&names, WIDTH).as_bytes(), 2 * WIDTH)
}
