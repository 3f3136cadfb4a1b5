//! Calls that are wrong: of no tool, of an unknown one, and with other arguments than the tool needs.

use harness::{Context, Failure, Reply, Result, check, code, ensure};
use serde_json::{Value, json};

use crate::mcp::called::plain;
use crate::mcp::client::{Callable, McpExt};

/// A server MUST NOT give a successful result to a call of a tool that it does not have.
#[check(
    mcp,
    declares("tools"),
    shared = "questions",
    source = "Tools, Error Handling",
    faults(MCP_UNKNOWN_TOOL_SUCCEEDS)
)]
async fn an_unknown_tool_does_not_succeed(cx: &mut Context) -> Result {
    let reply = unknown(cx).await?;
    fails(&reply, "a call of a tool that does not exist")
}

/// A server SHOULD use the code -32602 if it answers a call of an unknown tool with an error.
#[check(
    mcp,
    declares("tools"),
    shared = "questions",
    source = "Tools, Error Handling",
    faults(MCP_UNKNOWN_TOOL_HAS_ANOTHER_CODE)
)]
async fn an_unknown_tool_is_a_wrong_parameter(cx: &mut Context) -> Result {
    let reply = unknown(cx).await?;
    if reply.is_error() {
        reply.refused(code::INVALID_PARAMS, "a call of a tool that does not exist")?;
    }
    Ok(())
}

/// A server MUST NOT give a successful result to a `tools/call` that names no tool.
#[check(
    mcp,
    declares("tools"),
    shared = "questions",
    source = "Schema, CallToolRequest; JSON-RPC 2.0, Error object",
    faults(MCP_BAD_CALL_SUCCEEDS)
)]
async fn a_call_of_no_tool_does_not_succeed(cx: &mut Context) -> Result {
    for (what, reply) in nameless(cx).await? {
        fails(&reply, what)?;
    }
    Ok(())
}

/// A server SHOULD use the code -32602 in the error about a `tools/call` that names no tool.
#[check(
    mcp,
    declares("tools"),
    shared = "questions",
    source = "JSON-RPC 2.0, Error object: invalid parameters",
    faults(MCP_BAD_CALL_HAS_ANOTHER_CODE)
)]
async fn a_call_of_no_tool_is_a_wrong_parameter(cx: &mut Context) -> Result {
    for (what, reply) in nameless(cx).await? {
        if reply.is_error() {
            reply.refused(code::INVALID_PARAMS, what)?;
        }
    }
    Ok(())
}

/// A server MUST answer a call without `arguments`.
#[check(
    mcp,
    declares("tools"),
    shared = "questions",
    source = "Schema, CallToolRequest: `arguments` is optional",
    faults(MCP_ABSENT_ARGUMENTS_ARE_FATAL)
)]
async fn a_call_without_arguments_is_answered(cx: &mut Context) -> Result {
    let params = json!({ "name": "proctor_no_such_tool" });
    cx.mcp().request("tools/call", params).await?;
    Ok(())
}

/// A server SHOULD NOT give a successful result to a call without a required argument.
#[check(
    mcp,
    declares("tools"),
    shared = "questions",
    source = "Tools, Security Considerations: validate all inputs; Error Handling",
    faults(MCP_BAD_ARGUMENTS_SUCCEED)
)]
async fn a_missing_argument_does_not_succeed(cx: &mut Context) -> Result {
    for (one, missing) in demanding(cx).await? {
        let params = json!({ "name": one.name, "arguments": {} });
        let reply = cx.mcp().request("tools/call", params).await?;
        fails(&reply, &format!("a call of {:?} without the argument {missing:?}", one.name))?;
    }
    Ok(())
}

/// A server SHOULD NOT give a successful result to a call with an object in place of a text or number.
#[check(
    mcp,
    declares("tools"),
    shared = "questions",
    source = "Tools, Security Considerations: validate all inputs; Error Handling",
    faults(MCP_BAD_ARGUMENTS_SUCCEED)
)]
async fn an_argument_of_another_type_does_not_succeed(cx: &mut Context) -> Result {
    const OTHER: [&str; 4] = ["string", "number", "integer", "boolean"];
    for (one, name) in demanding(cx).await? {
        let kind = &one.tool["inputSchema"]["properties"][&name]["type"];
        let Some(kind) = kind.as_str().filter(|kind| OTHER.contains(kind)) else { continue };
        let mut params = one.params();
        params["arguments"][&name] = json!({ "proctor": [] });
        let reply = cx.mcp().request("tools/call", params).await?;
        let what = format!("a call of {:?} with an object as {name:?}, a {kind}", one.name);
        fails(&reply, &what)?;
    }
    Ok(())
}

/// The first tools that require an argument and may be called, with its name.
async fn demanding(cx: &mut Context) -> Result<Vec<(Callable, String)>> {
    /// How many tools are tried.
    const TOOLS: usize = 3;
    let all = plain(cx).await?.into_iter();
    let demanding = all.filter_map(|one| required(&one.tool).map(|name| (one, name)));
    let demanding: Vec<_> = demanding.take(TOOLS).collect();
    if demanding.is_empty() {
        return Err(Failure::lacks("a tool with a required argument that may be called"));
    }
    Ok(demanding)
}

/// The first argument that a tool requires.
fn required(tool: &Value) -> Option<String> {
    tool["inputSchema"]["required"].as_array()?.first()?.as_str().map(str::to_owned)
}

/// A call of a tool that no server has.
async fn unknown(cx: &mut Context) -> Result<Reply> {
    let params = json!({ "name": "proctor_no_such_tool", "arguments": {} });
    cx.mcp().request("tools/call", params).await
}

/// The answers to calls that name no tool, with what each is called. Silence is the matter of another
/// check.
async fn nameless(cx: &mut Context) -> Result<Vec<(&'static str, Reply)>> {
    let mut replies = Vec::new();
    for (what, params) in [
        ("a call without a name", json!({ "arguments": {} })),
        ("a call whose name is a number", json!({ "name": 5, "arguments": {} })),
        ("a call without parameters", Value::Null),
    ] {
        let ticket = cx.mcp().send("tools/call", params).await?;
        let reply = cx.mcp().answer_or_silence(&ticket).await?;
        replies.extend(reply.map(|reply| (what, reply)));
    }
    Ok(replies)
}

/// Fails if the answer is a success: neither an error nor a result with `isError`.
fn fails(reply: &Reply, what: &str) -> Result {
    if reply.is_error() {
        return Ok(());
    }
    let result = reply.result()?;
    ensure!(
        result["isError"] == json!(true),
        format!("the answer to {what}"),
        "an error, or a result with `isError`",
        format!("the result {}", harness::show(result))
    );
    Ok(())
}
