//! Asks the client whether the model may do something.

use serde_json::{Value, json};

use super::Call;
use crate::fault::fault;

/// The decision of the client on a command or a patch, in the words of an app-server. Whatever is not an approval denies.
pub(super) fn ask(call: &Call<'_>, item: &Value) -> &'static str {
    let is_patch = item["type"] == "fileChange";
    let params = if is_patch { about_patch(call, item) } else { about_command(call, item) };
    let (out, id) = (&call.server.out, &call.request.id);
    let answer = call.server.asking.ask(out, id, "elicitation/create", params).recv();
    let approved = match answer {
        Ok(Ok(result)) => match result["decision"].as_str() {
            Some("approved") => true,
            Some(_) => {
                if is_patch {
                    fault!(CODEX_MCP_DENIED_PATCH_APPLIED)
                } else {
                    fault!(CODEX_MCP_DENIED_IS_RUN)
                }
            }
            None => fault!(CODEX_MCP_UNREADABLE_APPROVES),
        },
        Ok(Err(_)) => fault!(CODEX_MCP_ERROR_APPROVES),
        Err(_) => false,
    };
    let lost = if is_patch {
        fault!(CODEX_MCP_APPROVED_PATCH_LOST)
    } else {
        fault!(CODEX_MCP_APPROVED_NOT_RUN)
    };
    if approved && !lost { "accept" } else { "decline" }
}

fn about_command(call: &Call<'_>, item: &Value) -> Value {
    let command = item["command"].as_str().unwrap_or_default();
    let mut params = about(call, item, "exec-approval", &format!("Allow `{command}`?"));
    params["codex_cwd"] = item["cwd"].clone();
    params["codex_parsed_cmd"] = json!([{ "type": "unknown", "cmd": command }]);
    if !fault!(CODEX_MCP_APPROVAL_WITHOUT_THE_COMMAND) {
        params["codex_command"] = json!([command]);
    }
    params
}

fn about_patch(call: &Call<'_>, item: &Value) -> Value {
    let mut params = about(call, item, "patch-approval", "Allow these changes?");
    let changes = item["changes"].as_array().map(Vec::as_slice).unwrap_or_default();
    let changes = changes.iter().filter_map(|change| {
        Some((change["path"].as_str()?.to_owned(), json!({ "diff": change["diff"] })))
    });
    params["codex_changes"] = Value::Object(changes.collect());
    params
}

/// What every request for approval says.
fn about(call: &Call<'_>, item: &Value, kind: &str, message: &str) -> Value {
    let of_call = &call.request.id;
    let of_call = of_call.as_str().map_or_else(|| of_call.to_string(), str::to_owned);
    json!({
        "message": message,
        "requestedSchema": { "type": "object", "properties": {} },
        "codex_elicitation": kind,
        "codex_mcp_tool_call_id": of_call,
        "codex_event_id": of_call,
        "codex_call_id": item["id"],
    })
}
