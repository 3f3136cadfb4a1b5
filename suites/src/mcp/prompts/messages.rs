//! The messages of prompts: of listed ones, unknown ones, and ones without their arguments.

use harness::{Context, Failure, Reply, Result, Revision, check, code, show};
use serde_json::{Value, json};

use crate::mcp::client::{List, McpExt};
use crate::mcp::content::block_flaw;

/// How many prompts are asked for.
const ASKED: usize = 5;
/// A name that no server has.
const UNKNOWN: &str = "proctor_no_such_prompt";

/// A server SHOULD give each listed prompt that needs no arguments.
#[check(
    mcp,
    declares("prompts"),
    shared = "questions",
    source = "Prompts, Getting a Prompt",
    faults(MCP_PROMPT_REFUSED)
)]
async fn a_prompt_without_arguments_is_given(cx: &mut Context) -> Result {
    for (name, reply) in given(cx).await? {
        reply.granted(format!("the listed prompt {name:?}, which needs no arguments"))?;
    }
    Ok(())
}

/// A server MUST give each message of a prompt the role `user` or `assistant` and one block of content.
#[check(
    mcp,
    declares("prompts"),
    shared = "questions",
    source = "Prompts, PromptMessage",
    faults(MCP_PROMPT_OF_ROLE_SYSTEM, MCP_PROMPT_CONTENT_IS_AN_ARRAY)
)]
async fn messages_have_a_role_and_a_block(cx: &mut Context) -> Result {
    let revision = cx.mcp().revision();
    for (name, reply) in given(cx).await? {
        let Ok(result) = reply.result() else { continue };
        let what = format!("`messages` of the prompt {name:?}");
        let Some(messages) = result["messages"].as_array() else {
            return Err(Failure::mismatch(
                what,
                "an array",
                format!("the result {}", show(result)),
            ));
        };
        if let Some(flaw) = messages.iter().find_map(|message| flaw(message, revision)) {
            return Err(Failure::mismatch(what, "a role, and one block of content", flaw));
        }
    }
    Ok(())
}

/// What is wrong with a message, if anything is.
fn flaw(message: &Value, revision: Revision) -> Option<String> {
    if !matches!(message["role"].as_str(), Some("user" | "assistant")) {
        return Some(format!("a message whose `role` is {}", show(&message["role"])));
    }
    if !message["content"].is_object() {
        return Some(format!("a message whose `content` is {}", show(&message["content"])));
    }
    block_flaw(&message["content"], revision)
}

/// A server MUST answer `prompts/get` for an unknown prompt with an error.
#[check(
    mcp,
    declares("prompts"),
    shared = "questions",
    source = "Prompts, Error Handling",
    faults(MCP_UNKNOWN_PROMPT_IS_EMPTY)
)]
async fn an_unknown_prompt_is_an_error(cx: &mut Context) -> Result {
    let reply = cx.mcp().request("prompts/get", json!({ "name": UNKNOWN })).await?;
    reply.refusal("the answer to `prompts/get` for a prompt that does not exist")?;
    Ok(())
}

/// A server SHOULD use the code -32602 in the error about an unknown prompt.
#[check(
    mcp,
    declares("prompts"),
    shared = "questions",
    source = "Prompts, Error Handling",
    faults(MCP_UNKNOWN_PROMPT_HAS_CODE_ZERO)
)]
async fn an_unknown_prompt_is_a_wrong_parameter(cx: &mut Context) -> Result {
    let reply = cx.mcp().request("prompts/get", json!({ "name": UNKNOWN })).await?;
    if reply.is_error() {
        reply.refused(code::INVALID_PARAMS, "the error about a prompt that does not exist")?;
    }
    Ok(())
}

/// A server MUST answer `prompts/get` without a required argument with an error.
#[check(
    mcp,
    declares("prompts"),
    shared = "questions",
    source = "Prompts, Error Handling",
    faults(MCP_MISSING_PROMPT_ARGUMENT_IGNORED)
)]
async fn a_missing_argument_is_an_error(cx: &mut Context) -> Result {
    let (name, reply) = lacking(cx).await?;
    reply.refusal(format!("the prompt {name:?} without its required argument"))?;
    Ok(())
}

/// A server SHOULD use the code -32602 in the error about a missing argument of a prompt.
#[check(
    mcp,
    declares("prompts"),
    shared = "questions",
    source = "Prompts, Error Handling",
    faults(MCP_MISSING_PROMPT_ARGUMENT_HAS_ANOTHER_CODE)
)]
async fn a_missing_argument_is_a_wrong_parameter(cx: &mut Context) -> Result {
    let (name, reply) = lacking(cx).await?;
    if reply.is_error() {
        let what = format!("the error about the prompt {name:?} without its required argument");
        reply.refused(code::INVALID_PARAMS, what)?;
    }
    Ok(())
}

/// Whether a prompt has a required argument.
fn requires(prompt: &Value) -> bool {
    let arguments = prompt["arguments"].as_array();
    arguments.is_some_and(|all| all.iter().any(|argument| argument["required"] == json!(true)))
}

/// The answers about the first listed prompts that need no arguments.
async fn given(cx: &mut Context) -> Result<Vec<(String, Reply)>> {
    let prompts = cx.mcp().list(List::PROMPTS).await?;
    let free = prompts.iter().filter(|prompt| !requires(prompt));
    let mut given = Vec::new();
    for name in free.filter_map(|prompt| prompt["name"].as_str()).take(ASKED) {
        let reply = cx.mcp().request("prompts/get", json!({ "name": name })).await?;
        given.push((name.to_owned(), reply));
    }
    if given.is_empty() {
        return Err(Failure::lacks("a prompt without required arguments"));
    }
    Ok(given)
}

/// The answer about a prompt whose required argument is left out.
async fn lacking(cx: &mut Context) -> Result<(String, Reply)> {
    let prompts = cx.mcp().list(List::PROMPTS).await?;
    let mut names = prompts.iter().filter(|it| requires(it)).filter_map(|it| it["name"].as_str());
    let Some(name) = names.next() else {
        return Err(Failure::lacks("a prompt with a required argument"));
    };
    let params = json!({ "name": name, "arguments": {} });
    let reply = cx.mcp().request("prompts/get", params).await?;
    Ok((name.to_owned(), reply))
}
