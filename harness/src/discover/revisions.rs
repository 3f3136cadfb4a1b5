//! Finds out which revisions of the Model Context Protocol a server has, and what it declares in
//! each.
//!
//! The specification says how a client does this that speaks both eras: it asks `server/discover`
//! first. A result, or an error that only the modern era has, means that the server is modern; any
//! other error, or silence, means that it is not, and the client goes on with `initialize`.

use std::collections::BTreeMap;

use report::Revision;
use serde_json::{Value, json};

use super::{Form, probe};
use crate::app_server::INITIALIZE;
use crate::failure::{Failure, Result};
use crate::mcp;
use crate::message::Reply;
use crate::peer::Peer;
use crate::profile::{Declared, Handshake, Start};

/// The form in which every server of the protocol is addressed.
pub(super) const FORM: Form = Form { handshake: Handshake::Mcp, jsonrpc: true };

/// What a server declares, by revision.
pub(super) type Revisions = BTreeMap<Revision, Declared>;

/// Whether an answer to `initialize` is one of this protocol, even if it lacks something.
pub(super) fn is_greeting(greeting: &Value) -> bool {
    ["protocolVersion", "capabilities"].iter().any(|name| greeting.get(name).is_some())
}

/// The revision of an answer to `initialize`, and what the server declares in it.
pub(super) fn legacy(greeting: &Value) -> (Revision, Declared) {
    let named = greeting["protocolVersion"].as_str().unwrap_or_default().parse().ok();
    // A server that gives itself another version is examined in the one that was asked for; the
    // check of versions says the rest.
    let revision = named.filter(|revision: &Revision| !revision.is_modern());
    let declared = Declared {
        capabilities: greeting["capabilities"].clone(),
        server: greeting["serverInfo"].clone(),
        tools: Vec::new(),
    };
    (revision.unwrap_or(Revision::NEWEST_LEGACY), declared)
}

/// The names of the tools that a running server lists; none if it does not declare any.
///
/// What is wrong with the list is the matter of checks.
pub(super) async fn tools(peer: &mut Peer, declared: &Declared) -> Vec<String> {
    if !declared.has("tools") {
        return Vec::new();
    }
    let (mut names, mut params) = (Vec::new(), Value::Null);
    for _ in 0..PAGES {
        let Ok(ticket) = peer.send(mcp::LIST, params).await else { break };
        let answer = peer.answer_within(&ticket, probe::SILENCE).await;
        let page = answer.ok().and_then(|reply| reply.into_result().ok()).unwrap_or_default();
        let tools = page["tools"].as_array().map(Vec::as_slice).unwrap_or_default();
        names.extend(tools.iter().filter_map(|tool| Some(tool["name"].as_str()?.to_owned())));
        match page.get("nextCursor").filter(|cursor| cursor.is_string()) {
            Some(cursor) => params = json!({ "cursor": cursor }),
            None => break,
        }
    }
    names
}

/// The number of pages of a list that are read.
const PAGES: usize = 50;

/// Asks a fresh process `server/discover`: what it declares in each modern revision that we know.
///
/// # Errors
///
/// If the process cannot be started, or ends.
pub(super) async fn modern(
    cost: Option<Start>,
    start: &mut impl AsyncFnMut(Form) -> Result<Peer>,
) -> Result<Option<Revisions>> {
    let mut peer = start(FORM).await?;
    let ticket = peer.send(mcp::DISCOVER, mcp::discover_params()).await?;
    let within = cost.map_or(peer.settings().wait, probe::patience);
    // A process that has sent nothing yet would be given more time, as one that still starts.
    let answer = tokio::time::timeout(within, peer.answer_within(&ticket, within)).await;
    peer.shutdown().await;
    let reply = answer.ok().and_then(Result::ok);
    Ok(reply.and_then(|reply| discovered(&reply)))
}

fn discovered(reply: &Reply) -> Option<Revisions> {
    let result = reply.result().ok()?;
    let versions = result["supportedVersions"].as_array()?;
    let declared = Declared {
        capabilities: result["capabilities"].clone(),
        server: result["_meta"][mcp::SERVER_INFO].clone(),
        tools: Vec::new(),
    };
    let named = versions.iter().filter_map(|version| version.as_str()?.parse().ok());
    let modern = named.filter(|revision: &Revision| revision.is_modern());
    Some(modern.map(|revision| (revision, declared.clone())).collect())
}

/// Asks a fresh process for this revision by `initialize`.
///
/// # Errors
///
/// If the server does not give it.
pub(super) async fn asked(
    revision: Revision,
    start: &mut impl AsyncFnMut(Form) -> Result<Peer>,
) -> Result<Declared> {
    let mut peer = start(FORM).await?;
    let mut params = mcp::initialize_params();
    params["protocolVersion"] = revision.name().into();
    let greeting = peer.call(INITIALIZE, params).await;
    peer.shutdown().await;
    let greeting = greeting?;
    match greeting["protocolVersion"].as_str() {
        Some(version) if version == revision.name() => Ok(legacy(&greeting).1),
        other => Err(Failure::inconclusive(
            format!("revision {revision}"),
            format!(
                "the server does not give it: asked for it, it answers {}",
                other.unwrap_or("without a version")
            ),
        )),
    }
}
