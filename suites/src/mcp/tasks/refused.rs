//! What has to be refused: tasks that do not exist, and calls that should or should not be tasks.

use harness::{Context, Failure, Result, check, code, ensure, show};
use serde_json::json;

use super::course::{begin, tool};
use crate::mcp::called::plain;
use crate::mcp::client::McpExt;
use crate::mcp::declared;

/// The id of a task that no server has.
const UNKNOWN: &str = "proctor-no-such-task";

/// A server MUST answer requests about an unknown task with an error.
#[check(
    mcp(since = "2025-11-25", until = "2025-11-25"),
    declares("tasks"),
    shared = "questions",
    source = "Tasks, Error Handling",
    faults(MCP_UNKNOWN_TASK_IS_SHOWN)
)]
async fn an_unknown_task_is_an_error(cx: &mut Context) -> Result {
    for method in methods(cx) {
        let reply = cx.mcp().request(method, json!({ "taskId": UNKNOWN })).await?;
        reply.refusal(format!("`{method}` for a task that does not exist"))?;
    }
    Ok(())
}

/// A server MUST use the code -32602 in the error about an unknown task.
#[check(
    mcp(since = "2025-11-25", until = "2025-11-25"),
    declares("tasks"),
    shared = "questions",
    source = "Tasks, Error Handling",
    faults(MCP_UNKNOWN_TASK_HAS_ANOTHER_CODE)
)]
async fn an_unknown_task_is_a_wrong_parameter(cx: &mut Context) -> Result {
    for method in methods(cx) {
        let reply = cx.mcp().request(method, json!({ "taskId": UNKNOWN })).await?;
        if reply.is_error() {
            let what = format!("the error of `{method}` about a task that does not exist");
            reply.refused(code::INVALID_PARAMS, what)?;
        }
    }
    Ok(())
}

/// The methods about one task.
fn methods(cx: &Context) -> Vec<&'static str> {
    let mut methods = vec!["tasks/get", "tasks/result"];
    if cx.declared().is_some_and(|declared| declared.has("tasks.cancel")) {
        methods.push("tasks/cancel");
    }
    methods
}

/// A server MUST answer `tasks/list` with a cursor that it never gave with the error -32602.
#[check(
    mcp(since = "2025-11-25", until = "2025-11-25"),
    declares("tasks.list"),
    shared = "questions",
    source = "Tasks, Error Handling",
    faults(MCP_BAD_CURSOR_OF_TASKS_SERVED)
)]
async fn an_unknown_cursor_is_a_wrong_parameter(cx: &mut Context) -> Result {
    let params = json!({ "cursor": "proctor has no such cursor" });
    let reply = cx.mcp().request("tasks/list", params).await?;
    reply.refused(code::INVALID_PARAMS, "`tasks/list` with a cursor that the server never gave")?;
    Ok(())
}

/// A server MUST answer a plain call of a tool whose `taskSupport` is `required` with an error.
#[check(
    mcp(since = "2025-11-25", until = "2025-11-25"),
    declares("tasks.requests.tools.call"),
    shared = "questions",
    source = "Tasks, Tool-Level Negotiation: the error -32601",
    faults(MCP_REQUIRED_TASK_NOT_NEEDED)
)]
async fn a_required_task_is_not_called_plainly(cx: &mut Context) -> Result {
    let tool = tool(cx, &["required"]).await?;
    let reply = cx.mcp().request("tools/call", tool.params()).await?;
    reply.refusal(format!(
        "a call without `task` of the tool {:?}, whose `taskSupport` is `required`",
        tool.name
    ))?;
    Ok(())
}

/// A server SHOULD refuse to call a tool as a task whose `taskSupport` is `forbidden`.
#[check(
    mcp(since = "2025-11-25", until = "2025-11-25"),
    declares("tasks.requests.tools.call"),
    shared = "questions",
    source = "Tasks, Tool-Level Negotiation: the error -32601",
    faults(MCP_FORBIDDEN_TASK_IS_CREATED)
)]
async fn a_forbidden_task_is_refused(cx: &mut Context) -> Result {
    let tool = tool(cx, &["forbidden"]).await?;
    let reply = begin(cx, &tool, "forbidden task").await?;
    reply.refusal(format!(
        "a call as a task of the tool {:?}, whose `taskSupport` is `forbidden`",
        tool.name
    ))?;
    Ok(())
}

/// A server MUST ignore the member `task` of a call if it does not declare tasks.
#[check(
    mcp(since = "2025-11-25", until = "2025-11-25"),
    declares("tools"),
    shared = "questions",
    source = "Tasks, Capability Negotiation",
    faults(MCP_UNDECLARED_TASK_IS_CREATED)
)]
async fn an_undeclared_task_is_a_plain_call(cx: &mut Context) -> Result {
    let capabilities = declared::capabilities(cx).await?;
    if capabilities["tasks"]["requests"]["tools"].get("call").is_some() {
        return Ok(());
    }
    let callable = plain(cx).await?;
    let with_task = |one: &&crate::mcp::client::Callable| {
        one.tool["execution"]["taskSupport"].as_str().is_some_and(|support| support != "forbidden")
    };
    let Some(tool) = callable.iter().find(with_task).or_else(|| callable.first()) else {
        return Err(Failure::lacks("a tool that may be called"));
    };
    let reply = begin(cx, tool, "undeclared task").await?;
    let what = format!("a call with `task` of the tool {:?}; tasks are not declared", tool.name);
    let result = reply.granted(&what)?;
    ensure!(
        result["content"].is_array(),
        what,
        "the result of a plain call",
        format!("the result {}", show(result))
    );
    Ok(())
}
