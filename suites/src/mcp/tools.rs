//! Tools: their list, their schemas, and their results.

mod calls;
mod crowd;
mod results;
mod schemas;
mod structured;

use harness::{Context, Result, check, ensure, show};
use serde_json::Value;

use crate::mcp::client::{List, McpExt};
use crate::mcp::entries;

/// The longest name that a tool should have.
const LONGEST: usize = 128;

/// A server MUST answer `tools/list` with an array if it declares tools.
#[check(
    mcp,
    declares("tools"),
    shared = "questions",
    source = "Tools, Listing Tools",
    faults(MCP_TOOLS_LIST_REFUSED)
)]
async fn they_are_listed(cx: &mut Context) -> Result {
    entries::listed(cx, List::TOOLS).await
}

/// A server MUST give each tool a name.
#[check(
    mcp,
    declares("tools"),
    shared = "questions",
    source = "Tools, Data Types",
    faults(MCP_TOOL_WITHOUT_NAME)
)]
async fn each_has_a_name(cx: &mut Context) -> Result {
    entries::each_has(cx, List::TOOLS, "name").await
}

/// A server SHOULD give each tool a name of its own.
#[check(
    mcp,
    declares("tools"),
    shared = "questions",
    source = "Tools, Tool Names: unique within a server",
    faults(MCP_TOOL_NAME_TWICE)
)]
async fn names_are_unique(cx: &mut Context) -> Result {
    entries::unique(cx, List::TOOLS, "name").await
}

/// A server SHOULD give tools names of 1 to 128 letters of ASCII, digits, `_`, `-` and `.`.
#[check(
    mcp(since = "2025-11-25"),
    declares("tools"),
    shared = "questions",
    source = "Tools, Tool Names",
    faults(MCP_TOOL_NAME_HAS_SPACES)
)]
async fn names_have_plain_letters(cx: &mut Context) -> Result {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "_-.".contains(letter);
    entries::each(cx, List::TOOLS, "1 to 128 of A–Z, a–z, 0–9, _, - and .", |tool| {
        let name = tool["name"].as_str()?;
        let fits = !name.is_empty() && name.len() <= LONGEST && name.chars().all(plain);
        (!fits).then(|| format!("the name {}", show(name)))
    })
    .await
}

/// A server MUST use booleans for the hints and a text for the title in the annotations of a tool.
#[check(
    mcp(since = "2025-03-26"),
    declares("tools"),
    shared = "questions",
    source = "Schema, ToolAnnotations",
    faults(MCP_HINT_IS_A_TEXT)
)]
async fn annotations_have_their_types(cx: &mut Context) -> Result {
    const HINTS: [&str; 4] = ["readOnlyHint", "destructiveHint", "idempotentHint", "openWorldHint"];
    entries::each(cx, List::TOOLS, "booleans as hints and a text as title", |tool| {
        let annotations = tool.get("annotations")?;
        let wrong = |name: &str| format!("`annotations.{name}` is {}", show(&annotations[name]));
        if !annotations.is_object() {
            return Some(format!("`annotations` is {}", show(annotations)));
        }
        if annotations.get("title").is_some_and(|title| !title.is_string()) {
            return Some(wrong("title"));
        }
        let is_no_hint =
            |name: &&&str| annotations.get(**name).is_some_and(|hint| !hint.is_boolean());
        HINTS.iter().find(is_no_hint).map(|name| wrong(name))
    })
    .await
}

/// A server MUST use `forbidden`, `optional` or `required` as the `taskSupport` of a tool.
#[check(
    mcp(since = "2025-11-25", until = "2025-11-25"),
    declares("tools"),
    shared = "questions",
    source = "Tasks, Tool-Level Negotiation",
    faults(MCP_TASK_SUPPORT_UNKNOWN)
)]
async fn task_support_is_one_of_three(cx: &mut Context) -> Result {
    const KINDS: [&str; 3] = ["forbidden", "optional", "required"];
    entries::each(cx, List::TOOLS, "`taskSupport`: forbidden, optional or required", |tool| {
        let support = tool.get("execution")?.get("taskSupport")?;
        let fits = support.as_str().is_some_and(|support| KINDS.contains(&support));
        (!fits).then(|| format!("`execution.taskSupport` is {}", show(support)))
    })
    .await
}

/// A server SHOULD list its tools in the same order each time.
#[check(
    mcp,
    declares("tools"),
    shared = "questions",
    source = "Tools, Listing Tools: a deterministic order",
    faults(MCP_TOOLS_SHUFFLED)
)]
async fn their_order_is_stable(cx: &mut Context) -> Result {
    let names = |page: &Value| {
        let tools = page["tools"].as_array().into_iter().flatten();
        tools.map(|tool| tool["name"].clone()).collect::<Vec<_>>()
    };
    let before = cx.mcp().pages(List::TOOLS).await?.first().map(names).unwrap_or_default();
    let after = names(&cx.mcp().call("tools/list", Value::Null).await?);
    let is_same_set = before.len() == after.len() && before.iter().all(|one| after.contains(one));
    // A server that announces changes may have other tools by now.
    let may_change = cx.declared().is_some_and(|declared| declared.has("tools.listChanged"));
    ensure!(
        before == after || (may_change && !is_same_set),
        "the names of the tools in two answers to `tools/list`",
        show(&before),
        show(&after)
    );
    Ok(())
}
