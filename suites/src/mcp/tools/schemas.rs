//! The schemas of tools: of what they take and of what they give.

use std::collections::BTreeSet;

use harness::{Context, Result, check, show};
use serde_json::Value;

use crate::mcp::client::List;
use crate::mcp::{entries, schema};

/// A server MUST give each tool an input schema of the type `object`.
#[check(
    mcp,
    declares("tools"),
    shared = "questions",
    source = "Tools, Data Types; Schema, Tool",
    faults(MCP_INPUT_SCHEMA_WITHOUT_TYPE, INPUT_SCHEMA_IS_AN_ARRAY)
)]
async fn the_input_is_an_object(cx: &mut Context) -> Result {
    entries::each(cx, List::TOOLS, "`inputSchema` with `type: \"object\"`", |tool| {
        let fits = tool["inputSchema"]["type"] == "object";
        (!fits).then(|| format!("`inputSchema` is {}", show(&tool["inputSchema"])))
    })
    .await
}

/// A server SHOULD give each tool an input schema that is valid in its dialect.
#[check(
    mcp(until = "2025-06-18"),
    declares("tools"),
    shared = "questions",
    source = "Tools, Data Types: a JSON Schema",
    faults(MCP_INPUT_SCHEMA_INVALID)
)]
async fn the_input_schema_should_be_valid(cx: &mut Context) -> Result {
    valid(cx, "inputSchema").await
}

/// A server MUST give each tool an input schema that is valid in its dialect.
#[check(
    mcp(since = "2025-11-25"),
    declares("tools"),
    shared = "questions",
    source = "Basic, JSON Schema Usage: 2020-12 unless `$schema` names another",
    faults(MCP_INPUT_SCHEMA_INVALID)
)]
async fn the_input_schema_is_valid(cx: &mut Context) -> Result {
    valid(cx, "inputSchema").await
}

/// A server MUST use output schemas of the type `object`.
#[check(
    mcp(since = "2025-06-18", until = "2025-11-25"),
    declares("tools"),
    shared = "questions",
    source = "Schema, Tool",
    faults(MCP_OUTPUT_SCHEMA_IS_AN_ARRAY)
)]
async fn the_output_is_an_object(cx: &mut Context) -> Result {
    entries::each(cx, List::TOOLS, "`outputSchema` with `type: \"object\"`", |tool| {
        let schema = tool.get("outputSchema")?;
        (schema["type"] != "object").then(|| format!("`outputSchema` is {}", show(schema)))
    })
    .await
}

/// A server MUST use output schemas that are valid in their dialect.
#[check(
    mcp(since = "2025-06-18"),
    declares("tools"),
    shared = "questions",
    source = "Tools, Output Schema; Basic, JSON Schema Usage",
    faults(MCP_OUTPUT_SCHEMA_INVALID)
)]
async fn the_output_schema_is_valid(cx: &mut Context) -> Result {
    valid(cx, "outputSchema").await
}

/// A server MUST use unique tokens as the names of headers, on parameters of primitive types.
#[check(
    mcp(since = "2026-07-28"),
    declares("tools"),
    shared = "questions",
    source = "Transports, Custom Headers from Tool Parameters",
    faults(MCP_HEADER_NAME_EMPTY)
)]
async fn names_of_headers_are_unique_tokens(cx: &mut Context) -> Result {
    let expected = "`x-mcp-header`: tokens, each once, on parameters of primitive types";
    entries::each(cx, List::TOOLS, expected, |tool| {
        let mut seen = BTreeSet::new();
        header_flaw(&tool["inputSchema"], &mut seen)
    })
    .await
}

/// What is wrong with the names of headers in the properties of a schema, at any depth.
fn header_flaw(schema: &Value, seen: &mut BTreeSet<String>) -> Option<String> {
    const PRIMITIVE: [&str; 4] = ["string", "number", "integer", "boolean"];
    const TOKEN: &str = "!#$%&'*+-.^_`|~";
    schema["properties"].as_object()?.iter().find_map(|(property, schema)| {
        let Some(header) = schema.get("x-mcp-header") else { return header_flaw(schema, seen) };
        let of_token = |letter: char| letter.is_ascii_alphanumeric() || TOKEN.contains(letter);
        let name = header.as_str().filter(|name| !name.is_empty() && name.chars().all(of_token));
        let Some(name) = name else {
            return Some(format!("`x-mcp-header` of `{property}` is {}", show(header)));
        };
        if !schema["type"].as_str().is_some_and(|kind| PRIMITIVE.contains(&kind)) {
            return Some(format!(
                "`{property}` has a header and the type {}",
                show(&schema["type"])
            ));
        }
        let is_new = seen.insert(name.to_ascii_lowercase());
        (!is_new).then(|| format!("the header {name:?} is there twice"))
    })
}

/// Fails if a schema of this name has a flaw.
async fn valid(cx: &mut Context, member: &str) -> Result {
    entries::each(cx, List::TOOLS, &format!("`{member}`: a valid JSON Schema"), |tool| {
        let flaw = schema::flaw(tool.get(member)?)?;
        Some(format!("`{member}` is invalid {flaw}"))
    })
    .await
}
