//! Requests that need input from the client, in the revision without sessions.

pub mod asked;
pub mod brought;

use std::time::Duration;

use harness::{Context, Failure, Kind, Reply, Result};
use serde_json::{Map, Value, json};

use crate::mcp::client::{Callable, McpExt};
use crate::mcp::modern::{CAPABILITIES, usual_with};
use crate::mcp::roles::{answer, callable};

/// How long a tool may take that is tried only to see whether it asks for input.
const SOON: Duration = Duration::from_millis(500);
/// How often a tool may answer with a state alone before it says what it needs.
const ROUNDS: usize = 3;

/// The capabilities of a client that can be asked for everything.
pub(crate) fn everything() -> Value {
    json!({ "elicitation": { "form": {}, "url": {} }, "sampling": {}, "roots": {} })
}

/// A tool that asks for input.
#[derive(Clone, Debug)]
pub(crate) struct Asking {
    /// How it is called.
    pub(crate) callable: Callable,
    /// The result that says what it needs.
    pub(crate) result: Value,
    /// What it needs, by name.
    pub(crate) requests: Map<String, Value>,
    /// What the client must bring back.
    pub(crate) state: Option<Value>,
}

/// What is known of the running process.
#[derive(Clone, Default)]
struct Known {
    /// The tools that ask for input, once all were tried.
    asking: Option<Vec<Asking>>,
}

/// Whether it was tried in vain to find them: what fails once is not tried for each check.
#[derive(Default)]
struct Tried(bool);

/// The tools that may be called and that ask for input.
///
/// # Errors
///
/// Not offered if there are none.
pub(crate) async fn asking(cx: &mut Context) -> Result<Vec<Asking>> {
    let known = cx.known::<Known>()?.asking.clone();
    let asking = match known {
        Some(asking) => asking,
        None if cx.kept::<Tried>()?.0 => {
            return Err(Failure::inconclusive(
                "the tools that ask for input",
                "they could not be found: see the first failure",
            ));
        }
        None => {
            cx.kept::<Tried>()?.0 = true;
            let asking = tried(cx).await?;
            cx.kept::<Tried>()?.0 = false;
            cx.known::<Known>()?.asking = Some(asking.clone());
            asking
        }
    };
    if asking.is_empty() {
        return Err(Failure::lacks("a tool that may be called and asks for input"));
    }
    Ok(asking)
}

/// Calls every tool that may be called, all at once, as a client that can be asked for everything.
async fn tried(cx: &mut Context) -> Result<Vec<Asking>> {
    let callable = callable(cx).await?;
    let mut tickets = Vec::new();
    for callable in callable {
        let params = params(cx, &callable, everything());
        let ticket = cx.mcp().send("tools/call", params).await?;
        tickets.push((callable, ticket));
    }
    cx.mcp().barrier().await?;
    let mut asking = Vec::new();
    for (callable, ticket) in tickets {
        let reply = match cx.peer.answer_within(&ticket, SOON).await {
            Ok(reply) => reply,
            Err(failure) if failure.kind() == Kind::Timeout => continue,
            Err(failure) => return Err(failure),
        };
        if let Some(found) = found(cx, callable, reply).await? {
            asking.push(found);
        }
    }
    Ok(asking)
}

/// What a tool asks for with this answer, if it asks. One that only gives a state is called again with it.
async fn found(cx: &mut Context, callable: Callable, mut reply: Reply) -> Result<Option<Asking>> {
    for _ in 0..ROUNDS {
        let Some(result) = required(&reply) else { return Ok(None) };
        let state = result.get("requestState").cloned();
        if let (None, Some(state)) = (result.get("inputRequests"), &state) {
            let mut params = params(cx, &callable, everything());
            params["requestState"] = state.clone();
            reply = cx.mcp().request("tools/call", params).await?;
            continue;
        }
        let requests = result["inputRequests"].as_object().cloned().unwrap_or_default();
        let result = result.clone();
        return Ok(Some(Asking { callable, result, requests, state }));
    }
    Ok(None)
}

/// The result, if it asks for input.
pub(crate) fn required(reply: &Reply) -> Option<&Value> {
    reply.result().ok().filter(|result| result["resultType"] == json!("input_required"))
}

/// The parameters of a call for a client with these capabilities.
pub(crate) fn params(cx: &mut Context, callable: &Callable, capabilities: Value) -> Value {
    let mut params = callable.params();
    params["_meta"] = usual_with(cx, CAPABILITIES, capabilities);
    params
}

/// The tools that ask for input that can be made up without knowing what it is for.
pub(crate) async fn answerable(cx: &mut Context) -> Result<Vec<Asking>> {
    let plain = |asking: &Asking| {
        // A text of a certain form, such as a number of a bill.
        asking.requests.values().all(|request| !request.to_string().contains("\"pattern\""))
    };
    Ok(asking(cx).await?.into_iter().filter(plain).collect())
}

/// An answer to everything that is asked for.
pub(crate) fn answers(cx: &Context, asking: &Asking) -> Value {
    let answers = asking.requests.iter().map(|(name, request)| {
        let method = request["method"].as_str().unwrap_or_default();
        (name.clone(), answer::to(cx, method, &request["params"]))
    });
    Value::Object(answers.collect())
}

/// Calls the tool again, with answers and a state.
pub(crate) async fn redeem(
    cx: &mut Context,
    asking: &Asking,
    answers: Value,
    state: Option<Value>,
) -> Result<Reply> {
    let mut params = params(cx, &asking.callable, everything());
    params["inputResponses"] = answers;
    if let Some(state) = state {
        params["requestState"] = state;
    }
    cx.mcp().request("tools/call", params).await
}
