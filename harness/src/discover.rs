//! What a subject is and speaks, asked once before the checks are listed.
//!
//! Every family is asked for, whatever the greeting looks like: a `serverInfo` is no proof of the Model Context Protocol, and a
//! list that is not there no proof that nothing is.

mod probe;

use std::time::Instant;

use report::Dialect;
use serde_json::Value;
use shown::shorten;

use crate::app_server::{self, CLIENT_NAME};
use crate::applies::Release;
use crate::failure::{Failure, Result};
use crate::mcp;
use crate::peer::Peer;
use crate::profile::{Claims, Handshake, Method, Profile, Start};
use probe::{Answer, Probe};

/// The form in which a subject is spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Form {
    /// The greeting.
    pub handshake: Handshake,
    /// Whether messages have `"jsonrpc": "2.0"`.
    pub jsonrpc: bool,
}

/// What is asked of a subject.
#[derive(Clone, Copy, Debug)]
pub struct Survey<'a> {
    /// The methods that the checks use.
    pub methods: &'a [Method],
    /// What somebody says of it.
    pub claims: &'a Claims,
}

/// How much of an answer a refusal shows, in bytes.
const SHOWN: usize = 300;

/// Asks a subject what it is. `start` makes a peer for a fresh process in a fresh home.
///
/// # Errors
///
/// Why the subject could not be asked: it did not start, died, or answered neither form of `initialize`; or it has none of the
/// methods by which a dialect is known, and none is claimed.
pub async fn discover(
    survey: &Survey<'_>,
    mut start: impl AsyncFnMut(Form) -> Result<Peer>,
) -> Result<Profile> {
    // One greeting that both families take: extra members are ignored by those that do not know them.
    let form = Form { handshake: Handshake::Mcp, jsonrpc: true };
    let mut peer = start(form).await?;
    let (mut greeting, mut cost) = greet(&mut peer, mcp::initialize_params()).await;
    let mut form = form;
    if let Err(first) = greeting {
        peer.shutdown().await;
        form = Form { handshake: Handshake::AppServer, jsonrpc: false };
        peer = start(form).await?;
        (greeting, cost) = greet(&mut peer, app_server::initialize_params()).await;
        greeting = greeting.map_err(|second| ungreeted(second, &first));
    }
    let greeting = greeting?;
    let known = known(&mut peer, &greeting).await?;
    let mut profile = identity(&greeting);
    profile.dialects = known.dialects();
    survey.claims.apply(&mut profile);
    profile.start = cost;
    if profile.dialects.is_empty() {
        return Err(no_dialect(&profile, &greeting, &known));
    }
    let app_server = profile.dialects.iter().any(|dialect| *dialect != Dialect::Mcp);
    profile.jsonrpc = form.jsonrpc && (!app_server || known.wants_jsonrpc(&mut peer).await?);
    // Of who claims a release it is known what it has, and it is held to that.
    if profile.release.is_none() {
        profile.methods = probe::methods(&mut peer, survey.methods, &profile.dialects).await?;
    }
    peer.shutdown().await;
    if app_server && greeting.get("serverInfo").is_some() {
        profile.handshake = handshake(&mut profile, &mut start).await?;
    } else if app_server {
        profile.handshake = Handshake::AppServer;
    }
    Ok(profile)
}

/// Sends the greeting; its answer, and what the start has cost by then.
async fn greet(peer: &mut Peer, params: Value) -> (Result<Value>, Start) {
    let began = Instant::now();
    let greeting = peer.call(app_server::INITIALIZE, params).await;
    let millis = |time: std::time::Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
    let cost = Start { wall_ms: millis(began.elapsed()), cpu_ms: millis(peer.work()) };
    (greeting, cost)
}

/// What is said of a subject that took neither greeting.
fn ungreeted(second: Failure, first: &Failure) -> Failure {
    let first = first.parts();
    second.within("greeting the subject").note(format!(
        "before     asked `initialize` with `jsonrpc` and `protocolVersion`, too: {}",
        first.observed
    ))
}

