//! `server/discover`: what a server says of itself.

use harness::{Context, Failure, Result, check, ensure};
use serde_json::{Value, json};

use crate::mcp::client::{DISCOVER, McpExt};
use crate::mcp::modern::SERVER;

/// A server MUST name the version of the request among those that it supports.
#[check(
    mcp(since = "2026-07-28"),
    shared = "questions",
    source = "Discovery, Response",
    faults(MCP_NO_DISCOVER, MCP_DISCOVER_NAMES_NO_VERSION, MCP_DISCOVER_LEAVES_OUT_ITS_VERSION)
)]
async fn names_the_version_that_it_is_asked_in(cx: &mut Context) -> Result {
    let revision = cx.mcp().revision().name();
    let discovered = cx.mcp().call(DISCOVER, Value::Null).await?;
    let versions = discovered["supportedVersions"].as_array();
    ensure!(
        versions.is_some_and(|versions| versions.contains(&json!(revision))),
        "`supportedVersions` in the result of `server/discover`",
        format!("a list with {revision}, the version of the request"),
        discovered["supportedVersions"].to_string()
    );
    Ok(())
}

/// A server MUST list its capabilities in the result of `server/discover`.
#[check(
    mcp(since = "2026-07-28"),
    shared = "questions",
    source = "Discovery, Data Types",
    faults(MCP_DISCOVER_WITHOUT_CAPABILITIES)
)]
async fn lists_its_capabilities(cx: &mut Context) -> Result {
    let discovered = cx.mcp().call(DISCOVER, Value::Null).await?;
    ensure!(
        discovered["capabilities"].is_object(),
        "`capabilities` in the result of `server/discover`",
        "an object",
        discovered["capabilities"].to_string()
    );
    Ok(())
}

/// A server SHOULD name itself in the result of `server/discover`.
#[check(
    mcp(since = "2026-07-28"),
    shared = "questions",
    source = "Discovery, Data Types",
    faults(MCP_DISCOVER_WITHOUT_NAME)
)]
async fn names_itself(cx: &mut Context) -> Result {
    let discovered = cx.mcp().call(DISCOVER, Value::Null).await?;
    let server = &discovered["_meta"][SERVER];
    ensure!(
        server["name"].is_string() && server["version"].is_string(),
        format!("`{SERVER}` in the `_meta` of the result"),
        "an object with the texts `name` and `version`",
        server.to_string()
    );
    Ok(())
}

/// A server MUST give each of its extensions a name with a prefix, such as `com.example/name`.
#[check(
    mcp(since = "2026-07-28"),
    shared = "questions",
    source = "Versioning, Extension Negotiation",
    faults(MCP_EXTENSION_WITHOUT_PREFIX)
)]
async fn names_extensions_with_a_prefix(cx: &mut Context) -> Result {
    let discovered = cx.mcp().call(DISCOVER, Value::Null).await?;
    let extensions = discovered["capabilities"]["extensions"].as_object();
    let Some(extensions) = extensions.filter(|extensions| !extensions.is_empty()) else {
        return Err(Failure::lacks("extensions"));
    };
    for name in extensions.keys() {
        ensure!(
            has_prefix(name),
            "the name of an extension in `capabilities`",
            "labels with dots, `/`, and a name",
            name
        );
    }
    Ok(())
}

/// Whether a name has the form that members of `_meta` have, with a prefix.
fn has_prefix(name: &str) -> bool {
    let alphanumeric = |character: char| character.is_ascii_alphanumeric();
    let label = |label: &str| {
        label.starts_with(|first: char| first.is_ascii_alphabetic())
            && label.ends_with(alphanumeric)
            && label.chars().all(|character| alphanumeric(character) || character == '-')
    };
    let Some((prefix, name)) = name.split_once('/') else { return false };
    prefix.split('.').all(label)
        && (name.is_empty()
            || name.starts_with(alphanumeric)
                && name.ends_with(alphanumeric)
                && name.chars().all(|it| alphanumeric(it) || "-_.".contains(it)))
}
