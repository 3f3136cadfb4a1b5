//! A conversation: begun by one tool, continued by the other.

use harness::{Context, Failure, Result, check, ensure, ensure_eq};
use mock_model::{http, says};
use serde_json::{Value, json};

use super::client::{
    CODEX, REPLY, begin, call, conversation, hold_back, is_error, named, prompt, reply, text,
};
use crate::mcp::client::{List, McpExt};
use crate::stored::{ensure_model_input, last_request};

/// A server MUST offer the tools `codex` and `codex-reply`.
#[check(
    mcp(until = "2025-11-25"),
    declares("tool:codex"),
    shared = "codex",
    source = "codex mcp-server, tools",
    faults(CODEX_MCP_NO_REPLY_TOOL)
)]
async fn both_tools_are_offered(cx: &mut Context) -> Result {
    let tools = cx.mcp().list(List::TOOLS).await?;
    for name in [CODEX, REPLY] {
        ensure!(
            tools.iter().any(|tool| tool["name"] == json!(name)),
            "the tools that the server lists",
            format!("`{name}` among them"),
            tools.iter().filter_map(|tool| tool["name"].as_str()).collect::<Vec<_>>().join(", ")
        );
    }
    Ok(())
}

/// The server MUST give the last words of the model as the result of a call.
#[check(
    mcp(until = "2025-11-25"),
    declares("tool:codex"),
    shared = "codex",
    source = "codex mcp-server, tools",
    faults(CODEX_MCP_ANSWER_LOST)
)]
async fn the_result_is_the_answer_of_the_model(cx: &mut Context) -> Result {
    cx.model.script([says("a fine day")]);
    let result = call(cx, CODEX, prompt("how is it")).await?;
    ensure_eq!(text(&result), "a fine day", "the text of the result");
    ensure!(!is_error(&result), "`isError` of the result", "false or absent", "true");
    Ok(())
}

/// A server that declares a structured result MUST give the id of the conversation and the answer in
/// it.
#[check(
    mcp(until = "2025-11-25"),
    declares("tool:codex"),
    shared = "codex",
    source = "codex mcp-server, output schema of the tools",
    faults(CODEX_MCP_STRUCTURED_WITHOUT_THE_ANSWER)
)]
async fn the_structured_result_names_the_conversation(cx: &mut Context) -> Result {
    let tool = named(cx, CODEX).await?;
    if tool["outputSchema"].is_null() {
        return Err(Failure::lacks("a structured result of `codex`"));
    }
    cx.model.script([says("a fine day")]);
    let result = call(cx, CODEX, prompt("how is it")).await?;
    let structured = &result["structuredContent"];
    ensure_eq!(structured["content"], "a fine day", "`content` of the structured result");
    let id = structured["threadId"].as_str().unwrap_or_default();
    ensure!(
        !id.is_empty(),
        "`threadId` of the structured result",
        "a text",
        structured.to_string()
    );
    Ok(())
}

/// The server MUST continue the conversation that a reply names.
#[check(
    mcp(until = "2025-11-25"),
    declares("tool:codex"),
    shared = "codex",
    source = "codex mcp-server, tools",
    faults(CODEX_MCP_REPLY_FORGETS)
)]
async fn a_reply_continues(cx: &mut Context) -> Result {
    cx.model.script([says("answer one"), says("answer two")]);
    let first = call(cx, CODEX, prompt("question one")).await?;
    let id = conversation(cx, &first)?;
    let arguments = reply(cx, &id, "question two").await?;
    let second = call(cx, REPLY, arguments).await?;
    ensure_eq!(text(&second), "answer two", "the text of the result");
    ensure_model_input(
        &last_request(cx)?,
        &[("user", "question one"), ("assistant", "answer one"), ("user", "question two")],
    )
}

/// The server MUST keep the words of one conversation out of another.
#[check(
    mcp(until = "2025-11-25"),
    declares("tool:codex"),
    shared = "codex",
    source = "codex mcp-server, tools",
    faults(CODEX_MCP_CONVERSATIONS_MIXED)
)]
async fn conversations_are_apart(cx: &mut Context) -> Result {
    cx.model.script([says("one"), says("two")]);
    call(cx, CODEX, prompt("the first secret")).await?;
    call(cx, CODEX, prompt("something else")).await?;
    let request = last_request(cx)?;
    let heard = request.user_texts().join("\n");
    ensure!(
        !heard.contains("the first secret"),
        "what the model hears in the second conversation",
        "nothing of the first",
        "the question of the first"
    );
    Ok(())
}

