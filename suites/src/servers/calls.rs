//! Calls of the tools of an MCP server: what the model is offered, what the server receives, and
//! what the client receives.

use harness::{Call, Context, Result, check, ensure, ensure_eq, ensure_includes};
use mock_model::says;
use serde_json::{Value, json};

use super::{NAME, TOOLS, configured, one, started, until, uses};
use crate::client::{ContextExt, End, Thread, is_item};

/// The type of the item of a call.
const ITEM: &str = "mcpToolCall";

/// A server MUST offer the model the tools of the MCP servers in its configuration.
#[check(
    v2(since = "0.58"),
    source = "config documentation, mcp_servers; every release does",
    grants(TOOLS),
    faults(SERVER_TOOLS_NOT_OFFERED)
)]
async fn their_tools_are_offered(cx: &mut Context) -> Result {
    configured(cx, &[super::Wanted::USUAL])?;
    let thread = cx.client().start().await?;
    cx.model.script([says("done")]);
    cx.client().turn(&thread, "hello").await?;
    let request = cx.asked(1).await?;
    let offered = request.tools();
    let missing = fixtures::ToolServer::TOOLS
        .iter()
        .map(|(tool, _)| *tool)
        .filter(|tool| !offered.iter().any(|name| name.ends_with(tool)));
    let missing: Vec<_> = missing.collect();
    ensure!(
        missing.is_empty(),
        "the tools in the request to the model",
        "all tools of the MCP server",
        format!("no {}; only {}", missing.join(", "), offered.join(", "))
    );
    Ok(())
}

/// A server MUST call the tool of an MCP server with the arguments from the model.
#[check(
    v2(since = "0.58"),
    source = "MCP, tools/call; every release does",
    faults(CALL_LOSES_ITS_ARGUMENTS, CALL_MADE_TWICE)
)]
async fn a_tool_gets_the_arguments_of_the_model(cx: &mut Context) -> Result {
    let server = one(cx)?;
    let thread = started(cx).await?;
    cx.model.script([uses("look", "über \"all\"\n"), says("done")]);
    cx.client().turn(&thread, "look").await?;
    let received = server.received("tools/call");
    ensure_eq!(received.len(), 1, "calls that the MCP server received");
    let expected = json!({ "name": "look", "arguments": { "text": "über \"all\"\n" } });
    ensure_includes!(received[0], expected, "the call that the MCP server received");
    Ok(())
}

/// A server MUST return the content of an MCP tool's result to the model, also of a result that is
/// an error.
#[check(
    v2(since = "0.58"),
    source = "MCP, tools/call: isError; every release does",
    faults(TOOL_RESULT_LOST, TOOL_ERROR_LOST)
)]
async fn the_model_gets_the_result(cx: &mut Context) -> Result {
    one(cx)?;
    let thread = started(cx).await?;
    for (number, tool) in ["look", "fail"].into_iter().enumerate() {
        let (text, id) = (format!("text of {tool}"), format!("call_{tool}"));
        cx.model.script([uses(tool, &text).id(&*id), says("done")]);
        cx.client().turn(&thread, tool).await?;
        let output = cx.asked(2 * number + 2).await?.tool_output(&id).unwrap_or_default();
        ensure!(
            output.contains(&text),
            format!("the output of the tool `{tool}` in the next request to the model"),
            format!("one with {text:?}"),
            output
        );
    }
    Ok(())
}

/// The items of calls that were announced by this notification.
fn items<'c>(calls: &'c [Call], thread: &Thread, method: &str) -> Vec<&'c Value> {
    let items = calls.iter().filter(|call| is_item(call, thread, method, ITEM));
    items.map(|call| &call.params["item"]).collect()
}

/// A server MUST send `item/started` and `item/completed` for the call of an MCP tool, with its
/// server, its tool and its arguments.
#[check(
    v2(since = "0.66"),
    source = "app-server README, items: mcpToolCall; every release does",
    faults(CALL_UNTOLD, CALL_OF_ANOTHER_TOOL)
)]
async fn a_call_is_an_item(cx: &mut Context) -> Result {
    one(cx)?;
    let thread = started(cx).await?;
    cx.model.script([uses("look", "here").id("call_1"), says("done")]);
    let turn = cx.client().turn(&thread, "look").await?;
    let (started, completed) = (
        items(&turn.calls, &thread, "item/started"),
        items(&turn.calls, &thread, "item/completed"),
    );
    ensure_eq!([started.len(), completed.len()], [1, 1], "items of the call started and completed");
    let expected = json!({ "id": started[0]["id"], "server": NAME, "tool": "look",
        "arguments": { "text": "here" } });
    ensure_includes!(*started[0], expected, "the started item");
    ensure_includes!(*completed[0], expected, "the completed item");
    ensure_eq!(started[0]["status"], "inProgress", "the status of the started item");
    Ok(())
}

/// A server MUST report how the call of an MCP tool ended by the status of its item: `completed`, or
/// `failed` when the result is an error or the MCP server ends.
#[check(
    v2(since = "0.66"),
    source = "app-server README, items: mcpToolCall; every release does",
    faults(FAILED_CALL_IS_COMPLETED, DEAD_SERVER_HANGS)
)]
async fn the_status_shows_how_a_call_ended(cx: &mut Context) -> Result {
    one(cx)?;
    let thread = started(cx).await?;
    for (tool, status) in [("look", "completed"), ("fail", "failed"), ("die", "failed")] {
        cx.model.script([uses(tool, "text"), says("done")]);
        let turn = cx.client().turn(&thread, tool).await?;
        let completed = items(&turn.calls, &thread, "item/completed");
        let observed: Vec<_> = completed.iter().map(|item| &item["status"]).collect();
        ensure_eq!(observed, [status], "the status of the completed calls of the tool `{tool}`");
        turn.ended(End::Completed, &format!("the end of the turn with the tool `{tool}`"))?;
    }
    Ok(())
}

/// A server SHOULD complete the item of an MCP tool's call before it completes the turn that was
/// interrupted.
#[check(
    v2(since = "0.66"),
    source = "app-server README, item/completed: sent when the item finishes; no release so far does",
    faults(CUT_CALL_STAYS_OPEN)
)]
async fn an_interrupted_call_is_completed(cx: &mut Context) -> Result {
    let server = one(cx)?;
    let thread = started(cx).await?;
    cx.model.script([uses("wait", "never")]);
    let begun = cx.client().begin_turn(&thread, "wait").await?;
    until(cx, "calls that the MCP server received", 1, || server.called().len()).await?;
    let ticket = cx.client().interrupt(&thread, &begun).await?;
    cx.peer.answer(&ticket).await?.result()?;
    let turn = cx.client().end_turn(&thread, &begun).await?;
    turn.ended(End::Interrupted, "the end of the interrupted turn")?;
    let (started, completed) = (
        items(&turn.calls, &thread, "item/started"),
        items(&turn.calls, &thread, "item/completed"),
    );
    let ids =
        |items: Vec<&Value>| items.into_iter().map(|item| item["id"].clone()).collect::<Vec<_>>();
    ensure_eq!(ids(completed), ids(started), "calls completed before the end of the turn");
    Ok(())
}
