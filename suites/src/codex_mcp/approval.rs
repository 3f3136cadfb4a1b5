//! Approvals: what the model wants to do is asked of the client.

use harness::{Call, Context, Policy, Result, Ticket, check, ensure, ensure_eq};
use mock_model::{Reply, applies_patch, runs_command, says};
use serde_json::{Value, json};

use super::client::{begin, text};
use crate::mcp::client::McpExt;
use crate::stored::last_request;

/// The request by which the server asks.
const ELICITATION: &str = "elicitation/create";
/// The file that the model's command or patch makes.
const MADE: &str = "made";

/// A call in which the model wants to do something, and the request for approval.
struct Asked {
    ticket: Ticket,
    request: Call,
}

/// Has the model want this, and waits for the request for approval.
async fn asked(cx: &mut Context, wish: Reply) -> Result<Asked> {
    cx.peer.set_policy(ELICITATION, Policy::Hold);
    cx.mcp().declare(json!({ "elicitation": {} }))?;
    cx.model.script([wish, says("done")]);
    let arguments = json!({
        "prompt": "make it",
        "approval-policy": "untrusted",
        "sandbox": "danger-full-access",
    });
    let ticket = begin(cx, arguments).await?;
    let request = cx.peer.server_request(ELICITATION).await?;
    ensure!(!made(cx), "the file, while the client is asked", "none", "it is there");
    Ok(Asked { ticket, request })
}

fn command() -> Reply {
    runs_command(format!("touch {MADE}"))
}

fn patch() -> Reply {
    applies_patch(format!("*** Begin Patch\n*** Add File: {MADE}\n+content\n*** End Patch"))
}

/// Whether the command was run, or the patch applied.
fn made(cx: &Context) -> bool {
    cx.home.work().join(MADE).exists()
}

/// Answers the request for approval, and waits for the result of the call.
async fn answer(cx: &mut Context, asked: &Asked, decision: Value) -> Result<Value> {
    cx.peer.respond(&asked.request, decision).await?;
    cx.mcp().answer(&asked.ticket).await?.into_result()
}

/// Fails unless the file is there, or is not.
fn ensure_made(cx: &Context, expected: bool, when: &str) -> Result {
    let shown = |made: bool| if made { "the file" } else { "no file" };
    ensure_eq!(shown(made(cx)), shown(expected), "the working directory after {when}");
    Ok(())
}

/// A server MUST name the command, its directory and the call in its request for approval.
#[check(
    mcp(since = "2025-06-18", until = "2025-11-25"),
    declares("tool:codex"),
    source = "codex mcp-server, approvals",
    faults(CODEX_MCP_APPROVAL_WITHOUT_THE_COMMAND)
)]
async fn a_request_names_the_command(cx: &mut Context) -> Result {
    let asked = asked(cx, command()).await?;
    let params = &asked.request.params;
    ensure_eq!(params["codex_elicitation"], "exec-approval", "`codex_elicitation`");
    ensure_eq!(
        params["codex_cwd"],
        *cx.home.work().to_string_lossy(),
        "`codex_cwd`, the directory of the command"
    );
    let words = params["codex_command"].as_array().map(Vec::as_slice).unwrap_or_default();
    let names_it = words
        .iter()
        .any(|word| word.as_str().is_some_and(|word| word.contains(&format!("touch {MADE}"))));
    ensure!(
        names_it,
        "`codex_command`, the words of the command",
        format!("`touch {MADE}` among them"),
        params["codex_command"].to_string()
    );
    for member in ["codex_mcp_tool_call_id", "codex_call_id", "message"] {
        ensure!(
            params[member].as_str().is_some_and(|text| !text.is_empty()),
            format!("`{member}` of the request for approval"),
            "a text",
            params[member].to_string()
        );
    }
    answer(cx, &asked, json!({ "decision": "denied" })).await.map(|_| ())
}

/// The server MUST run a command that the client approves.
#[check(
    mcp(since = "2025-06-18", until = "2025-11-25"),
    declares("tool:codex"),
    source = "codex mcp-server, approvals",
    faults(CODEX_MCP_APPROVED_NOT_RUN)
)]
async fn an_approved_command_is_run(cx: &mut Context) -> Result {
    let asked = asked(cx, command()).await?;
    let result = answer(cx, &asked, json!({ "decision": "approved" })).await?;
    ensure_made(cx, true, "the client has approved the command")?;
    ensure_eq!(text(&result), "done", "the text of the result");
    Ok(())
}

