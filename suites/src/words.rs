//! What chapters say to a subject in either dialect: start a conversation, run a turn, let the model run a command.
//!
//! Each word does in the dialect of the check what its name says; the methods behind it are in [`crate::v1`] and
//! [`crate::v2`].

use std::fmt;
use std::path::PathBuf;

use harness::app_server::{V1_METHODS, V2_METHODS};
use harness::ensure::show;
use harness::failure::{Failure, Kind, Result};
use harness::message::{Call, RpcError, code};
use harness::{Context, Dialect, ensure};
use mock_model::{Reply, applies_patch};
use serde_json::{Value, json};

use crate::{v1, v2};

/// Expects the code of a refusal of parameters that cannot be read: app-servers and JSON-RPC have different ones.
pub(crate) fn ensure_unreadable(
    reply: &harness::message::Reply,
    what: impl fmt::Display,
) -> Result {
    reply.refused_with(&[code::INVALID_REQUEST, code::INVALID_PARAMS], what).map(|_| ())
}

/// A conversation that was started, resumed or forked.
#[derive(Clone, Debug)]
pub struct Thread {
    /// Its id.
    pub id: String,
    /// The rollout that the server named for it; it may not exist before the first user message.
    pub path: PathBuf,
    /// The whole result of the request that made it.
    pub result: Value,
}

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

/// A turn that is over.
#[derive(Clone, Debug)]
pub struct Turn {
    /// Every notification and request of the subject from the request for the turn to its end.
    pub calls: Vec<Call>,
    /// How it ended.
    pub end: End,
    /// What the agent said, each message whole.
    pub said: Vec<String>,
    /// The error that the subject told, if any.
    pub error: Option<String>,
}

impl Turn {
    /// Fails unless the turn ended like this; `what` says which turn.
    #[track_caller]
    pub fn ended(&self, end: End, what: &str) -> Result {
        ensure!(self.end == end, what, end.to_string(), self.outcome());
        Ok(())
    }

    /// Fails unless this is what the agent said, each message whole; `what` says when.
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

    /// How it ended, and why, in words.
    fn outcome(&self) -> String {
        match &self.error {
            Some(error) => format!("{}, with the error {error:?}", self.end),
            None => self.end.to_string(),
        }
    }
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

/// How a request for approval is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Run it.
    Accept,
    /// Run it, and do not ask again for the like.
    AcceptForSession,
    /// Do not run it; the turn goes on.
    Deny,
    /// Do not run it; the turn ends.
    Abort,
}

/// Overrides for a new conversation; what is `None` comes from the configuration.
#[derive(Clone, Debug, Default)]
pub struct Start {
    /// `untrusted`, `on-request`, `never`.
    pub approval: Option<&'static str>,
    /// `read-only`, `workspace-write`, `danger-full-access`.
    pub sandbox: Option<&'static str>,
    /// The model's name.
    pub model: Option<String>,
    /// The working directory; the check's own without it.
    pub cwd: Option<PathBuf>,
    /// Further members of the request, in the dialect of the check.
    pub more: Value,
}

/// The need of whatever waits for the end of a turn.
pub const TURN: &str = "a turn that comes to its end";

/// A method of the dialect that the subject has, that is served without parameters, and that changes no conversation.
pub fn harmless(cx: &Context) -> &'static str {
    let methods: &[&str] = match cx.dialect() {
        Dialect::V1 => &V1_METHODS,
        _ => &V2_METHODS,
    };
    let has = |method: &&&str| {
        let gate = cx.peer.gate();
        gate.offers(method).is_ok() && gate.needs(method).is_ok()
    };
    methods.iter().find(has).unwrap_or(&methods[0])
}

/// Greets the subject.
pub async fn greet(cx: &mut Context) -> Result {
    cx.peer.initialize().await.map(|_| ())
}

/// Starts a conversation in the check's working directory and listens to it. The subject must have been greeted.
pub async fn start(cx: &mut Context) -> Result<Thread> {
    start_with(cx, Start::default()).await
}

/// Starts a conversation with overrides and listens to it.
pub async fn start_with(cx: &mut Context, start: Start) -> Result<Thread> {
    match cx.dialect() {
        Dialect::V1 => v1::start(cx, start).await,
        Dialect::V2 => v2::start(cx, start).await,
        Dialect::Mcp => Err(unspoken(cx)),
    }
}

/// Asks for a turn and returns a mark before it, for [`end_turn`].
pub async fn begin_turn(cx: &mut Context, thread: &Thread, text: &str) -> Result<usize> {
    let mark = cx.peer.mark();
    match cx.dialect() {
        Dialect::V1 => v1::begin_turn(cx, thread, text).await?,
        Dialect::V2 => v2::begin_turn(cx, thread, text).await.map(|_| ())?,
        Dialect::Mcp => return Err(unspoken(cx)),
    }
    Ok(mark)
}

