//! What a subject is and speaks, asked once before the checks are listed.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::app_server;
use crate::applies::Release;
use crate::dialect::Dialect;
use crate::failure::{Failure, Kind, Result};
use crate::mcp;
use crate::peer::Peer;

/// The form of the handshake and of the envelope.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Handshake {
    /// `initialize` with `clientInfo`, then `initialized`; no `jsonrpc` member.
    AppServer,
    /// The Model Context Protocol's, with `"jsonrpc": "2.0"`; the first releases spoke `v1` over it.
    Mcp,
}

/// What a subject said of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// How it wants to be greeted.
    pub handshake: Handshake,
    /// What it calls itself.
    pub user_agent: Option<String>,
    /// The version in the user agent or server info, as it says it.
    pub version: Option<String>,
    /// The Codex release that it claims; the newest expectation holds without one.
    pub release: Option<Release>,
    /// The dialects that it speaks.
    pub dialects: Vec<Dialect>,
}

/// How long a method that may not exist has to be answered: the first releases never answer an unknown one.
const PROBE: Duration = Duration::from_secs(2);

/// A method that no server has.
const NO_METHOD: &str = "proctor/probe";

/// Asks a subject what it is. `start` makes a peer for a fresh process in a fresh home.
///
/// # Errors
///
/// Why the subject could not be greeted: it did not start, died, or answered neither form of `initialize`.
pub async fn discover(mut start: impl AsyncFnMut(Handshake) -> Result<Peer>) -> Result<Profile> {
    // One greeting that both families take: extra members are ignored by those that do not know them.
    let mut peer = start(Handshake::Mcp).await?;
    let greeting = greet(&mut peer, true).await;
    let greeting = match greeting {
        Ok(result) => result,
        Err(_) => {
            peer.shutdown().await;
            peer = start(Handshake::AppServer).await?;
            greet(&mut peer, false)
                .await
                .map_err(|failure| failure.within("greeting the subject"))?
        }
    };
    let (handshake, user_agent, version) = identity(&greeting);
    let dialects = match handshake {
        Handshake::AppServer => app_server_dialects(&mut peer).await?,
        Handshake::Mcp => mcp_dialects(&mut peer).await?,
    };
    peer.shutdown().await;
    let release = version
        .as_deref()
        .and_then(|text| text.parse().ok())
        .filter(|release: &Release| release.is_codex());
    Ok(Profile { handshake, user_agent, version, release, dialects })
}

async fn greet(peer: &mut Peer, both: bool) -> Result<Value> {
    let params = if both { mcp::initialize_params() } else { app_server::initialize_params() };
    peer.call(app_server::INITIALIZE, params).await
}

fn identity(greeting: &Value) -> (Handshake, Option<String>, Option<String>) {
    let text = |pointer: &str| greeting.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
    if greeting.get("serverInfo").is_some() {
        let agent = text("/serverInfo/user_agent").or_else(|| text("/serverInfo/name"));
        return (Handshake::Mcp, agent, text("/serverInfo/version"));
    }
    let agent = text("/userAgent");
    let version = agent.as_deref().and_then(version_of).map(str::to_owned);
    (Handshake::AppServer, agent, version)
}

/// The version in `name/VERSION (…)`.
fn version_of(agent: &str) -> Option<&str> {
    agent.split_once('/')?.1.split([' ', '(']).next()
}

async fn app_server_dialects(peer: &mut Peer) -> Result<Vec<Dialect>> {
    peer.notify(app_server::INITIALIZED, Value::Null).await?;
    let mut dialects = Vec::new();
    // Newer servers list their methods in the error for an unknown one.
    let ticket = peer.send(NO_METHOD, json!({})).await?;
    let refusal = peer.answer_within(&ticket, PROBE).await.ok();
    let listed = refusal.and_then(|reply| reply.error().ok()).map(|error| error.message);
    for (dialect, method) in
        [(Dialect::V1, app_server::V1_METHOD), (Dialect::V2, app_server::V2_METHOD)]
    {
        let known = match &listed {
            Some(text) if text.contains("expected one of") => text.contains(&format!("`{method}`")),
            _ => knows(peer, method).await?,
        };
        if known {
            dialects.push(dialect);
        }
    }
    Ok(dialects)
}

async fn mcp_dialects(peer: &mut Peer) -> Result<Vec<Dialect>> {
    peer.notify(mcp::INITIALIZED, Value::Null).await?;
    let mut dialects = Vec::new();
    for (dialect, method) in [(Dialect::V1, app_server::V1_METHOD), (Dialect::Mcp, mcp::METHOD)] {
        if knows(peer, method).await? {
            dialects.push(dialect);
        }
    }
    Ok(dialects)
}

/// Whether the method is answered as one that exists.
async fn knows(peer: &mut Peer, method: &str) -> Result<bool> {
    let ticket = peer.send(method, json!({})).await?;
    let reply = match peer.answer_within(&ticket, PROBE).await {
        Ok(reply) => reply,
        Err(failure) if failure.kind() == Kind::Timeout => return Ok(false),
        Err(failure) => return Err(failure),
    };
    let Ok(error) = reply.error() else { return Ok(true) };
    let text = error.message.to_lowercase();
    let unknown = error.code == Some(crate::message::code::METHOD_NOT_FOUND)
        || text == "invalid request"
        || ["unknown", "not found", "unsupported", "no such method"]
            .iter()
            .any(|word| text.contains(word));
    Ok(!unknown)
}

/// What a subject without any dialect is told.
pub fn no_dialect(profile: &Profile) -> Failure {
    Failure::inconclusive(
        "the dialects of the subject",
        format!(
            "it answered `initialize` (user agent {}), but neither `{}` nor `{}` nor `{}`",
            profile.user_agent.as_deref().unwrap_or("not given"),
            app_server::V1_METHOD,
            app_server::V2_METHOD,
            mcp::METHOD,
        ),
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Handshake, identity, version_of};

    #[test]
    fn the_version_is_between_slash_and_blank() {
        assert_eq!(version_of("probe/0.169.0 (Debian 12.0.0; x86_64)"), Some("0.169.0"));
        assert_eq!(version_of("plain"), None);
    }

    #[test]
    fn the_greeting_tells_the_family() {
        let info = json!({ "serverInfo": { "name": "codex-mcp-server", "version": "0.36.0" } });
        let (handshake, agent, version) = identity(&info);
        assert_eq!(handshake, Handshake::Mcp);
        assert_eq!(agent.as_deref(), Some("codex-mcp-server"));
        assert_eq!(version.as_deref(), Some("0.36.0"));
        assert_eq!(identity(&json!({ "userAgent": "x/1.0" })).0, Handshake::AppServer);
    }
}
