//! What a server asks for, and of whom.

use harness::{Context, Result, check, ensure};
use serde_json::{Value, json};

use crate::mcp::client::{DISCOVER, McpExt};
use crate::mcp::input::{asking, params, required};
use crate::mcp::modern::{CAPABILITIES, MISSING_CAPABILITY, ask, usual_with};
use crate::mcp::roles::requests::fits;

/// The requests that a client can be asked to answer.
const METHODS: [&str; 3] = ["elicitation/create", "sampling/createMessage", "roots/list"];

/// A server that asks for input MUST say for which, or give a state.
#[check(
    mcp(since = "2026-07-28"),
    declares("tools"),
    shared = "questions",
    source = "Multi Round-Trip Requests, Server Requirements",
    faults(MCP_ASKS_FOR_NOTHING, MCP_INPUT_REQUESTS_ARE_A_LIST)
)]
async fn says_what_it_needs(cx: &mut Context) -> Result {
    for asking in asking(cx).await? {
        let result = &asking.result;
        let name = &asking.callable.name;
        let requests = result.get("inputRequests");
        ensure!(
            requests.is_some() || result["requestState"].is_string(),
            format!("the result of `{name}` that asks for input"),
            "`inputRequests`, or a text as `requestState`",
            result.to_string()
        );
        ensure!(
            requests.is_none_or(Value::is_object),
            format!("`inputRequests` in the result of `{name}`"),
            "an object: a request for each name",
            result["inputRequests"].to_string()
        );
    }
    Ok(())
}

/// A server MUST ask for input by a request that a client can have: a form or page, a model's answer,
/// or the list of roots.
#[check(
    mcp(since = "2026-07-28"),
    declares("tools"),
    shared = "questions",
    source = "Multi Round-Trip Requests, Server Requirements",
    faults(MCP_UNKNOWN_REQUEST_FOR_INPUT)
)]
async fn asks_by_known_requests(cx: &mut Context) -> Result {
    for asking in asking(cx).await? {
        for (name, request) in &asking.requests {
            ensure!(
                request["method"].as_str().is_some_and(|method| METHODS.contains(&method)),
                format!("`method` of the request `{name}` for input of `{}`", asking.callable.name),
                METHODS.join(" or "),
                request["method"].to_string()
            );
        }
    }
    Ok(())
}

/// A server MUST ask for input by requests that have the members of their kind.
#[check(
    mcp(since = "2026-07-28"),
    declares("tools"),
    shared = "questions",
    source = "Elicitation; Sampling",
    faults(
        MCP_ASKS_WITHOUT_MESSAGE,
        MCP_ASKS_WITHOUT_SCHEMA,
        MCP_ASKS_FOR_A_NESTED_OBJECT,
        MCP_PAGE_WITHOUT_URL,
        MCP_SAMPLING_WITHOUT_LIMIT,
        MCP_SAMPLING_AS_SYSTEM
    )
)]
async fn asks_by_whole_requests(cx: &mut Context) -> Result {
    let revision = cx.mcp().revision();
    for asking in asking(cx).await? {
        for (name, request) in &asking.requests {
            let method = request["method"].as_str().unwrap_or_default();
            fits(revision, method, &request["params"])
                .map_err(|failure| failure.within(format!("request `{name}` for input")))?;
        }
    }
    Ok(())
}

/// A server MUST NOT ask for input that the client did not declare in the same request.
#[check(
    mcp(since = "2026-07-28"),
    declares("tools"),
    shared = "questions",
    source = "Multi Round-Trip Requests, Server Requirements",
    faults(MCP_ASKS_FOR_UNDECLARED_INPUT, MCP_REMEMBERS_CAPABILITIES)
)]
async fn asks_only_for_what_is_declared(cx: &mut Context) -> Result {
    for asking in asking(cx).await? {
        // The call that asked came from a client that had declared everything.
        let params = params(cx, &asking.callable, json!({}));
        let reply = cx.mcp().request("tools/call", params).await?;
        let asked = required(&reply).and_then(|result| result["inputRequests"].as_object());
        ensure!(
            asked.is_none_or(serde_json::Map::is_empty),
            format!("the answer to `{}` of a client without capabilities", asking.callable.name),
            "an error, or a result that asks for nothing",
            reply.value["result"].to_string()
        );
    }
    Ok(())
}

/// A server MUST name the capability that it needs, in the error for a client that lacks it.
#[check(
    mcp(since = "2026-07-28"),
    declares("tools"),
    shared = "questions",
    source = "Base Protocol, Per-request protocol fields",
    faults(MCP_MISSING_CAPABILITY_HAS_ANOTHER_CODE, MCP_MISSING_CAPABILITY_WITHOUT_NAME)
)]
async fn names_the_missing_capability(cx: &mut Context) -> Result {
    // Nothing that an earlier request declared counts.
    let meta = usual_with(cx, CAPABILITIES, json!({}));
    ask(cx, DISCOVER, meta).await?;
    for asking in asking(cx).await? {
        let name = &asking.callable.name;
        let params = params(cx, &asking.callable, json!({}));
        let reply = cx.mcp().request("tools/call", params).await?;
        if !reply.is_error() {
            // It can do without, or asks anyway, which is the matter of another check.
            continue;
        }
        let what = format!("the answer to `{name}` of a client without capabilities");
        let error = reply.refused(MISSING_CAPABILITY, what)?;
        let data = error.data.unwrap_or_default();
        ensure!(
            data["requiredCapabilities"].as_object().is_some_and(|needed| !needed.is_empty()),
            "`data.requiredCapabilities` of the error for a missing capability",
            "an object with what the client lacks",
            data.to_string()
        );
    }
    Ok(())
}