/// Waits for the end of the turn that was begun at `mark`.
pub async fn end_turn(cx: &mut Context, thread: &Thread, mark: usize) -> Result<Turn> {
    cx.needs(TURN)?;
    match cx.dialect() {
        Dialect::V1 => v1::end_turn(cx, thread, mark).await,
        Dialect::V2 => v2::end_turn(cx, thread, mark).await,
        Dialect::Mcp => Err(unspoken(cx)),
    }
}

/// Runs a turn to its end.
pub async fn run_turn(cx: &mut Context, thread: &Thread, text: &str) -> Result<Turn> {
    let mark = begin_turn(cx, thread, text).await?;
    end_turn(cx, thread, mark).await
}

/// Answers every request for approval with this decision, from now on.
pub fn decide(cx: &mut Context, decision: Decision) {
    v1::decide(cx, decision);
    v2::decide(cx, decision);
}

/// Keeps every request for approval, for [`approval`].
pub fn hold_approvals(cx: &mut Context) {
    for method in v1::APPROVALS.iter().chain(&v2::APPROVALS) {
        cx.peer.hold(method);
    }
}

/// Waits for the next request for approval, of a command or of a patch; see [`hold_approvals`].
pub async fn approval(cx: &mut Context) -> Result<Call> {
    let asked = cx.peer.next_matching("a request for approval", |call| {
        let method = call.method.as_str();
        call.id.is_some() && (v1::APPROVALS.contains(&method) || v2::APPROVALS.contains(&method))
    });
    match asked.await {
        // The wait was in vain since there is nothing left to ask for: that is the news.
        Err(failure) if failure.kind() == Kind::Timeout => Err(match ended_unasked(cx) {
            Some(end) => failure.since(
                "whether the subject asks before it does what the model wants",
                "a request for approval",
                format!("the turn ended (`{end}`) without one"),
            ),
            None => failure,
        }),
        asked => asked,
    }
}

/// The end of a turn that came after the last thing that we said.
fn ended_unasked(cx: &Context) -> Option<String> {
    let transcript = cx.peer.transcript()?;
    let last = transcript.entries().iter().rposition(|entry| !entry.is_from_subject())?;
    let ends = ["turn/completed", "codex/event/task_complete", "codex/event/turn_aborted"];
    let mut calls = cx.peer.calls_since(last).into_iter();
    calls.find(|call| ends.contains(&call.method.as_str())).map(|call| call.method)
}

/// Answers a request for approval that was kept.
pub async fn answer(cx: &mut Context, request: &Call, decision: Decision) -> Result {
    let word = if v1::APPROVALS.contains(&request.method.as_str()) {
        v1::decision(decision)
    } else {
        v2::decision(decision)
    };
    cx.peer.respond(request, json!({ "decision": word })).await
}

/// A reply of the model that adds a file by a patch.
pub fn adds_file(name: &str, line: &str) -> Reply {
    applies_patch(format!("*** Begin Patch\n*** Add File: {name}\n+{line}\n*** End Patch\n"))
}

/// A request that every subject of the dialect refuses. The first releases answer nothing that they cannot read, so in their
/// dialect it is one that they can.
pub fn refused(cx: &Context) -> (&'static str, Value) {
    match cx.dialect() {
        Dialect::V1 => {
            let nobody = "00000000-0000-4000-8000-000000000000";
            let params = json!({ "conversationId": nobody, "items": v1::items("hello") });
            ("sendUserMessage", params)
        }
        _ => ("proctor/unknown", json!({ "threadId": "0" })),
    }
}

/// Sends a request that changes nothing in the scope of the conversation and waits for its answer: whatever the subject
/// did for the conversation before has been told by then.
///
/// Inconclusive if it is refused: who refuses need not have looked at the conversation.
pub async fn barrier(cx: &mut Context, thread: &Thread) -> Result {
    match refusal_of_barrier(cx, thread).await? {
        None => Ok(()),
        Some(refusal) => Err(Failure::inconclusive(
            "whether all that was done for the conversation has been told",
            format!("what would be answered after it is refused: {refusal}"),
        )),
    }
}

/// Like [`barrier`], for a wait that goes on without one: whether it was answered by a result.
pub async fn barred(cx: &mut Context, thread: &Thread) -> Result<bool> {
    Ok(refusal_of_barrier(cx, thread).await?.is_none())
}

async fn refusal_of_barrier(cx: &mut Context, thread: &Thread) -> Result<Option<RpcError>> {
    match cx.dialect() {
        Dialect::V1 => v1::barrier(cx, thread).await.map(|()| None),
        Dialect::V2 => v2::barrier(cx, thread).await,
        Dialect::Mcp => Err(unspoken(cx)),
    }
}

/// A word that the dialect does not have.
pub(crate) fn unspoken(cx: &Context) -> Failure {
    Failure::inconclusive("the words of the dialect", format!("{} has no such word", cx.dialect()))
}
