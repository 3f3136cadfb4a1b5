//! Structured results of calls, and the schemas that they fit.

use harness::{Context, Failure, Result, check, ensure, show};
use serde_json::{Value, json};

use crate::mcp::called::{Called, all};
use crate::mcp::schema;

/// A server MUST give a result with `structuredContent` if the tool has an output schema.
#[check(
    mcp(since = "2025-06-18"),
    declares("tools"),
    shared = "questions",
    source = "Tools, Output Schema",
    faults(MCP_STRUCTURED_CONTENT_MISSING)
)]
async fn a_promised_structure_is_there(cx: &mut Context) -> Result {
    for (called, _, result) in &promised(cx).await? {
        ensure!(
            result.get("structuredContent").is_some(),
            called.label(),
            "`structuredContent`, since the tool has an `outputSchema`",
            format!("the result {}", show(result))
        );
    }
    Ok(())
}

/// A server MUST give `structuredContent` that fits the output schema of the tool.
#[check(
    mcp(since = "2025-06-18"),
    declares("tools"),
    shared = "questions",
    source = "Tools, Output Schema",
    faults(MCP_STRUCTURED_CONTENT_DOES_NOT_FIT)
)]
async fn a_structure_fits_its_schema(cx: &mut Context) -> Result {
    for (called, schema, result) in &promised(cx).await? {
        let Some(structured) = result.get("structuredContent") else { continue };
        if let Some(misfit) = schema::misfit(schema, structured) {
            return Err(Failure::mismatch(
                format!("`structuredContent` in {}", called.label()),
                "what fits the `outputSchema` of the tool",
                format!("{}, which does not fit {misfit}", show(structured)),
            ));
        }
    }
    Ok(())
}

/// A server SHOULD give structured content as the text of a block, too.
#[check(
    mcp(since = "2025-06-18"),
    declares("tools"),
    shared = "questions",
    source = "Tools, Structured Content",
    faults(MCP_STRUCTURED_CONTENT_WITHOUT_TEXT)
)]
async fn a_structure_is_also_text(cx: &mut Context) -> Result {
    for called in all(cx).await? {
        let Some(result) = called.result() else { continue };
        let Some(structured) = result.get("structuredContent") else { continue };
        let blocks = result["content"].as_array().cloned().unwrap_or_default();
        let texts = || blocks.iter().filter_map(|block| block["text"].as_str());
        let is_same = |text: &str| {
            serde_json::from_str::<Value>(text).is_ok_and(|value| alike(&value, structured))
        };
        ensure!(
            texts().any(is_same),
            format!("`content` in {}", called.label()),
            format!("a block with the text {}", show(structured)),
            show(&result["content"])
        );
    }
    Ok(())
}

/// Whether two values are the same JSON: `1` and `1.0` are.
fn alike(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => one.as_f64() == other.as_f64(),
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| alike(one, other))
        }
        (Value::Object(one), Value::Object(other)) => {
            one.len() == other.len()
                && one.iter().all(|(name, one)| other.get(name).is_some_and(|it| alike(one, it)))
        }
        _ => one == other,
    }
}

/// The successful results of tools that have an output schema, with it.
async fn promised(cx: &mut Context) -> Result<Vec<(Called, Value, Value)>> {
    let promised = all(cx).await?.into_iter().filter_map(|called| {
        let schema = called.callable.tool.get("outputSchema")?.clone();
        let result = called.result()?.clone();
        (result.get("isError") != Some(&json!(true))).then_some((called, schema, result))
    });
    let promised: Vec<_> = promised.collect();
    if promised.is_empty() {
        return Err(Failure::lacks("a tool with an output schema that may be called"));
    }
    Ok(promised)
}
