//! Requests of the client to MCP servers: tools, resources, the list, and a changed configuration.

use harness::{Context, Result, check, ensure, ensure_eq, ensure_includes};
use mock_model::says;
use serde_json::{Value, json};

use super::{NAME, TOOLS, Wanted, configured, one, started};
use crate::client::{ContextExt, Thread};
use crate::rows::Rows;
use crate::stored::UNKNOWN;

const CALL: &str = "mcpServer/tool/call";
const READ: &str = "mcpServer/resource/read";

/// A thread whose MCP servers have started: a turn waits for them.
async fn ready(cx: &mut Context) -> Result<Thread> {
    let thread = started(cx).await?;
    cx.model.script([says("ready")]);
    cx.client().turn(&thread, "be ready").await?;
    Ok(thread)
}

/// A server MUST call the tool of an MCP server that the client names with its arguments, and return
/// the result, also one that is an error.
#[check(
    v2(since = "0.147"),
    source = "app-server README, mcpServer/tool/call; every release does",
    faults(DIRECT_CALL_LOSES_ITS_ARGUMENTS, DIRECT_RESULT_LOST)
)]
async fn a_tool_is_called(cx: &mut Context) -> Result {
    let server = one(cx)?;
    let thread = ready(cx).await?;
    for (tool, is_error) in [("look", false), ("fail", true)] {
        let text = format!("über \"{tool}\"");
        let params = json!({
            "threadId": thread.id, "server": NAME, "tool": tool, "arguments": { "text": text },
        });
        let result = cx.peer.call(CALL, params).await?;
        ensure_eq!(result["content"][0]["text"], text, "the text in the result of `{tool}`");
        ensure_eq!(result["isError"], is_error, "`isError` in the result of `{tool}`");
    }
    ensure_eq!(server.called(), ["look", "fail"], "the tools that the MCP server was asked for");
    Ok(())
}

/// A server MUST reject the call of a tool that does not exist, of an unknown MCP server, and in an
/// unknown thread.
#[check(
    v2(since = "0.147"),
    source = "app-server README, mcpServer/tool/call; every release does",
    faults(UNKNOWN_TOOL_ANSWERED, UNKNOWN_SERVER_ANSWERED)
)]
async fn an_unknown_tool_is_rejected(cx: &mut Context) -> Result {
    one(cx)?;
    let thread = ready(cx).await?;
    let mut rows = Rows::of_waits();
    for (what, id, server, tool) in [
        ("an unknown tool", &*thread.id, NAME, "no-such-tool"),
        ("an unknown MCP server", &*thread.id, "no-such-server", "look"),
        ("an unknown thread", UNKNOWN, NAME, "look"),
    ] {
        let params = json!({ "threadId": id, "server": server, "tool": tool, "arguments": {} });
        let reply = cx.peer.request(CALL, params).await?;
        rows.judge(what, reply.refusal("its answer").map(|_| ()))?;
    }
    rows.end()
}

/// A server MUST return the contents of the resource of an MCP server that the client names.
#[check(
    v2(since = "0.120"),
    source = "app-server README, mcpServer/resource/read; every release does",
    faults(RESOURCE_LOSES_ITS_CONTENTS)
)]
async fn a_resource_is_read(cx: &mut Context) -> Result {
    one(cx)?;
    let thread = ready(cx).await?;
    let (uri, text) = fixtures::ToolServer::RESOURCE;
    let params = json!({ "threadId": thread.id, "server": NAME, "uri": uri });
    let result = cx.peer.call(READ, params).await?;
    let contents = result["contents"].as_array().cloned().unwrap_or_default();
    ensure_eq!(contents.len(), 1, "contents of the resource");
    ensure_includes!(contents[0], json!({ "uri": uri, "text": text }), "the contents");
    Ok(())
}

/// A server MUST reject a request for an unknown resource, or for a resource of an unknown MCP server.
#[check(
    v2(since = "0.120"),
    source = "app-server README, mcpServer/resource/read; every release does",
    faults(UNKNOWN_RESOURCE_ANSWERED)
)]
async fn an_unknown_resource_is_rejected(cx: &mut Context) -> Result {
    one(cx)?;
    let thread = ready(cx).await?;
    let known = fixtures::ToolServer::RESOURCE.0;
    let mut rows = Rows::of_waits();
    for (what, server, uri) in [
        ("an unknown resource", NAME, "stub://no-such-resource"),
        ("an unknown MCP server", "no-such-server", known),
    ] {
        let params = json!({ "threadId": thread.id, "server": server, "uri": uri });
        let reply = cx.peer.request(READ, params).await?;
        rows.judge(what, reply.refusal("its answer").map(|_| ()))?;
    }
    rows.end()
}

/// A server MUST offer the model the tools of an MCP server that was added to the configuration, in
/// the next turn after `config/mcpServer/reload`.
#[check(
    v2(since = "0.98"),
    source = "app-server README, config/mcpServer/reload; every release does",
    faults(RELOAD_IGNORED, RELOAD_ENDS_THE_OTHERS)
)]
async fn a_reload_adds_a_server(cx: &mut Context) -> Result {
    cx.needs(TOOLS)?;
    configured(cx, &[Wanted::USUAL])?;
    let thread = ready(cx).await?;
    configured(cx, &[Wanted::USUAL, Wanted { name: "added", ..Wanted::USUAL }])?;
    cx.peer.call("config/mcpServer/reload", Value::Null).await?;
    let before = cx.model.requests().len();
    cx.model.script([says("done")]);
    cx.client().turn(&thread, "hello").await?;
    let request = cx.asked(before + 1).await?;
    let names = json!(request.body()["tools"]).to_string();
    for name in [NAME, "added"] {
        let offered = names.contains(&format!("mcp__{name}"))
            || request.tools().iter().any(|tool| tool.contains(name));
        ensure!(
            offered,
            format!("the tools of the MCP server `{name}` after the reload"),
            "offered to the model",
            request.tools().join(", ")
        );
    }
    Ok(())
}

/// A server MUST list each MCP server of its configuration once, also over pages of one, and with its
/// tools if it starts.
#[check(
    v2(since = "0.98"),
    source = "app-server README, mcpServerStatus/list; every release does",
    faults(SERVER_PAGES_REPEAT, LISTED_SERVER_HAS_NO_TOOLS)
)]
async fn each_server_is_listed_once(cx: &mut Context) -> Result {
    cx.needs(TOOLS)?;
    let broken = Wanted { name: "broken", habits: &[fixtures::Habit::Refuses], required: false };
    configured(cx, &[broken, Wanted { name: "other", ..Wanted::USUAL }, Wanted::USUAL])?;
    ready(cx).await?;
    let mut listed = Vec::new();
    let mut params = json!({ "limit": 1 });
    for _ in 0..8 {
        let page = cx.peer.call(super::STATUS, params.clone()).await?;
        listed.extend(page["data"].as_array().cloned().unwrap_or_default());
        let Some(next) = page["nextCursor"].as_str() else { break };
        params["cursor"] = json!(next);
    }
    let mut names: Vec<_> = listed.iter().filter_map(|entry| entry["name"].as_str()).collect();
    names.sort_unstable();
    ensure_eq!(names, ["broken", "other", NAME], "the listed MCP servers");
    for entry in &listed {
        let has_tools = entry["tools"].as_object().is_some_and(|tools| tools.contains_key("look"));
        let word = |has: bool| if has { "with its tools" } else { "without tools" };
        let expected = word(entry["name"] != "broken");
        ensure_eq!(word(has_tools), expected, "how {} is listed", entry["name"]);
    }
    Ok(())
}
