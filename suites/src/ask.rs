//! What the model asks of the user: answers to questions, permissions, and agreement with a plan.

pub mod input;
pub mod permissions;
pub mod plan;

use harness::{Call, Context, Failure, Result};
use mock_model::{calls, says};
use serde_json::{Value, json};

use crate::client::{Begun, ContextExt, End, Settings, Thread, Turn, add};
use crate::stored::last_request;

/// The name of the offered tool that ends like this, from a turn that shows it.
///
/// A subject that does not offer the model such a tool has no such questions.
async fn tool(cx: &mut Context, thread: &Thread, mode: Option<&str>, name: &str) -> Result<String> {
    cx.model.script([says("ready")]);
    let begun = begin(cx, thread, "be ready", mode).await?;
    cx.client().end_turn(thread, &begun).await?;
    let request = last_request(cx)?;
    let found = request.tools().into_iter().find(|offered| offered.ends_with(name));
    found.map(str::to_owned).ok_or_else(|| Failure::lacks(&format!("the tool `{name}`")))
}

/// Begins a turn, in a collaboration mode if one is named.
async fn begin(cx: &mut Context, thread: &Thread, text: &str, mode: Option<&str>) -> Result<Begun> {
    let Some(mode) = mode else { return cx.client().begin_turn(thread, text).await };
    let protocol = cx.protocol();
    let work = cx.home.work();
    let mut params = (protocol.turn_with_params)(work, &thread.id, text, Settings::default());
    let settings = json!({ "model": thread.result["model"] });
    add(&mut params, json!({ "collaborationMode": { "mode": mode, "settings": settings } }));
    let mark = cx.peer.mark();
    let result = cx.peer.call(protocol.turn, params).await?;
    Ok(Begun { mark, id: result["turn"]["id"].as_str().map(str::to_owned) })
}

/// An answer of the client, and what failures call it.
struct Answer {
    what: &'static str,
    /// The result, or none for an error.
    result: Option<Value>,
}

impl Answer {
    fn of(what: &'static str, result: Value) -> Self {
        Self { what, result: Some(result) }
    }

    /// Answers that no client should give.
    fn senseless() -> [Self; 3] {
        [
            Self::of("an object without members", json!({})),
            Self::of("a text", json!("fine")),
            Self { what: "an error", result: None },
        ]
    }
}

/// A turn of the thread in which the model calls the tool with these arguments and the client is asked
/// by this method.
struct Asking<'a> {
    tool: &'a str,
    arguments: Value,
    method: &'static str,
    mode: Option<&'static str>,
}

impl Asking<'_> {
    /// Begins the turn; the request to the client, and the id of the model's call.
    async fn begin(&self, cx: &mut Context, thread: &Thread) -> Result<(Begun, Call, String)> {
        cx.peer.hold(self.method);
        let id = format!("call_{}", cx.model.requests().len());
        cx.model.script([calls(self.tool, self.arguments.clone()).id(&*id), says("done")]);
        let begun = begin(cx, thread, "ask me", self.mode).await?;
        let request = cx.peer.server_request(self.method).await?;
        Ok((begun, request, id))
    }

    /// Runs the turn with this answer; what came, and the output that the model receives.
    async fn run(
        &self,
        cx: &mut Context,
        thread: &Thread,
        answer: &Answer,
    ) -> Result<(Turn, String)> {
        let (begun, request, id) = self.begin(cx, thread).await?;
        match &answer.result {
            Some(result) => cx.peer.respond(&request, result.clone()).await?,
            None => cx.peer.respond_error(&request, "not today").await?,
        }
        let turn = cx.client().end_turn(thread, &begun).await?;
        turn.ended(End::Completed, "how the turn ended")?;
        let output = last_request(cx)?.tool_output(&id).unwrap_or_default();
        Ok((turn, output))
    }

    /// Interrupts the turn while the client is asked, answers too late, and runs another turn.
    async fn interrupt(&self, cx: &mut Context, thread: &Thread, late: Value) -> Result {
        let (begun, request, _) = self.begin(cx, thread).await?;
        let ticket = cx.client().interrupt(thread, &begun).await?;
        cx.peer.answer(&ticket).await?.into_result()?;
        let turn = cx.client().end_turn(thread, &begun).await?;
        turn.ended(End::Interrupted, "how the interrupted turn ended")?;
        cx.peer.respond(&request, late).await?;
        cx.model.script([says("here I am")]);
        let next = cx.client().turn(thread, "are you there?").await?;
        next.says(&["here I am"], "the agent's messages in the next turn")
    }
}