/// The server MUST answer each of two calls that run at the same time with its own answer.
#[check(
    mcp(until = "2025-11-25"),
    declares("tool:codex"),
    shared = "codex",
    source = "JSON-RPC 2.0; codex mcp-server, tools",
    faults(CODEX_MCP_ONE_CALL_AT_A_TIME)
)]
async fn two_calls_run_at_the_same_time(cx: &mut Context) -> Result {
    hold_back(cx, "first", "one");
    let first = begin(cx, prompt("question one")).await?;
    cx.reached("first").await?;
    cx.model.push(says("two"));
    // The first still waits for the model.
    let second = call(cx, CODEX, prompt("question two")).await?;
    ensure_eq!(text(&second), "two", "the text of the second result");
    cx.model.open("first");
    let first = cx.mcp().answer(&first).await?.into_result()?;
    ensure_eq!(text(&first), "one", "the text of the first result");
    Ok(())
}

/// The server MUST NOT give a successful result to a reply in a conversation that it does not know.
#[check(
    mcp(until = "2025-11-25"),
    declares("tool:codex"),
    shared = "codex",
    source = "codex mcp-server, tools; Tools, Error Handling",
    faults(CODEX_MCP_UNKNOWN_CONVERSATION_BEGUN)
)]
async fn an_unknown_conversation_is_an_error(cx: &mut Context) -> Result {
    // What would be said in a conversation that is begun instead.
    cx.model.script([says("done")]);
    let id = "00000000-0000-7000-8000-000000000001";
    let arguments = reply(cx, id, "hello").await?;
    fails(cx, REPLY, arguments, "a reply in an unknown conversation").await
}

/// The server MUST NOT give a successful result to a call without a prompt.
#[check(
    mcp(until = "2025-11-25"),
    declares("tool:codex"),
    shared = "codex",
    source = "codex mcp-server, input schema of the tools; Tools, Error Handling",
    faults(CODEX_MCP_PROMPT_NOT_NEEDED)
)]
async fn a_missing_prompt_is_an_error(cx: &mut Context) -> Result {
    fails(cx, CODEX, json!({}), "a call without a prompt").await
}

/// The server SHOULD mark the result of a call whose model service refuses as an error.
#[check(
    mcp(until = "2025-11-25"),
    declares("tool:codex"),
    shared = "codex",
    source = "Tools, Error Handling",
    faults(CODEX_MCP_MODEL_ERROR_HIDDEN)
)]
async fn a_refusal_of_the_model_service_is_an_error(cx: &mut Context) -> Result {
    cx.model.script([http(400).json(json!({ "error": { "message": "not today" } }))]);
    fails(cx, CODEX, prompt("hello"), "a call whose model service answers 400").await
}

/// The server MUST ask the model service for the model that a call names.
#[check(
    mcp(until = "2025-11-25"),
    declares("tool:codex"),
    shared = "codex",
    source = "codex mcp-server, input schema of the tools",
    faults(CODEX_MCP_MODEL_IGNORED)
)]
async fn the_model_of_a_call_is_asked(cx: &mut Context) -> Result {
    let tool = named(cx, CODEX).await?;
    if tool["inputSchema"]["properties"]["model"].is_null() {
        return Err(Failure::lacks("the parameter `model` of `codex`"));
    }
    cx.model.script([says("done")]);
    let mut arguments = prompt("hello");
    arguments["model"] = json!("another-model");
    call(cx, CODEX, arguments).await?;
    ensure_eq!(
        last_request(cx)?.model_name(),
        Some("another-model"),
        "the model in the request to the model service"
    );
    Ok(())
}

/// Fails if this call gives a result that is no error.
async fn fails(cx: &mut Context, tool: &str, arguments: Value, what: &str) -> Result {
    let params = json!({ "name": tool, "arguments": arguments });
    let reply = cx.mcp().request("tools/call", params).await?;
    if !reply.is_error() {
        let result = reply.result()?;
        ensure!(
            is_error(result),
            format!("the result of {what}"),
            "an error, or a result with `isError`",
            result.to_string()
        );
    }
    Ok(())
}
