//! Turns: begin them, end them, interrupt them, and what came of one.

use std::fmt;
use std::path::PathBuf;

use harness::Ticket;
use harness::ensure;
use harness::show;
use harness::{Call, Reply, text_at};
use harness::{Dialect, Failure, Result};
use serde_json::{Value, json};

use super::{Client, Thread, is_of, v1, v2};

/// The need of whatever waits for the end of a turn.
pub const TURN: &str = "a turn that comes to its end";

/// How a turn ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum End {
    /// By itself.
    Completed,
    /// By an error.
    Failed,
    /// By an interruption.
    Interrupted,
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::Interrupted => "interrupted",
        })
    }
}

/// A turn that the subject has accepted.
#[derive(Clone, Debug, Default)]
pub struct Begun {
    /// The place in the conversation before it.
    pub mark: usize,
    /// Its id; `v1` returns none.
    pub id: Option<String>,
}

impl Begun {
    /// Its id; empty if it has none.
    pub fn id(&self) -> &str {
        self.id.as_deref().unwrap_or_default()
    }
}

/// A turn stands for the place in the conversation at which it was begun.
impl From<&Begun> for usize {
    fn from(begun: &Begun) -> Self {
        begun.mark
    }
}

/// What one turn changes.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// The working directory.
    pub cwd: Option<PathBuf>,
    /// `untrusted`, `on-request`, `never`.
    pub approval: Option<&'static str>,
    /// The model's name.
    pub model: Option<&'static str>,
    /// The schema of the answer.
    pub schema: Option<Value>,
}

/// A turn that has ended.
#[derive(Clone, Debug)]
pub struct Turn {
    /// Every notification and request of the subject from the request for the turn to its end.
    pub calls: Vec<Call>,
    /// How it ended.
    pub end: End,
    /// What the agent said, each message whole.
    pub said: Vec<String>,
    /// The error that the subject reported, if any.
    pub error: Option<String>,
}

impl Turn {
    /// Fails unless the turn ended like this; `what` says which turn.
    #[track_caller]
    pub fn ended(&self, end: End, what: &str) -> Result {
        ensure!(self.end == end, what, end.to_string(), self.outcome());
        Ok(())
    }

    /// Fails unless this is the agent's messages, each message whole; `what` says when.
    #[track_caller]
    pub fn says(&self, messages: &[&str], what: &str) -> Result {
        if self.said == messages {
            return Ok(());
        }
        let (expected, mut observed) = (show(messages), show(&self.said));
        if self.end != End::Completed || self.error.is_some() {
            observed.push_str(&format!("; how the turn ended: {}", self.outcome()));
        }
        Err(Failure::mismatch(what, expected, observed))
    }

    /// The place in the conversation behind this turn, which was begun at that place.
    pub fn behind(&self, begun: impl Into<usize>) -> usize {
        self.calls.last().map_or_else(|| begun.into(), |call| call.seq + 1)
    }

    /// How it ended, and why, in words.
    fn outcome(&self) -> String {
        match &self.error {
            Some(error) => format!("{}, with the error {error:?}", self.end),
            None => self.end.to_string(),
        }
    }
}

