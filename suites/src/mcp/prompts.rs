//! Prompts: their list, and their messages.

mod messages;

use harness::{Context, Result, check, show};

use crate::mcp::client::List;
use crate::mcp::entries;

/// A server MUST answer `prompts/list` with an array if it declares prompts.
#[check(
    mcp,
    declares("prompts"),
    shared = "questions",
    source = "Prompts, Listing Prompts",
    faults(MCP_PROMPTS_LIST_REFUSED)
)]
async fn they_are_listed(cx: &mut Context) -> Result {
    entries::listed(cx, List::PROMPTS).await
}

/// A server MUST give each prompt a name.
#[check(
    mcp,
    declares("prompts"),
    shared = "questions",
    source = "Schema, Prompt",
    faults(MCP_PROMPT_WITHOUT_NAME)
)]
async fn each_has_a_name(cx: &mut Context) -> Result {
    entries::each_has(cx, List::PROMPTS, "name").await
}

/// A server SHOULD give each prompt a name of its own.
#[check(
    mcp,
    declares("prompts"),
    shared = "questions",
    source = "Prompts, Data Types: a unique identifier",
    faults(MCP_PROMPT_NAME_TWICE)
)]
async fn names_are_unique(cx: &mut Context) -> Result {
    entries::unique(cx, List::PROMPTS, "name").await
}

/// A server MUST give each argument of a prompt a name.
#[check(
    mcp,
    declares("prompts"),
    shared = "questions",
    source = "Schema, PromptArgument",
    faults(MCP_PROMPT_ARGUMENT_WITHOUT_NAME)
)]
async fn each_argument_has_a_name(cx: &mut Context) -> Result {
    entries::each(cx, List::PROMPTS, "arguments with a text as `name`", |prompt| {
        let arguments = prompt.get("arguments").filter(|arguments| !arguments.is_null())?;
        let fits = arguments
            .as_array()
            .is_some_and(|arguments| arguments.iter().all(|argument| argument["name"].is_string()));
        (!fits).then(|| format!("`arguments` is {}", show(arguments)))
    })
    .await
}