/// The server MUST NOT run a command that the client denies.
#[check(
    mcp(since = "2025-06-18", until = "2025-11-25"),
    declares("tool:codex"),
    source = "codex mcp-server, approvals",
    faults(CODEX_MCP_DENIED_IS_RUN)
)]
async fn a_denied_command_is_not_run(cx: &mut Context) -> Result {
    let asked = asked(cx, command()).await?;
    answer(cx, &asked, json!({ "decision": "denied" })).await?;
    ensure_made(cx, false, "the client has denied the command")?;
    // The model hears of it: the conversation goes on without the command.
    let request = last_request(cx)?;
    let outputs = request.input_items().iter();
    let told = outputs.filter(|item| item["type"] == "function_call_output").count();
    ensure!(told > 0, "the next request to the model", "the output of the call", "no output");
    Ok(())
}

/// The server MUST NOT run a command if it cannot read the client's answer.
#[check(
    mcp(since = "2025-06-18", until = "2025-11-25"),
    declares("tool:codex"),
    source = "codex mcp-server, approvals: anything else denies",
    faults(CODEX_MCP_UNREADABLE_APPROVES)
)]
async fn an_unreadable_answer_approves_nothing(cx: &mut Context) -> Result {
    let asked = asked(cx, command()).await?;
    answer(cx, &asked, json!({ "decision": { "what": 1 } })).await?;
    ensure_made(cx, false, "an answer that is no decision")
}

/// The server MUST NOT run a command if the client answers with an error.
#[check(
    mcp(since = "2025-06-18", until = "2025-11-25"),
    declares("tool:codex"),
    source = "codex mcp-server, approvals: anything else denies",
    faults(CODEX_MCP_ERROR_APPROVES)
)]
async fn an_error_approves_nothing(cx: &mut Context) -> Result {
    let asked = asked(cx, command()).await?;
    cx.peer.respond_error(&asked.request, "no").await?;
    // The call need not end by itself.
    cx.mcp().answer_or_silence(&asked.ticket).await?;
    ensure_made(cx, false, "an error from the client")
}

/// The server MUST apply a patch that the client approves.
#[check(
    mcp(since = "2025-06-18", until = "2025-11-25"),
    declares("tool:codex"),
    source = "codex mcp-server, approvals",
    faults(CODEX_MCP_APPROVED_PATCH_LOST)
)]
async fn an_approved_patch_is_applied(cx: &mut Context) -> Result {
    let asked = asked(cx, patch()).await?;
    ensure_eq!(
        asked.request.params["codex_elicitation"],
        "patch-approval",
        "`codex_elicitation` of the request for approval"
    );
    ensure!(
        asked.request.params["codex_changes"].is_object(),
        "`codex_changes` of the request for approval",
        "an object",
        asked.request.params["codex_changes"].to_string()
    );
    answer(cx, &asked, json!({ "decision": "approved" })).await?;
    ensure_made(cx, true, "the client has approved the patch")
}

/// The server MUST NOT apply a patch that the client denies.
#[check(
    mcp(since = "2025-06-18", until = "2025-11-25"),
    declares("tool:codex"),
    source = "codex mcp-server, approvals",
    faults(CODEX_MCP_DENIED_PATCH_APPLIED)
)]
async fn a_denied_patch_is_not_applied(cx: &mut Context) -> Result {
    let asked = asked(cx, patch()).await?;
    answer(cx, &asked, json!({ "decision": "denied" })).await?;
    ensure_made(cx, false, "the client has denied the patch")
}

/// The server MUST run a command without asking under the policy `never`.
#[check(
    mcp(since = "2025-06-18", until = "2025-11-25"),
    declares("tool:codex"),
    source = "codex mcp-server, input schema of the tools",
    faults(CODEX_MCP_ASKS_UNDER_NEVER)
)]
async fn nothing_is_asked_under_the_policy_never(cx: &mut Context) -> Result {
    cx.mcp().declare(json!({ "elicitation": {} }))?;
    cx.model.script([command(), says("done")]);
    let arguments = json!({
        "prompt": "make it",
        "approval-policy": "never",
        "sandbox": "danger-full-access",
    });
    let ticket = begin(cx, arguments).await?;
    let result = cx.mcp().answer(&ticket).await?.into_result()?;
    ensure_made(cx, true, "the call")?;
    ensure_eq!(text(&result), "done", "the text of the result");
    Ok(())
}
