//! What the model does with its sessions: begins them, writes to them, waits for what they say.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::{Duration, Instant};

use tokio::time::timeout;
use uuid::Uuid;

use super::call::{Run, Say, Terms};
use super::running::Session;
use super::{Next, Tools, shell};
use crate::events::{Event, complete_item, emit};
use crate::fault::fault;
use crate::items::{Command, Item, Progress};
use crate::process::live::{Line, Live, Owner, Size, survives};
use crate::signal::Signal;

impl Session {
    /// Lets it run for a while, or to its end; what the model is told then.
    async fn wait(&self, terms: Terms) -> String {
        let begun = Instant::now();
        let _ = timeout(terms.yields, self.over.fired()).await;
        let fresh = if fault!(OLD_OUTPUT_REPEATED) {
            self.fresh.borrow().clone()
        } else {
            self.fresh.take()
        };
        let lost = fault!(SESSION_CODE_LOST);
        let state = match self.code.get() {
            Some(code) => format!("Process exited with code {}", if lost { 0 } else { code }),
            None => format!("Process running with session ID {}", self.id),
        };
        let output = String::from_utf8_lossy(&fresh).into_owned();
        let chunk = &Uuid::new_v4().simple().to_string()[..6];
        format!(
            "Chunk ID: {chunk}\nWall time: {:.4} seconds\n{state}\nOriginal token count: {}\n\
             Output:\n{}",
            begun.elapsed().as_secs_f64(),
            output.len().div_ceil(4),
            shorten(&output, terms.most),
        )
    }
}

/// The beginning and the end of a text of more than `most` tokens, as far as tokens are four bytes.
fn shorten(text: &str, most: usize) -> String {
    let limit = most.saturating_mul(4);
    if text.len() <= limit {
        return text.to_owned();
    }
    let head = text.floor_char_boundary(limit / 2);
    let tail = text.ceil_char_boundary(text.len() - limit / 2);
    let left_out = (tail - head).div_ceil(4);
    format!("{}…{left_out} tokens truncated…{}", &text[..head], &text[tail..])
}

/// A call that waits for its session. If it is given up meanwhile, the session ends.
struct Waiting(Option<Rc<Session>>);

impl Drop for Waiting {
    fn drop(&mut self) {
        let Some(session) = self.0.take() else { return };
        session.given_up.set(true);
        let left = fault!(INTERRUPT_LEAVES_THE_SESSION);
        if !left && !survives(Owner::Model) {
            session.control.end();
        }
    }
}

impl Tools<'_> {
    /// Begins a session, and lets it run until it yields.
    pub(super) async fn begin(&self, call: &Run, mut command: Command, terms: Terms) -> Next {
        let line =
            if terms.tty { Line::Terminal(Size::USUAL) } else { Line::Pipes { input: false } };
        let live = match Live::start(&self.spec(call), line, Owner::Model) {
            Ok(live) => live,
            Err(error) => {
                command.progress = Progress::Failed;
                self.complete(Item::Command(command));
                return Next::says(format!("failed to start the command: {error}"));
            }
        };
        let session = Rc::new(Session {
            id: command.session.unwrap_or_default(),
            call: call.id.clone(),
            control: live.control(),
            started: Instant::now(),
            fresh: RefCell::default(),
            code: Cell::new(None),
            over: Signal::default(),
            given_up: Cell::new(false),
            line: shell::join(&command.argv),
            cwd: command.cwd.clone(),
        });
        self.attend(live, session.clone(), command);
        let mut waiting = Waiting(Some(session.clone()));
        let told = session.wait(terms).await;
        waiting.0 = None;
        if session.code.get().is_none() {
            // From here on it is not the turn's to complete.
            self.active.open.borrow_mut().retain(|item| item.id() != session.call);
            self.keep(session);
        }
        Next::says(told)
    }

    /// Keeps a session for further calls.
    fn keep(&self, session: Rc<Session>) {
        if fault!(SESSIONS_END_WITH_THEIR_CALL) {
            session.control.end();
        }
        if fault!(SESSIONS_FORGOTTEN) {
            return;
        }
        self.thread.state().sessions.keep(session);
    }

    /// Hears what the program says, to its end.
    fn attend(&self, live: Live, session: Rc<Session>, mut command: Command) {
        let (server, thread, active) =
            (self.server.clone(), self.thread.clone(), self.active.clone());
        tokio::task::spawn_local(async move {
            let mut all = Vec::new();
            let hear = |_, chunk: &[u8]| {
                session.fresh.borrow_mut().extend_from_slice(chunk);
                all.extend_from_slice(chunk);
                let text = String::from_utf8_lossy(chunk);
                if !fault!(SESSION_OUTPUT_UNTOLD) {
                    let event = Event::CommandOutput { item: &session.call, text: &text };
                    emit(&server, &thread, &active.id, &event);
                }
            };
            let code = live.finish(None, hear).await;
            session.code.set(Some(code));
            command.exit_code = Some(code);
            command.progress = if code == 0 { Progress::Completed } else { Progress::Failed };
            command.duration = Some(session.started.elapsed());
            command.output = Some(String::from_utf8_lossy(&all).into_owned());
            let untold = fault!(SESSION_END_UNTOLD);
            if !session.given_up.get() && !untold {
                complete_item(&server, &thread, &active, Item::Command(command));
            }
            session.over.fire();
        });
    }

    /// Writes to a session, and lets it run for a while.
    pub(super) async fn say(&self, say: Say) -> Next {
        let found = self.thread.state().sessions.find(say.session);
        let Some(session) = found else {
            return if fault!(UNKNOWN_SESSION_ENDS_THE_TURN) {
                Next::Abort
            } else {
                let id = say.session;
                Next::says(format!("write_stdin failed: Unknown process id {id}"))
            };
        };
        if !say.chars.is_empty() {
            if !session.control.has_input {
                let reason = "write_stdin failed: stdin is closed for this session; rerun \
                              exec_command with tty=true to keep stdin open";
                return Next::says(reason.to_owned());
            }
            self.write(&session, &say.chars);
        }
        let told = session.wait(say.terms).await;
        if session.code.get().is_some() {
            self.thread.state().sessions.forget(session.id);
        }
        Next::says(told)
    }

    fn write(&self, session: &Session, chars: &str) {
        if !fault!(SESSION_INPUT_LOST) {
            session.control.write(chars.as_bytes().to_vec());
        }
        if !fault!(SESSION_INPUT_UNTOLD) {
            let event =
                Event::CommandInput { item: &session.call, session: session.id, text: chars };
            self.tell(&event);
        }
    }
}

/// How long a call waits at least and at most, and unless it says otherwise.
#[derive(Debug, Clone, Copy)]
pub(super) struct Patience {
    least: u64,
    usual: u64,
    most: u64,
}

impl Patience {
    /// That of a call that starts a program.
    pub(super) const START: Self = Self { least: 250, usual: 10_000, most: 30_000 };
    /// That of a call that writes.
    pub(super) const WRITE: Self = Self { least: 250, usual: 250, most: 30_000 };
    /// That of a call that only listens.
    pub(super) const LISTEN: Self = Self { least: 5_000, usual: 5_000, most: 300_000 };

    /// The time of a call that asks for `milliseconds`.
    pub(super) fn time(self, milliseconds: Option<u64>) -> Duration {
        let wanted = milliseconds.unwrap_or(self.usual);
        Duration::from_millis(wanted.clamp(self.least, self.most))
    }
}
