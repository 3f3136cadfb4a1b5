//! Finds out what a subject is and speaks, once before the checks are listed.
//!
//! All dialects are probed, whatever the answer to the greeting looks like: a `serverInfo` does not
//! prove the Model Context Protocol, and a missing list of capabilities does not prove that there
//! are none.

mod broken;
mod probe;
mod revisions;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use report::{Dialect, Family, Revision};
use serde_json::{Value, json};
use shown::shorten;

use crate::app_server::{self, CLIENT_NAME};
use crate::applies::Release;
use crate::failure::{Failure, Kind, Result};
use crate::mcp;
use crate::message::Reply;
use crate::peer::Peer;
use crate::profile::{Claims, Declared, Handshake, Method, Profile, Start};
use broken::Sight;
use probe::{Answer, Probe};

/// How a subject is addressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Form {
    /// The greeting.
    pub handshake: Handshake,
    /// Whether messages have `"jsonrpc": "2.0"`.
    pub jsonrpc: bool,
}

/// The input of an examination.
#[derive(Clone, Copy, Debug)]
pub struct Survey<'a> {
    /// The methods that the checks use.
    pub methods: &'a [Method],
    /// Claims about the subject, from its user.
    pub claims: &'a Claims,
}

/// The number of bytes of an answer that a failure shows.
const SHOWN: usize = 300;

/// Examines a subject. `start` makes a peer for a fresh process in a fresh home.
///
/// # Errors
///
/// If the subject did not start, died, or answered neither form of `initialize`; or if it has no
/// method that identifies a dialect and no dialect is claimed.
pub async fn discover(
    survey: &Survey<'_>,
    mut start: impl AsyncFnMut(Form) -> Result<Peer>,
) -> Result<Profile> {
    // A single greeting that both protocols accept: servers ignore unknown members.
    let form = Form { handshake: Handshake::Mcp, jsonrpc: true };
    let mut peer = start(form).await?;
    let (mut greeting, mut cost) = greet(&mut peer, mcp::initialize_params()).await;
    let mut form = form;
    let sight = Sight::of(&peer);
    if let Err(first) = greeting {
        peer.shutdown().await;
        if sight.is_greeting() {
            return Ok(broken::profile(survey, sight, &first, cost));
        }
        if let Some(modern) = revisions::modern(None, &mut start).await.ok().flatten() {
            return Ok(modern_only(survey, modern));
        }
        if sight == Sight::JsonRpc && survey.claims.dialects == [Family::Mcp] {
            return Ok(broken::profile(survey, sight, &first, cost));
        }
        form = Form { handshake: Handshake::AppServer, jsonrpc: false };
        peer = start(form).await?;
        let first_cost = cost;
        (greeting, cost) = greet(&mut peer, app_server::initialize_params()).await;
        if greeting.is_err() && sight == Sight::JsonRpc {
            peer.shutdown().await;
            return Ok(broken::profile(survey, sight, &first, first_cost));
        }
        greeting = greeting.map_err(|second| ungreeted(second, &first));
    }
    let mut greeting = greeting?;
    if !revisions::is_greeting(&greeting) && sight.is_greeting() {
        greeting = sight.greeting();
    }
    let known = known(&mut peer, &greeting).await?;
    let mut profile = identity(&greeting);
    profile.start = cost;
    profile.dialects = known.dialects();
    if profile.dialects.is_empty() && revisions::is_greeting(&greeting) {
        let legacy = revisions::legacy(&greeting);
        let tools = revisions::tools(&mut peer, &legacy.1).await;
        peer.shutdown().await;
        profile.revisions = every(survey.claims, legacy, cost, &mut start).await?;
        profile.revisions.values_mut().for_each(|declared| declared.tools.clone_from(&tools));
        profile.dialects = profile.revisions.keys().copied().map(Dialect::Mcp).collect();
    }
    survey.claims.apply(&mut profile);
    if profile.dialects.is_empty() {
        return Err(no_dialect(&profile, &greeting, &known));
    }
    if profile.is_mcp() {
        return Ok(profile);
    }
    profile.jsonrpc = form.jsonrpc && known.wants_jsonrpc(&mut peer).await?;
    // A subject that claims a release is tested as that release, whatever methods it has.
    if profile.release.is_none() {
        profile.methods = probe::methods(&mut peer, survey.methods, &profile.dialects).await?;
    }
    peer.shutdown().await;
    profile.handshake = match greeting.get("serverInfo") {
        Some(_) => handshake(&mut profile, &mut start).await?,
        None => Handshake::AppServer,
    };
    Ok(profile)
}

/// Every revision of the Model Context Protocol in which a server that gave this greeting is
/// examined: the newest of each era, and those that its user asked for.
async fn every(
    claims: &Claims,
    legacy: (Revision, Declared),
    cost: Start,
    start: &mut impl AsyncFnMut(Form) -> Result<Peer>,
) -> Result<BTreeMap<Revision, Declared>> {
    let mut found = revisions::modern(Some(cost), start).await?.unwrap_or_default();
    found.extend([legacy]);
    for revision in &claims.revisions {
        if !found.contains_key(revision) {
            found.insert(*revision, revisions::asked(*revision, start).await?);
        }
    }
    Ok(found)
}

