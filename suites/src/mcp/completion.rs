//! Completion of arguments: values, and how many.

use harness::{Context, Failure, Kind, Result, check, code, ensure, show};
use serde_json::{Value, json};

use crate::mcp::client::{List, McpExt};

/// The most values that a completion may have.
const MOST: usize = 100;

/// A server MUST complete an argument of a listed prompt or template with at most 100 texts.
#[check(
    mcp(since = "2025-03-26"),
    declares("completions"),
    shared = "questions",
    source = "Completion, Data Types",
    faults(MCP_COMPLETION_REFUSED, MCP_COMPLETION_OF_MANY_VALUES, MCP_COMPLETION_IS_A_NUMBER)
)]
async fn values_are_at_most_a_hundred_texts(cx: &mut Context) -> Result {
    let (what, params) = known(cx).await?;
    let reply = cx.mcp().request("completion/complete", params).await?;
    let result = reply.granted(format!("the completion of {what}"))?;
    let completion = &result["completion"];
    let values = completion["values"].as_array();
    let fits = values.is_some_and(|all| all.len() <= MOST && all.iter().all(Value::is_string));
    ensure!(
        fits,
        format!("`values` in the completion of {what}"),
        "an array of at most 100 texts",
        match values {
            Some(values) if values.len() > MOST => format!("{} values", values.len()),
            _ => show(&completion["values"]),
        }
    );
    let total = completion.get("total").is_none_or(|total| total.is_u64() || total.is_null());
    let more = completion.get("hasMore").is_none_or(|more| more.is_boolean() || more.is_null());
    ensure!(
        total && more,
        format!("the completion of {what}"),
        "a whole number as `total` and a boolean as `hasMore`, if they are there",
        show(completion)
    );
    Ok(())
}

/// A server SHOULD refuse to complete an argument of an unknown prompt.
#[check(
    mcp(since = "2025-03-26"),
    declares("completions"),
    shared = "questions",
    source = "Completion, Error Handling",
    faults(MCP_UNKNOWN_REFERENCE_COMPLETED)
)]
async fn an_unknown_prompt_is_an_error(cx: &mut Context) -> Result {
    let reply = cx.mcp().request("completion/complete", unknown()).await?;
    reply.refusal("the completion of an argument of a prompt that does not exist")?;
    Ok(())
}

/// A server SHOULD use the code -32602 in the error about a completion for an unknown prompt.
#[check(
    mcp(since = "2025-03-26"),
    declares("completions"),
    shared = "questions",
    source = "Completion, Error Handling",
    faults(MCP_UNKNOWN_REFERENCE_HAS_ANOTHER_CODE)
)]
async fn an_unknown_prompt_is_a_wrong_parameter(cx: &mut Context) -> Result {
    let reply = cx.mcp().request("completion/complete", unknown()).await?;
    if reply.is_error() {
        let what = "the error about a completion for a prompt that does not exist";
        reply.refused(code::INVALID_PARAMS, what)?;
    }
    Ok(())
}

/// A completion for a prompt that no server has.
fn unknown() -> Value {
    json!({
        "ref": { "type": "ref/prompt", "name": "proctor_no_such_prompt" },
        "argument": { "name": "none", "value": "" },
    })
}

/// The first argument of a listed prompt, or the first variable of a listed template: what it is
/// called, and the parameters that ask for its completion.
async fn known(cx: &mut Context) -> Result<(String, Value)> {
    for prompt in offered(cx, List::PROMPTS).await? {
        let argument = prompt["arguments"][0]["name"].as_str();
        if let (Some(name), Some(argument)) = (prompt["name"].as_str(), argument) {
            let params = json!({
                "ref": { "type": "ref/prompt", "name": name },
                "argument": { "name": argument, "value": "" },
            });
            return Ok((format!("the argument {argument:?} of the prompt {name:?}"), params));
        }
    }
    for template in offered(cx, List::TEMPLATES).await? {
        let Some(uri) = template["uriTemplate"].as_str() else { continue };
        let variable = uri.split_once('{').and_then(|(_, rest)| rest.split_once('}'));
        let is_plain = |name: &&str| name.chars().all(|it| it.is_alphanumeric() || it == '_');
        if let Some(variable) = variable.map(|(name, _)| name).filter(is_plain) {
            let params = json!({
                "ref": { "type": "ref/resource", "uri": uri },
                "argument": { "name": variable, "value": "" },
            });
            return Ok((format!("the variable {variable:?} of the template {uri:?}"), params));
        }
    }
    Err(Failure::lacks("an argument of a prompt or a variable of a template"))
}

/// The entries of a list; none if there is no such list.
async fn offered(cx: &mut Context, list: List) -> Result<Vec<Value>> {
    match cx.mcp().list(list).await {
        Err(failure) if failure.kind() == Kind::NotOffered => Ok(Vec::new()),
        listed => listed,
    }
}
