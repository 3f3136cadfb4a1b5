//! Errors: unknown methods, and parameters that are none.

use std::time::{Duration, Instant};

use harness::{Context, Failure, Kind, Reply, Result, check, ensure};
use serde_json::{Value, json};

use crate::mcp::client::McpExt;
use crate::mcp::envelope::exchange::capability;

/// A method that no server has.
const UNKNOWN: &str = "proctor/no_such_method";
/// The codes that JSON-RPC keeps for itself and for implementations of it.
const CODES: std::ops::RangeInclusive<i64> = -32768..=-32000;
/// How long an answer that costs nothing may take after that to a later request.
const OVERTAKEN: Duration = Duration::from_millis(250);

/// The answer to an unknown method. That there is one is the matter of another check.
async fn unknown(cx: &mut Context) -> Result<Reply> {
    let ticket = cx.mcp().send(UNKNOWN, json!({})).await?;
    let reply = cx.mcp().answer_or_silence(&ticket).await?;
    reply.ok_or_else(|| Failure::not_offered(UNKNOWN))
}

/// A server MUST answer a request for a method that no server has with an error.
#[check(
    mcp,
    shared = "questions",
    source = "JSON-RPC 2.0, Error object; Base protocol, Error Responses",
    faults(MCP_UNKNOWN_METHOD_ANSWERED, UNKNOWN_METHOD_SUCCEEDS)
)]
async fn an_unknown_method_is_an_error(cx: &mut Context) -> Result {
    let reply = unknown(cx).await?;
    reply.refusal("reply to a method that no server has").map(|_| ())
}

/// A server MUST give the error for an unknown method a code from -32768 to -32000.
#[check(
    mcp,
    shared = "questions",
    source = "JSON-RPC 2.0, Error object; every measured server does",
    faults(MCP_UNKNOWN_METHOD_IS_ERROR_1, ERROR_CODE_POSITIVE)
)]
async fn an_unknown_method_has_a_code_of_the_protocol(cx: &mut Context) -> Result {
    let reply = unknown(cx).await?;
    let code = reply.refusal("reply to a method that no server has")?.code;
    ensure!(
        code.is_some_and(|code| CODES.contains(&code)),
        "the code of the error for a method that no server has",
        "a code from -32768 to -32000",
        code.map_or_else(|| "none".to_owned(), |code| code.to_string())
    );
    Ok(())
}

/// A server SHOULD answer a request for a method that no server has with error -32601.
#[check(
    mcp,
    shared = "questions",
    source = "JSON-RPC 2.0, Error object",
    faults(MCP_UNKNOWN_METHOD_IS_ERROR_1)
)]
async fn an_unknown_method_is_not_found(cx: &mut Context) -> Result {
    let reply = unknown(cx).await?;
    reply.refused(-32601, "reply to a method that no server has").map(|_| ())
}

/// The methods of the revision that change nothing with these parameters, each with them.
///
/// What a server would do something about if it had the method is asked only where it is not declared.
fn questions(cx: &mut Context) -> Vec<(&'static str, Value)> {
    let is_modern = cx.mcp().is_modern();
    let revision = cx.mcp().revision();
    let declared = cx.declared().cloned().unwrap_or_default();
    let uri = json!({ "uri": "proctor://no/such/resource" });
    let task = json!({ "taskId": "proctor-no-such-task" });
    let complete = json!({
        "ref": { "type": "ref/prompt", "name": "proctor_no_such_prompt" },
        "argument": { "name": "a", "value": "" },
    });
    let mut asked = vec![
        ("tools/list", json!({})),
        ("tools/call", json!({ "name": "proctor_no_such_tool", "arguments": {} })),
        ("resources/list", json!({})),
        ("resources/templates/list", json!({})),
        ("resources/read", uri.clone()),
        ("prompts/list", json!({})),
        ("prompts/get", json!({ "name": "proctor_no_such_prompt" })),
        ("completion/complete", complete),
    ];
    if !is_modern {
        asked.push(("ping", json!({})));
        if !declared.has("logging") {
            asked.push(("logging/setLevel", json!({ "level": "info" })));
        }
        if !declared.has("resources.subscribe") {
            asked.push(("resources/subscribe", uri.clone()));
            asked.push(("resources/unsubscribe", uri));
        }
    }
    if revision == harness::Revision::R20251125 {
        asked.extend([
            ("tasks/list", json!({})),
            ("tasks/get", task.clone()),
            ("tasks/result", task.clone()),
            ("tasks/cancel", task),
        ]);
    }
    asked.push((UNKNOWN, json!({})));
    asked
}

/// A server MUST answer a request for each method of the protocol, whether it has the method or not.
#[check(
    mcp,
    shared = "questions",
    source = "JSON-RPC 2.0, Response object; Base protocol, Requests",
    faults(MCP_SILENT_FOR_UNKNOWN_METHODS)
)]
async fn every_method_is_answered(cx: &mut Context) -> Result {
    let mut open = Vec::new();
    for (method, params) in questions(cx) {
        open.push((method, cx.mcp().send(method, params).await?));
    }
    cx.mcp().barrier().await?;
    let declared = cx.declared().cloned().unwrap_or_default();
    let whole = cx.peer.settings().wait;
    let began = Instant::now();
    let mut silent = Vec::new();
    for (method, ticket) in open {
        // What the server has may take its time; that it lacks a method it knows at once.
        let has = method == "ping" || capability(method).is_some_and(|it| declared.has(it));
        let within = if has { whole } else { OVERTAKEN };
        match cx.peer.answer_within(&ticket, within.saturating_sub(began.elapsed())).await {
            Ok(_) => {}
            Err(failure) if failure.kind() == Kind::Timeout => silent.push(method),
            Err(failure) => return Err(failure),
        }
    }
    let names: Vec<_> = silent.iter().map(|method| format!("`{method}`")).collect();
    ensure!(
        silent.is_empty(),
        "the answers to a request for each method",
        "a result or an error for each, such as -32601",
        format!("no answer to {} of them: {}", silent.len(), names.join(", "))
    );
    Ok(())
}
