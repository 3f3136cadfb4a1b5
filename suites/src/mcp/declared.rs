//! What a server declares, and what it has without declaring it.

use harness::{
    Context, Conversation, Failure, Message, Result, check, code, ensure, observer, show,
};
use serde_json::{Value, json};

use crate::mcp::client::{List, McpExt};

/// What the running process itself declares.
///
/// # Errors
///
/// If the session cannot be opened.
pub async fn capabilities(cx: &mut Context) -> Result<Value> {
    let opened = match cx.mcp().open().await? {
        Value::Null => cx.mcp().barrier().await?,
        opened => opened,
    };
    Ok(opened["capabilities"].clone())
}

/// What the process of a conversation declares, if it was asked.
pub fn capabilities_in(conversation: &Conversation<'_>) -> Option<Value> {
    let mut results = conversation.from_subject().filter_map(|(_, entry)| match &entry.message {
        Message::Response { .. } => entry.value.as_ref()?.get("result"),
        _ => None,
    });
    results.find_map(|result| result.get("capabilities").filter(|it| it.is_object()).cloned())
}

/// A server MUST NOT offer tools, resources or prompts without declaring them.
#[check(
    mcp,
    shared = "questions",
    source = "Tools; Resources; Prompts: Capabilities",
    faults(MCP_PROMPTS_NOT_DECLARED, TOOLS_UNDECLARED)
)]
async fn what_is_offered_is_declared(cx: &mut Context) -> Result {
    let capabilities = capabilities(cx).await?;
    for list in List::ALL.into_iter().filter(|list| capabilities.get(list.capability).is_none()) {
        let ticket = cx.mcp().send(list.method, Value::Null).await?;
        let Some(reply) = cx.mcp().answer_or_silence(&ticket).await? else { continue };
        let Ok(result) = reply.result() else { continue };
        let is_empty = result[list.member].as_array().is_none_or(Vec::is_empty);
        ensure!(
            is_empty,
            format!(
                "the answer to `{}` of a server that does not declare `{}`",
                list.method, list.capability
            ),
            "an error, or an empty list",
            show(&result[list.member])
        );
    }
    Ok(())
}

/// A server SHOULD answer a method of a capability that it does not declare with the error -32601.
#[check(
    mcp,
    shared = "questions",
    source = "Completion, Error Handling; JSON-RPC 2.0, Error object: method not found",
    faults(MCP_COMPLETIONS_NOT_DECLARED)
)]
async fn an_undeclared_method_is_not_found(cx: &mut Context) -> Result {
    let capabilities = capabilities(cx).await?;
    // Before 2025-03-26 no capability stands for completion.
    let mut methods = vec![("resources", "resources/list"), ("prompts", "prompts/list")];
    if cx.mcp().revision() > harness::Revision::R20241105 {
        methods.push(("completions", "completion/complete"));
    }
    if !cx.mcp().is_modern() {
        methods.push(("logging", "logging/setLevel"));
    }
    for (capability, method) in methods {
        if capabilities.get(capability).is_some() {
            continue;
        }
        let params = match method {
            "logging/setLevel" => json!({ "level": "info" }),
            "completion/complete" => json!({
                "ref": { "type": "ref/prompt", "name": "proctor_no_such_prompt" },
                "argument": { "name": "none", "value": "" },
            }),
            _ => Value::Null,
        };
        let ticket = cx.mcp().send(method, params).await?;
        // Silence is the matter of another check.
        let Some(reply) = cx.mcp().answer_or_silence(&ticket).await? else { continue };
        let is_empty = reply.result().is_ok_and(|result| {
            List::ALL.iter().any(|list| result[list.member].as_array().is_some_and(Vec::is_empty))
        });
        if !is_empty {
            let what = format!("`{method}` of a server that does not declare `{capability}`");
            reply.refused(code::METHOD_NOT_FOUND, what)?;
        }
    }
    Ok(())
}

/// A server SHOULD announce changes of a list only if it declares `listChanged` for it.
#[observer(
    mcp(until = "2025-03-26"),
    source = "Lifecycle, Operation: only negotiated capabilities",
    faults(MCP_UNDECLARED_LIST_CHANGED)
)]
fn announced_changes_should_be_declared(conversation: &Conversation<'_>) -> Result {
    undeclared_change(conversation)
}

/// A server MUST announce changes of a list only if it declares `listChanged` for it.
#[observer(
    mcp(since = "2025-06-18"),
    source = "Lifecycle, Operation: only negotiated capabilities",
    faults(MCP_UNDECLARED_LIST_CHANGED)
)]
fn announced_changes_are_declared(conversation: &Conversation<'_>) -> Result {
    undeclared_change(conversation)
}

/// The first announcement of a change that is not declared.
fn undeclared_change(conversation: &Conversation<'_>) -> Result {
    let Some(capabilities) = capabilities_in(conversation) else { return Ok(()) };
    for (line, entry) in conversation.from_subject() {
        let list = entry.method().and_then(|method| {
            method.strip_prefix("notifications/")?.strip_suffix("/list_changed")
        });
        let Some(list) = list.filter(|list| ["tools", "resources", "prompts"].contains(list))
        else {
            continue;
        };
        if capabilities[list]["listChanged"] != json!(true) {
            return Err(Failure::mismatch(
                format!("`notifications/{list}/list_changed`"),
                format!("none, since the server does not declare `{list}.listChanged`"),
                format!("one; the server declares {list}: {}", show(&capabilities[list])),
            )
            .at_line(line));
        }
    }
    Ok(())
}