/// The methods by which dialects are known, and how they were answered.
struct Known(Vec<(Dialect, &'static str, Answer)>);

/// Asks for every family: for each until one of its methods is known.
async fn known(peer: &mut Peer, greeting: &Value) -> Result<Known> {
    peer.notify(app_server::INITIALIZED, Value::Null).await?;
    if greeting.get("protocolVersion").is_some() {
        peer.notify(mcp::INITIALIZED, Value::Null).await?;
    }
    let mut known = Known(Vec::new());
    let mut probe = Probe::new(peer).await?;
    for (dialect, methods) in [
        (Dialect::V1, app_server::V1_METHODS.as_slice()),
        (Dialect::V2, app_server::V2_METHODS.as_slice()),
        (Dialect::Mcp, [mcp::METHOD].as_slice()),
    ] {
        // An app-server of today has no tools to list; asking would be one more thing to wait for.
        if dialect == Dialect::Mcp && greeting.get("serverInfo").is_none() {
            continue;
        }
        for method in methods {
            let answer = probe.ask(peer, method).await?;
            let has = answer.is_known();
            known.0.push((dialect, *method, answer));
            if has {
                break;
            }
        }
    }
    Ok(known)
}

impl Known {
    fn dialects(&self) -> Vec<Dialect> {
        let known = self.0.iter().filter(|(.., answer)| answer.is_known());
        known.map(|(dialect, ..)| *dialect).collect()
    }

    /// Whether a request of a known method is answered only with `jsonrpc`.
    async fn wants_jsonrpc(&self, peer: &mut Peer) -> Result<bool> {
        let mut known = self.0.iter().filter(|(.., answer)| answer.is_known());
        match known.next() {
            Some((_, method, _)) => probe::wants_jsonrpc(peer, method).await,
            None => Ok(false),
        }
    }
}

/// How a subject that names itself as a server of the Model Context Protocol, and speaks a dialect of app-servers, is greeted.
///
/// What an app-server's client sends is tried first: that is what it will get from them.
async fn handshake(
    profile: &mut Profile,
    start: &mut impl AsyncFnMut(Form) -> Result<Peer>,
) -> Result<Handshake> {
    for jsonrpc in [profile.jsonrpc, true] {
        let mut peer = start(Form { handshake: Handshake::AppServer, jsonrpc }).await?;
        let ticket = peer.send(app_server::INITIALIZE, app_server::initialize_params()).await?;
        let within = probe::patience(profile.start);
        let answer = peer.answer_within(&ticket, within).await;
        peer.shutdown().await;
        if answer.is_ok_and(|reply| !reply.is_error()) {
            profile.jsonrpc = jsonrpc;
            return Ok(Handshake::AppServer);
        }
        if profile.jsonrpc {
            break;
        }
    }
    profile.jsonrpc = true;
    Ok(Handshake::Mcp)
}

/// Who the subject says it is.
fn identity(greeting: &Value) -> Profile {
    let text = |pointer: &str| greeting.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
    let mut profile = Profile::plain(Handshake::Mcp, Vec::new());
    let agent = text("/userAgent").or_else(|| text("/serverInfo/user_agent"));
    let name = text("/serverInfo/name");
    profile.version = agent
        .as_deref()
        .and_then(version_of)
        .map(str::to_owned)
        .or_else(|| text("/serverInfo/version"));
    let who = agent.as_deref().map(|agent| agent.split('/').next().unwrap_or(agent));
    let codex = who.or(name.as_deref()).is_some_and(is_codex);
    profile.release = profile.version.as_deref().and_then(|text| text.parse().ok());
    profile.release = profile.release.filter(|release: &Release| codex && release.is_codex());
    profile.user_agent = agent.or(name);
    profile
}

/// Whether a server of this name counts its releases as Codex does. Codex calls itself by its own name, or by that of its
/// client; whoever has another has numbers of its own.
fn is_codex(name: &str) -> bool {
    name.to_ascii_lowercase().starts_with("codex") || name == CLIENT_NAME
}

/// The version in `name/VERSION (…)`.
fn version_of(agent: &str) -> Option<&str> {
    agent.split_once('/')?.1.split([' ', '(']).next()
}

/// What is said of a subject without any dialect: what was asked, what came, and what goes on.
fn no_dialect(profile: &Profile, greeting: &Value, known: &Known) -> Failure {
    let mut failure = Failure::inconclusive(
        "the dialects of the subject",
        format!(
            "it answered `initialize` (user agent {}), but none of the methods by which a dialect is known",
            profile.user_agent.as_deref().unwrap_or("not given")
        ),
    );
    failure =
        failure.note(format!("asked      initialize: {}", shorten(&greeting.to_string(), SHOWN)));
    for (dialect, method, answer) in &known.0 {
        failure = failure.note(format!("asked      {method} ({dialect}): {answer}"));
    }
    failure.note(
        "goes on    with `proctor run --dialect v2 -- COMMAND`, or `dialects = [\"v2\"]` in proctor.toml, if it speaks v2 \
         all the same",
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{identity, version_of};

    #[test]
    fn the_version_is_between_slash_and_blank() {
        assert_eq!(version_of("probe/0.169.0 (Debian 12.0.0; x86_64)"), Some("0.169.0"));
        assert_eq!(version_of("plain"), None);
    }

    #[test]
    fn only_codex_claims_a_release_by_its_number() {
        let claim = |agent: &str| identity(&json!({ "userAgent": agent })).release;
        for codex in ["codex_cli_rs/0.58.0 (Debian)", "proctor/0.98.0 (Debian)"] {
            assert!(claim(codex).is_some(), "{codex}");
        }
        for other in ["bridge/0.98.0", "codex/7.1.0", "codex", "a-codex/0.98.0"] {
            assert_eq!(claim(other), None, "{other}");
        }
        let info = json!({ "serverInfo": { "name": "codex-mcp-server", "version": "0.36.0" } });
        assert_eq!(identity(&info).release, "0.36.0".parse().ok());
        assert_eq!(identity(&info).user_agent.as_deref(), Some("codex-mcp-server"));
    }
}