/// The profile of a server that has no `initialize`.
fn modern_only(survey: &Survey<'_>, revisions: BTreeMap<Revision, Declared>) -> Profile {
    let newest = revisions.values().next_back().map(|declared| declared.server.clone());
    let mut profile = identity(&json!({ "serverInfo": newest }));
    profile.dialects = revisions.keys().copied().map(Dialect::Mcp).collect();
    profile.revisions = revisions;
    survey.claims.apply(&mut profile);
    profile
}

/// Sends the greeting; returns the answer and the cost of the start.
async fn greet(peer: &mut Peer, params: Value) -> (Result<Value>, Start) {
    let began = Instant::now();
    let greeting = greeting(peer, params).await;
    let millis = |time: Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
    let cost = Start { wall_ms: millis(began.elapsed()), cpu_ms: millis(peer.work()) };
    (greeting, cost)
}

/// The answer to the greeting. It is not waited for long behind one that is like it but has another
/// id.
async fn greeting(peer: &mut Peer, params: Value) -> Result<Value> {
    /// How long an answer is waited for before the first look at what came.
    const SOON: Duration = Duration::from_secs(2);
    let wait = peer.settings().wait;
    let began = Instant::now();
    let ticket = peer.send(app_server::INITIALIZE, params).await?;
    let mut answer = peer.answer_within(&ticket, SOON.min(wait)).await;
    let left = wait.saturating_sub(began.elapsed());
    let is_late = |answer: &Result<Reply>| {
        answer.as_ref().is_err_and(|failure| failure.kind() == Kind::Timeout)
    };
    if is_late(&answer) && !left.is_zero() && !Sight::of(peer).is_greeting() {
        answer = peer.answer_within(&ticket, left).await;
    }
    answer?.into_result()
}

/// The failure of a subject that accepted neither greeting.
fn ungreeted(second: Failure, first: &Failure) -> Failure {
    let first = first.parts();
    second.within("greeting the subject").note(format!(
        "earlier    `initialize` with `jsonrpc` and `protocolVersion` failed too: {}",
        first.observed
    ))
}

/// The methods that identify dialects of app-servers, and the answer to each.
struct Known(Vec<(Dialect, &'static str, Answer)>);

/// Probes all dialects, each until one of its methods is found.
async fn known(peer: &mut Peer, greeting: &Value) -> Result<Known> {
    peer.notify(app_server::INITIALIZED, Value::Null).await?;
    if greeting.get("protocolVersion").is_some() {
        peer.notify(mcp::INITIALIZED, Value::Null).await?;
    }
    let mut known = Known(Vec::new());
    let is_mcp = revisions::is_greeting(greeting);
    let mut probe = match Probe::new(peer, is_mcp.then_some(mcp::PING)).await {
        // A server of the other protocol that does not survive an unknown method; a check says so.
        Err(_) if is_mcp => return Ok(known),
        Ok(probe) if is_mcp && probe.grants_all => return Ok(known),
        probe => probe?,
    };
    for (dialect, methods) in [
        (Dialect::V1, app_server::V1_METHODS.as_slice()),
        (Dialect::V2, app_server::V2_METHODS.as_slice()),
    ] {
        for method in methods {
            let answer = match probe.ask(peer, method).await {
                Err(_) if is_mcp => return Ok(known),
                answer => answer?,
            };
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

    /// Whether requests of a known method are answered only with `jsonrpc`.
    async fn wants_jsonrpc(&self, peer: &mut Peer) -> Result<bool> {
        let mut known = self.0.iter().filter(|(.., answer)| answer.is_known());
        match known.next() {
            Some((_, method, _)) => probe::wants_jsonrpc(peer, method).await,
            None => Ok(false),
        }
    }
}

/// The greeting for a subject that names itself as a server of the Model Context Protocol but
/// speaks a dialect of app-servers.
///
/// The greeting of an app-server's client is tried first, because that is what such clients send.
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

/// The identity that the subject reports.
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

/// Whether a server of this name numbers its releases as Codex does. Codex reports its own name, or
/// that of its client; a server with another name has its own numbers.
fn is_codex(name: &str) -> bool {
    name.to_ascii_lowercase().starts_with("codex") || name == CLIENT_NAME
}

/// The version in `name/VERSION (…)`.
fn version_of(agent: &str) -> Option<&str> {
    agent.split_once('/')?.1.split([' ', '(']).next()
}

/// The failure of a subject without a known dialect: the requests, the answers, and the next step.
fn no_dialect(profile: &Profile, greeting: &Value, known: &Known) -> Failure {
    let mut failure = Failure::inconclusive(
        "the dialects of the subject",
        format!(
            "it answered `initialize` (user agent {}), but has none of the methods that identify a dialect",
            profile.user_agent.as_deref().unwrap_or("not given")
        ),
    );
    failure =
        failure.note(format!("asked      initialize: {}", shorten(&greeting.to_string(), SHOWN)));
    for (dialect, method, answer) in &known.0 {
        failure = failure.note(format!("asked      {method} ({dialect}): {answer}"));
    }
    failure.note(
        "try        `proctor run --dialect v2 -- COMMAND`, or `dialects = [\"v2\"]` in proctor.toml, if it does speak v2",
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
