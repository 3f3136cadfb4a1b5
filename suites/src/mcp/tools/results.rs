//! Results of calls: their content, whatever the tool does.

use harness::{Context, Failure, Result, check, ensure, show};
use serde_json::Value;

use crate::mcp::called::{Called, all};
use crate::mcp::client::McpExt;
use crate::mcp::content::block_flaw;

/// A server MUST give an array as the `content` of a result.
#[check(
    mcp,
    declares("tools"),
    shared = "questions",
    source = "Tools, Calling Tools; Schema, CallToolResult",
    faults(MCP_RESULT_WITHOUT_CONTENT)
)]
async fn they_have_content(cx: &mut Context) -> Result {
    for called in all(cx).await? {
        let Some(result) = called.result() else { continue };
        ensure!(
            result["content"].is_array(),
            format!("`content` in {}", called.label()),
            "an array",
            format!("the result {}", show(result))
        );
    }
    Ok(())
}

/// A server MUST use the types of content that the revision has, each with its members.
#[check(
    mcp,
    declares("tools"),
    shared = "questions",
    source = "Tools, Tool Result",
    faults(MCP_CONTENT_OF_UNKNOWN_TYPE, MCP_PICTURE_IS_NOT_BASE64, MCP_LINK_WITHOUT_NAME)
)]
async fn their_content_is_of_the_revision(cx: &mut Context) -> Result {
    let revision = cx.mcp().revision();
    for called in all(cx).await? {
        for block in blocks(&called) {
            if let Some(flaw) = block_flaw(block, revision) {
                return Err(Failure::mismatch(
                    format!("`content` in {}", called.label()),
                    "blocks of the types of the revision, with their members",
                    flaw,
                ));
            }
        }
    }
    Ok(())
}

/// A server MUST use a boolean as `isError`.
#[check(
    mcp,
    declares("tools"),
    shared = "questions",
    source = "Schema, CallToolResult",
    faults(MCP_IS_ERROR_IS_A_TEXT)
)]
async fn is_error_is_a_boolean(cx: &mut Context) -> Result {
    for called in all(cx).await? {
        let Some(is_error) = called.result().and_then(|result| result.get("isError")) else {
            continue;
        };
        ensure!(
            is_error.is_boolean(),
            format!("`isError` in {}", called.label()),
            "a boolean",
            show(is_error)
        );
    }
    Ok(())
}

/// A server SHOULD declare resources if its results embed resources.
#[check(
    mcp(since = "2025-06-18"),
    declares("tools"),
    shared = "questions",
    source = "Tools, Embedded Resources",
    faults(MCP_EMBEDS_UNDECLARED_RESOURCES)
)]
async fn embedded_resources_are_declared(cx: &mut Context) -> Result {
    let capabilities = crate::mcp::declared::capabilities(cx).await?;
    if capabilities["resources"].is_object() {
        return Ok(());
    }
    for called in all(cx).await? {
        let embedded = blocks(&called).iter().find(|block| block["type"] == "resource");
        if let Some(block) = embedded {
            return Err(Failure::mismatch(
                format!("the capabilities of the server, and {}", called.label()),
                "`resources` among the capabilities, since the result embeds one",
                format!("no `resources`, and the block {}", show(block)),
            ));
        }
    }
    Ok(())
}

/// The blocks of a result.
fn blocks(called: &Called) -> &[Value] {
    let content = called.result().and_then(|result| result["content"].as_array());
    content.map(Vec::as_slice).unwrap_or_default()
}
