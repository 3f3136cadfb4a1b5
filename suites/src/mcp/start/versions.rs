//! Versions that a server does not have.

use harness::profile::SESSION;
use harness::{Context, Failure, Reply, Result, Revision, check, ensure};
use serde_json::json;

use crate::mcp::client::{INITIALIZE, McpExt};

/// The answer to the client of this process that asks for a newer version.
#[derive(Clone, Debug, Default)]
struct Newer(Option<Reply>);

/// Asks for this version, in the first request of a process.
async fn ask(cx: &mut Context, version: &str) -> Result<Reply> {
    cx.needs(SESSION)?;
    let mut params = cx.mcp().initialize_params(&json!({}));
    params["protocolVersion"] = json!(version);
    let reply = cx.peer.request(INITIALIZE, params).await?;
    if let Ok(answer) = reply.result() {
        cx.mcp().opened_with(answer)?;
    }
    Ok(reply)
}

/// Asks for the version without sessions, once for each process.
async fn ask_newer(cx: &mut Context) -> Result<Reply> {
    cx.needs(SESSION)?;
    if let Newer(Some(reply)) = cx.known::<Newer>()? {
        return Ok(reply.clone());
    }
    let reply = ask(cx, Revision::R20260728.name()).await?;
    cx.known::<Newer>()?.0 = Some(reply.clone());
    Ok(reply)
}

/// The revision with sessions in the answer to a client that asks for a version that the server does not
/// have; nothing if it refuses, and says which versions it has.
fn offered(reply: &Reply, asked: &str) -> Result<Option<Revision>> {
    if let Ok(error) = reply.error() {
        // The example of the text is such an error.
        let supported = error.data.as_ref().and_then(|data| data["supported"].as_array());
        return match supported {
            Some(_) => Ok(None),
            None => Err(Failure::mismatch(
                format!("reply to a client that asks for version {asked}"),
                "a result with a version that the server has, or an error that lists them",
                error.to_string(),
            )),
        };
    }
    let version = reply.result()?["protocolVersion"].as_str().unwrap_or_default();
    let known: Option<Revision> = version.parse().ok();
    match known.filter(|revision| !revision.is_modern()) {
        Some(revision) => Ok(Some(revision)),
        None => Err(Failure::mismatch(
            format!("`protocolVersion` of the answer to a client that asks for {asked}"),
            "a version that opens a session, from 2024-11-05 to 2025-11-25",
            format!("{version:?}"),
        )),
    }
}

/// A server MUST answer an `initialize` for a version that it does not have with a version that it
/// has.
#[check(
    mcp(until = "2025-11-25"),
    shared = "an unknown version",
    source = "Lifecycle, Version Negotiation",
    faults(MCP_ECHOES_ANY_VERSION, REVISION_UNKNOWN)
)]
async fn an_unknown_version_is_not_confirmed(cx: &mut Context) -> Result {
    let reply = ask(cx, "1999-01-01").await?;
    offered(&reply, "1999-01-01").map(|_| ())
}

/// A server MUST NOT confirm a version without sessions when a client opens one.
#[check(
    mcp(until = "2025-11-25"),
    shared = "a newer version",
    source = "Versioning, of 2026-07-28: it has no `initialize`",
    faults(MCP_CONFIRMS_THE_VERSION_WITHOUT_SESSIONS, MCP_ECHOES_ANY_VERSION)
)]
async fn a_version_without_sessions_is_not_confirmed(cx: &mut Context) -> Result {
    let reply = ask_newer(cx).await?;
    let confirmed = reply.value["result"]["protocolVersion"] == Revision::R20260728.name();
    ensure!(
        !confirmed,
        "`protocolVersion` of the answer to a client that asks for 2026-07-28",
        "a version that opens a session, from 2024-11-05 to 2025-11-25",
        "2026-07-28, which has no `initialize`"
    );
    Ok(())
}

/// A server SHOULD offer the newest version that it has to a client that asks for a newer one.
#[check(
    mcp(until = "2025-11-25"),
    shared = "a newer version",
    source = "Lifecycle, Version Negotiation",
    faults(MCP_THE_OLDEST_VERSION_FOR_UNKNOWN_ONES)
)]
async fn the_newest_version_is_offered(cx: &mut Context) -> Result {
    let reply = ask_newer(cx).await?;
    let revision = cx.mcp().revision();
    // What is wrong beside that is the matter of the check above.
    match offered(&reply, Revision::R20260728.name()) {
        Ok(Some(offered)) if offered < revision => Err(Failure::mismatch(
            "`protocolVersion` of the answer to a client that asks for 2026-07-28",
            format!("{revision}, which the server has, or a newer one"),
            offered.to_string(),
        )),
        _ => Ok(()),
    }
}
