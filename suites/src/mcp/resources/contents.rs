//! The contents of resources: of listed ones and of unknown ones.

use harness::{Context, Failure, Reply, Result, check, code, ensure, show};
use serde_json::{Value, json};

use crate::mcp::client::{List, McpExt};
use crate::mcp::content::contents_flaw;

/// How many of the listed resources are read.
const READ: usize = 3;
/// A URI that no server has.
const UNKNOWN: &str = "proctor-unknown://no/such/resource";

/// A server SHOULD give the contents of each resource that it lists.
#[check(
    mcp,
    declares("resources"),
    shared = "questions",
    source = "Resources, Reading Resources",
    faults(MCP_LISTED_RESOURCE_CANNOT_BE_READ)
)]
async fn a_listed_resource_can_be_read(cx: &mut Context) -> Result {
    for (uri, reply) in read(cx).await? {
        reply.granted(format!("the contents of the listed resource {uri:?}"))?;
    }
    Ok(())
}

/// A server MUST give contents as text or as bytes in base64, each with its URI.
#[check(
    mcp,
    declares("resources"),
    shared = "questions",
    source = "Resources, Resource Contents",
    faults(MCP_TEXT_AND_BLOB, MCP_BLOB_IS_NOT_BASE64)
)]
async fn contents_are_text_or_bytes(cx: &mut Context) -> Result {
    for (uri, reply) in read(cx).await? {
        let Ok(result) = reply.result() else { continue };
        let what = format!("`contents` of the resource {uri:?}");
        let Some(contents) = result["contents"].as_array() else {
            return Err(Failure::mismatch(
                what,
                "an array",
                format!("the result {}", show(result)),
            ));
        };
        if let Some(flaw) = contents.iter().find_map(contents_flaw) {
            return Err(Failure::mismatch(what, "`uri`, and either `text` or `blob`", flaw));
        }
    }
    Ok(())
}

/// A server MUST answer `resources/read` for an unknown URI with an error.
#[check(
    mcp,
    declares("resources"),
    shared = "questions",
    source = "Resources, Error Handling",
    faults(MCP_UNKNOWN_RESOURCE_IS_EMPTY)
)]
async fn an_unknown_resource_is_an_error(cx: &mut Context) -> Result {
    let reply = cx.mcp().request("resources/read", json!({ "uri": UNKNOWN })).await?;
    reply.refusal("the answer to `resources/read` for a resource that does not exist")?;
    Ok(())
}

/// A server SHOULD use the code -32002 or -32602 in the error about an unknown resource.
#[check(
    mcp(until = "2025-11-25"),
    declares("resources"),
    shared = "questions",
    source = "Resources, Error Handling; most servers use the code of wrong parameters",
    faults(MCP_UNKNOWN_RESOURCE_HAS_CODE_ZERO)
)]
async fn an_unknown_resource_has_its_code(cx: &mut Context) -> Result {
    /// The code of the revisions with sessions.
    const NOT_FOUND: i64 = -32002;
    let reply = cx.mcp().request("resources/read", json!({ "uri": UNKNOWN })).await?;
    if reply.is_error() {
        let codes = [NOT_FOUND, code::INVALID_PARAMS];
        reply.refused_with(&codes, "the error about a resource that does not exist")?;
    }
    Ok(())
}

/// A server MUST use the code -32602 in the error about an unknown resource.
#[check(
    mcp(since = "2026-07-28"),
    declares("resources"),
    shared = "questions",
    source = "Resources, Error Handling",
    faults(MCP_UNKNOWN_RESOURCE_HAS_CODE_ZERO)
)]
async fn an_unknown_resource_is_a_wrong_parameter(cx: &mut Context) -> Result {
    let reply = cx.mcp().request("resources/read", json!({ "uri": UNKNOWN })).await?;
    if reply.is_error() {
        reply.refused(code::INVALID_PARAMS, "the error about a resource that does not exist")?;
    }
    Ok(())
}

/// A server SHOULD refuse a path with `..` that leads out of the directory of a resource.
#[check(
    mcp(until = "2025-11-25"),
    declares("resources"),
    shared = "questions",
    source = "Resources, Security Considerations: validate all URIs",
    faults(MCP_READS_OUTSIDE)
)]
async fn a_path_should_not_lead_outside(cx: &mut Context) -> Result {
    outside(cx).await
}

/// A server MUST refuse a path with `..` that leads out of the directory of a resource.
#[check(
    mcp(since = "2026-07-28"),
    declares("resources"),
    shared = "questions",
    source = "Resources, Security Considerations: no directory traversal",
    faults(MCP_READS_OUTSIDE)
)]
async fn a_path_does_not_lead_outside(cx: &mut Context) -> Result {
    outside(cx).await
}

/// Asks for a file far above a listed one.
async fn outside(cx: &mut Context) -> Result {
    let resources = cx.mcp().list(List::RESOURCES).await?;
    let mut uris = resources.iter().filter_map(|resource| resource["uri"].as_str());
    let Some(file) = uris.find(|uri| uri.starts_with("file:///")) else {
        return Err(Failure::lacks("a resource that is a file"));
    };
    let folder = file.rsplit_once('/').map_or(file, |(folder, _)| folder);
    let uri = format!("{folder}{}/etc/passwd", "/..".repeat(folder.matches('/').count()));
    let reply = cx.mcp().request("resources/read", json!({ "uri": uri })).await?;
    let empty = |result: &Value| result["contents"].as_array().is_none_or(Vec::is_empty);
    ensure!(
        reply.result().map_or(true, empty),
        format!("the answer to `resources/read` for {uri:?}"),
        "an error",
        show(&reply.value["result"])
    );
    Ok(())
}

/// The answers about the first listed resources.
async fn read(cx: &mut Context) -> Result<Vec<(String, Reply)>> {
    let resources = cx.mcp().list(List::RESOURCES).await?;
    let mut read = Vec::new();
    for uri in resources.iter().filter_map(|resource| resource["uri"].as_str()).take(READ) {
        let reply = cx.mcp().request("resources/read", json!({ "uri": uri })).await?;
        read.push((uri.to_owned(), reply));
    }
    if read.is_empty() { Err(Failure::lacks("a resource")) } else { Ok(read) }
}
