//! Steps and observations that the checks of this chapter share, in both dialects.

use std::path::{Path, PathBuf};

use harness::failure::{Failure, Result};
use harness::message::{Call, text_at};
use harness::peer::Ticket;
use harness::{Context, Dialect, ensure};
use serde_json::{Value, json};

use crate::words::{Start, Thread, Turn, end_turn, greet, hold_approvals, start, start_with};
use crate::{v1, v2};

/// A conversation in which nothing is asked for.
pub(super) async fn open(cx: &mut Context) -> Result<Thread> {
    greet(cx).await?;
    start(cx).await
}

/// A conversation in which everything that is not harmless is asked for; the questions are kept.
pub(super) async fn open_asking(cx: &mut Context) -> Result<Thread> {
    greet(cx).await?;
    start_asking(cx).await
}

/// Another conversation like that of [`open_asking`].
pub(super) async fn start_asking(cx: &mut Context) -> Result<Thread> {
    hold_approvals(cx);
    start_with(cx, Start { approval: Some("untrusted"), ..Start::default() }).await
}

/// A turn that was asked for.
pub(crate) struct Begun {
    /// The place in the conversation before it.
    pub(crate) mark: usize,
    /// Its id; v1 has none to tell.
    pub(crate) id: String,
}

/// What one turn changes.
#[derive(Clone, Debug, Default)]
pub(super) struct With {
    pub(super) cwd: Option<PathBuf>,
    pub(super) approval: Option<&'static str>,
    pub(super) model: Option<&'static str>,
    pub(super) schema: Option<Value>,
}

/// Asks for a turn.
pub(crate) async fn begin(cx: &mut Context, thread: &Thread, text: &str) -> Result<Begun> {
    let mark = cx.peer.mark();
    let id = match cx.dialect() {
        Dialect::V1 => v1::begin_turn(cx, thread, text).await.map(|()| String::new())?,
        _ => v2::begin_turn(cx, thread, text).await?,
    };
    Ok(Begun { mark, id })
}

/// Asks for a turn with settings of its own.
pub(super) async fn begin_with(
    cx: &mut Context,
    thread: &Thread,
    text: &str,
    with: With,
) -> Result<usize> {
    let mark = cx.peer.mark();
    match cx.dialect() {
        Dialect::V1 => cx.peer.call("sendUserTurn", v1_turn(cx, thread, text, with)).await?,
        _ => v2::call(cx, "turn/start", v2_turn(thread, text, with)).await?,
    };
    Ok(mark)
}

/// Runs a turn with settings of its own to its end.
pub(super) async fn run_with(
    cx: &mut Context,
    thread: &Thread,
    text: &str,
    with: With,
) -> Result<Turn> {
    let mark = begin_with(cx, thread, text, with).await?;
    end_turn(cx, thread, mark).await
}

/// `sendUserTurn` wants every setting.
fn v1_turn(cx: &Context, thread: &Thread, text: &str, with: With) -> Value {
    let mut params = json!({
        "conversationId": thread.id,
        "items": v1::items(text),
        "cwd": with.cwd.as_deref().unwrap_or(cx.home.work()),
        "approvalPolicy": with.approval.unwrap_or("never"),
        "sandboxPolicy": v1::sandbox_policy("danger-full-access"),
        "model": with.model.unwrap_or(fixtures::Config::MODEL),
        "effort": null,
        "summary": "auto",
    });
    if let Some(schema) = with.schema {
        params["outputSchema"] = schema;
    }
    params
}

fn v2_turn(thread: &Thread, text: &str, with: With) -> Value {
    let mut params = json!({ "threadId": thread.id, "input": v2::input(text) });
    let settings = [
        ("cwd", with.cwd.map(|cwd| json!(cwd))),
        ("approvalPolicy", with.approval.map(|policy| json!(policy))),
        ("model", with.model.map(|model| json!(model))),
        ("outputSchema", with.schema),
    ];
    for (name, value) in settings {
        if let Some(value) = value {
            params[name] = value;
        }
    }
    params
}

/// Asks to interrupt a turn and does not wait for the answer.
pub(crate) async fn interrupt(cx: &mut Context, thread: &Thread, turn: &str) -> Result<Ticket> {
    match cx.dialect() {
        Dialect::V1 => {
            cx.peer.send("interruptConversation", json!({ "conversationId": thread.id })).await
        }
        _ => cx.peer.send("turn/interrupt", json!({ "threadId": thread.id, "turnId": turn })).await,
    }
}

/// A file that only a command of the model writes, one line each time.
pub(super) struct Marker(PathBuf);

impl Marker {
    /// A marker in the working directory; it is not there yet.
    pub(super) fn new(cx: &Context, name: &str) -> Self {
        Self(cx.home.work().join(name))
    }

