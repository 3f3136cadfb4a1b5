//! The results of tools: each tool that may be called is called once for each process.

use std::time::Duration;

use harness::{Context, Failure, Kind, Reply, Result, Revision};
use serde_json::{Value, json};

use crate::mcp::client::{CANCELLED, Callable, McpExt};

/// How long a call may take here. A longer one is cancelled, and has no result.
const LIMIT: Duration = Duration::from_secs(2);
/// How many calls may take longer, before no more tools are called.
const LONG: usize = 2;

/// The token of a call is this plus its place in the conversation.
const FIRST_TOKEN: usize = 1_000;

/// A tool that was called.
#[derive(Clone, Debug)]
pub struct Called {
    /// The tool.
    pub callable: Callable,
    /// The answer; none if it took too long.
    pub reply: Option<Reply>,
}

impl Called {
    /// The finished result, if the answer is one.
    pub fn result(&self) -> Option<&Value> {
        let result = self.reply.as_ref()?.result().ok()?;
        let kind = result["resultType"].as_str();
        kind.is_none_or(|kind| kind == "complete").then_some(result)
    }

    /// What the result is called in a failure.
    pub fn label(&self) -> String {
        format!("the result of a call of the tool {:?}", self.callable.name)
    }
}

/// The calls of this process.
#[derive(Clone, Debug, Default)]
struct Calls(Vec<Called>);

/// The tools that may be called plainly: not those that have to be called as a task.
///
/// # Errors
///
/// Not offered if there is none.
pub async fn plain(cx: &mut Context) -> Result<Vec<Callable>> {
    let mut callable = cx.mcp().callable().await?;
    let has_tasks = cx.mcp().revision() == Revision::R20251125;
    callable.retain(|one| !(has_tasks && one.tool["execution"]["taskSupport"] == "required"));
    if callable.is_empty() {
        Err(Failure::lacks("a tool that may be called"))
    } else {
        Ok(callable)
    }
}

/// All tools that may be called, with their answers. Each call asks for progress.
///
/// # Errors
///
/// Not offered if there is none.
pub async fn all(cx: &mut Context) -> Result<Vec<Called>> {
    for callable in plain(cx).await? {
        let known = &cx.known::<Calls>()?.0;
        let is_long = |called: &&Called| called.reply.is_none();
        let is_known = known.iter().any(|called| called.callable.name == callable.name);
        if is_known || known.iter().filter(is_long).count() >= LONG {
            continue;
        }
        let called = call(cx, callable).await?;
        cx.known::<Calls>()?.0.push(called);
    }
    Ok(cx.known::<Calls>()?.0.clone())
}

async fn call(cx: &mut Context, callable: Callable) -> Result<Called> {
    let mut params = callable.params();
    // A number, since a text is what others use.
    params["_meta"] = json!({ "progressToken": cx.peer.mark() + FIRST_TOKEN });
    let ticket = cx.mcp().send("tools/call", params).await?;
    let reply = match cx.peer.answer_within(&ticket, LIMIT).await {
        Ok(reply) => Some(reply),
        Err(failure) if failure.kind() == Kind::Timeout => {
            cancel(cx, &ticket.id).await?;
            None
        }
        Err(failure) => return Err(failure.within(format!("a call of {:?}", callable.name))),
    };
    Ok(Called { callable, reply })
}

/// Cancels a request.
///
/// # Errors
///
/// If the server does not read.
pub async fn cancel(cx: &mut Context, id: &harness::Id) -> Result {
    let params = json!({ "requestId": id.to_json(), "reason": "it takes long" });
    cx.mcp().notify(CANCELLED, params).await
}
