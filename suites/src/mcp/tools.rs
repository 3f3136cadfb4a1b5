//! Tools: their list, their schemas, and their results.

use harness::{Context, Result, check, ensure};
use serde_json::json;

use crate::mcp::client::McpExt;

/// A server MUST NOT give a successful result to a call of a tool that it does not have.
#[check(
    mcp,
    declares("tools"),
    shared = "questions",
    source = "Tools, Error Handling",
    faults(MCP_UNKNOWN_TOOL_SUCCEEDS)
)]
async fn an_unknown_tool_does_not_succeed(cx: &mut Context) -> Result {
    let params = json!({ "name": "proctor_no_such_tool", "arguments": {} });
    let reply = cx.mcp().request("tools/call", params).await?;
    if !reply.is_error() {
        let result = reply.result()?;
        ensure!(
            result["isError"] == json!(true),
            "the result of a call of an unknown tool",
            "an error, or a result with `isError`",
            result.to_string()
        );
    }
    Ok(())
}