    /// The command line that writes a line, which no server takes for harmless.
    pub(super) fn command(&self) -> String {
        format!("echo ran >> '{}'", self.0.display())
    }

    /// How often the command has run.
    pub(super) fn runs(&self) -> usize {
        std::fs::read_to_string(&self.0).map_or(0, |text| text.lines().count())
    }
}

/// What a file holds; `None` if there is none.
pub(super) fn content(path: impl AsRef<Path>) -> Option<String> {
    std::fs::read(path).ok().map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
}

/// A command that has ended, as the client is told.
#[derive(Clone, Debug)]
pub(crate) struct Ended {
    pub(crate) id: String,
    pub(crate) exit_code: Option<i64>,
    pub(crate) output: String,
    /// Its place in the conversation.
    pub(crate) seq: usize,
}

/// The commands whose end is told in these calls.
pub(crate) fn commands(cx: &Context, thread: &Thread, calls: &[Call]) -> Vec<Ended> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let ends = calls.iter().filter(|call| match cx.dialect() {
        Dialect::V1 => v1::is_event(call, thread, "exec_command_end"),
        _ => is_item(call, thread, "item/completed", "commandExecution"),
    });
    ends.map(|call| match cx.dialect() {
        Dialect::V1 => {
            let end = &call.params["msg"];
            let output = text(&end["stdout"]) + &text(&end["stderr"]);
            let (id, exit_code) = (text(&end["call_id"]), end["exit_code"].as_i64());
            Ended { id, exit_code, output, seq: call.seq }
        }
        _ => {
            let item = &call.params["item"];
            let (id, exit_code) = (text(&item["id"]), item["exitCode"].as_i64());
            Ended { id, exit_code, output: text(&item["aggregatedOutput"]), seq: call.seq }
        }
    })
    .collect()
}

/// The only command whose end is told in these calls.
pub(super) fn command(cx: &Context, thread: &Thread, calls: &[Call]) -> Result<Ended> {
    let mut found = commands(cx, thread, calls);
    ensure!(
        found.len() == 1,
        "the commands whose end is told",
        "one",
        format!("{}: {}", found.len(), methods(calls))
    );
    Ok(found.remove(0))
}

/// Whether the call is about an item of this type.
pub(super) fn is_item(call: &Call, thread: &Thread, method: &str, kind: &str) -> bool {
    v2::is_of(call, thread, method) && call.params["item"]["type"] == kind
}

/// The first call that fits.
pub(super) fn first<'a>(
    calls: &'a [Call],
    what: &str,
    fits: impl Fn(&Call) -> bool,
) -> Result<&'a Call> {
    calls
        .iter()
        .find(|call| fits(call))
        .ok_or_else(|| Failure::mismatch(what, "one", format!("none among {}", methods(calls))))
}

/// The methods of calls, for failures.
pub(super) fn methods(calls: &[Call]) -> String {
    let names: Vec<&str> = calls.iter().map(|call| call.method.as_str()).collect();
    names.join(", ")
}

/// The pieces of the agent's message that are told as it is made.
pub(super) fn is_delta(cx: &Context, call: &Call, thread: &Thread) -> bool {
    match cx.dialect() {
        Dialect::V1 => v1::is_event(call, thread, "agent_message_delta"),
        _ => v2::is_of(call, thread, "item/agentMessage/delta"),
    }
}

/// The text of such a piece.
pub(super) fn delta(call: &Call) -> &str {
    let place =
        if call.method.starts_with("codex/event/") { &call.params["msg"] } else { &call.params };
    place["delta"].as_str().unwrap_or_default()
}

/// What the model is told of its call in its request of this number.
pub(crate) async fn output(cx: &Context, request: usize, call: &str) -> Result<String> {
    let request = cx.asked(request).await?;
    request.tool_output(call).ok_or_else(|| {
        let number = request.number().unwrap_or_default();
        Failure::mismatch(
            format!("the output of call {call:?} in request {number} to the model"),
            "an output",
            format!("none; the input is {}", harness::ensure::show(request.input_items())),
        )
    })
}

/// The id of the thread that a request for approval is about.
pub(super) fn thread_of(request: &Call) -> Result<&str> {
    let names = ["/conversationId", "/conversation_id", "/threadId"];
    let found = names.iter().find_map(|name| request.params.pointer(name)?.as_str());
    found.map_or_else(|| text_at(&request.params, "/threadId", "request for approval"), Ok)
}

/// The id of the model's call that a request for approval is about.
pub(super) fn call_of(request: &Call) -> Result<&str> {
    let names = ["/callId", "/call_id", "/itemId"];
    let found = names.iter().find_map(|name| request.params.pointer(name)?.as_str());
    found.map_or_else(|| text_at(&request.params, "/itemId", "request for approval"), Ok)
}