impl Client<'_> {
    /// Requests a turn; the reply, be it a result or an error.
    pub async fn request_turn(&mut self, thread: &str, text: &str) -> Result<Reply> {
        let protocol = self.protocol();
        self.cx.peer.request(protocol.turn, protocol.turn_params(thread, text)).await
    }

    /// Begins a turn with this text.
    pub async fn begin_turn(&mut self, thread: &Thread, text: &str) -> Result<Begun> {
        let protocol = self.protocol();
        let mark = self.cx.peer.mark();
        let params = protocol.turn_params(&thread.id, text);
        let result = self.cx.peer.call(protocol.turn, params).await?;
        Self::begun(mark, protocol.turn_id, &result)
    }

    /// Begins a turn with settings of its own.
    pub async fn begin_turn_with(
        &mut self,
        thread: &Thread,
        text: &str,
        settings: Settings,
    ) -> Result<Begun> {
        let protocol = self.protocol();
        let mark = self.cx.peer.mark();
        let work = self.cx.home.work();
        let params = (protocol.turn_with_params)(work, &thread.id, text, settings);
        let result = self.call_respelled(protocol.turn_with, params).await?;
        Self::begun(mark, protocol.turn_id, &result)
    }

    fn begun(mark: usize, id: Option<&str>, result: &Value) -> Result<Begun> {
        let id = id.map(|at| text_at(result, at, "result of `turn/start`").map(str::to_owned));
        Ok(Begun { mark, id: id.transpose()? })
    }

    /// Waits for the end of this turn, or of the one that was begun after a place in the
    /// conversation.
    pub async fn end_turn(&mut self, thread: &Thread, begun: impl Into<usize>) -> Result<Turn> {
        self.cx.needs(TURN)?;
        let mark = begun.into();
        match self.cx.dialect() {
            Dialect::V1 => v1::end_turn(self.cx, thread, mark).await,
            _ => v2::end_turn(self.cx, thread, mark).await,
        }
    }

    /// The notifications of this method and thread in a turn, which the check looks at.
    pub fn heard<'t>(&self, turn: &'t Turn, thread: &Thread, method: &str) -> Vec<&'t Call> {
        self.heard_among(&turn.calls, thread, method)
    }

    /// The same of any messages.
    pub fn heard_among<'t>(
        &self,
        calls: &'t [Call],
        thread: &Thread,
        method: &str,
    ) -> Vec<&'t Call> {
        let found: Vec<_> = calls.iter().filter(|call| is_of(call, thread, method)).collect();
        if let Some(first) = found.first() {
            self.cx.peer.looked_at(first);
        }
        found
    }

    /// Runs a turn to its end.
    pub async fn turn(&mut self, thread: &Thread, text: &str) -> Result<Turn> {
        let begun = self.begin_turn(thread, text).await?;
        self.end_turn(thread, &begun).await
    }

    /// Runs a turn with settings of its own to its end.
    pub async fn turn_with(
        &mut self,
        thread: &Thread,
        text: &str,
        settings: Settings,
    ) -> Result<Turn> {
        let begun = self.begin_turn_with(thread, text, settings).await?;
        self.end_turn(thread, &begun).await
    }

    /// Adds this text to the running turn, which only `v2` can; the result.
    pub async fn steer(&mut self, thread: &Thread, turn: &str, text: &str) -> Result<Value> {
        let params = self.steering(thread, turn, text);
        self.cx.peer.call("turn/steer", params).await
    }

    /// Requests to add this text to the running turn, which only `v2` can.
    pub async fn request_steer(
        &mut self,
        thread: &Thread,
        turn: &str,
        text: &str,
    ) -> Result<Reply> {
        let params = self.steering(thread, turn, text);
        self.cx.peer.request("turn/steer", params).await
    }

    fn steering(&self, thread: &Thread, turn: &str, text: &str) -> Value {
        let mut params = self.protocol().turn_params(&thread.id, text);
        params["expectedTurnId"] = json!(turn);
        params
    }

    /// Requests to interrupt this turn and does not wait for the answer.
    pub async fn interrupt(&mut self, thread: &Thread, turn: &Begun) -> Result<Ticket> {
        self.interrupt_turn(&thread.id, turn.id()).await
    }

    /// Requests to interrupt the turn with this id, which `v1` does not name, and does not wait for
    /// the answer.
    pub async fn interrupt_turn(&mut self, thread: &str, turn: &str) -> Result<Ticket> {
        let protocol = self.protocol();
        let mut params = json!({ (protocol.thread_id): thread });
        if let Some(member) = protocol.interrupted_turn {
            params[member] = json!(turn);
        }
        self.cx.peer.send(protocol.interrupt, params).await
    }
}
