//! Whether a subject has a method: asked with a request without parameters, and told by how it refuses one that nobody has.

use std::collections::BTreeMap;
use std::fmt;
use std::time::{Duration, Instant};

use report::Dialect;
use serde_json::{Value, json};
use shown::{printable, shorten};

use super::Method;
use crate::failure::{Failure, Kind, Result};
use crate::message::{Reply, RpcError, code};
use crate::peer::{Peer, Ticket};
use crate::profile::Start;

/// A method that no server has.
const NO_METHOD: &str = "proctor/probe";
/// How long a method that may not exist has to be answered, where nothing else tells: some servers never answer such a request.
const SILENCE: Duration = Duration::from_secs(2);
/// The same when a later request has been answered meanwhile, at least.
const OVERTAKEN: Duration = Duration::from_millis(100);
/// How much of an error is shown, in bytes.
const SHOWN: usize = 200;

/// How a request of a method was answered.
#[derive(Clone, Debug)]
pub(super) enum Answer {
    /// As one of a method that exists: the result, or an error about something else.
    Known,
    /// As one of a method that does not exist; what it said.
    Unknown(String),
    /// Not at all.
    Silent,
    /// With an error that may be about the method as well as about its parameters; what it said.
    Unclear(String),
}

impl Answer {
    pub(super) fn is_known(&self) -> bool {
        matches!(self, Self::Known)
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Known => f.write_str("it has the method"),
            Self::Unknown(said) => write!(f, "no such method: {said}"),
            Self::Silent => f.write_str("no answer"),
            Self::Unclear(said) => write!(f, "refused as a method that nobody has is: {said}"),
        }
    }
}

/// What is known of how a subject refuses what it does not have.
pub(super) struct Probe {
    /// Its answer to a method that nobody has, if it gives one.
    refusal: Option<RpcError>,
    /// A method that it has, which shows that whatever was sent before has been read.
    barrier: Option<&'static str>,
}

impl Probe {
    pub(super) async fn new(peer: &mut Peer) -> Result<Self> {
        let ticket = peer.send(NO_METHOD, json!({})).await?;
        let refusal = answered(peer, &ticket, SILENCE).await?;
        Ok(Self { refusal: refusal.and_then(|reply| reply.error().ok()), barrier: None })
    }

    /// Whether the subject has the method.
    pub(super) async fn ask(&mut self, peer: &mut Peer, method: &'static str) -> Result<Answer> {
        if let Some(listed) = self.listed(method) {
            return Ok(listed);
        }
        let ticket = peer.send(method, json!({})).await?;
        let silence = match self.barrier {
            // Where the unknown is answered, this one will be, too.
            Some(barrier) if self.refusal.is_none() => overtaken(peer, barrier).await?,
            _ => SILENCE,
        };
        let answer = match answered(peer, &ticket, silence).await? {
            Some(reply) => self.read(method, &reply),
            None => Answer::Silent,
        };
        if answer.is_known() {
            self.barrier.get_or_insert(method);
        }
        Ok(answer)
    }

    /// What the refusal of a method that nobody has says of this one, if it lists those that there are.
    fn listed(&self, method: &str) -> Option<Answer> {
        let refusal = self.refusal.as_ref()?;
        let lists = refusal.message.contains("expected one of");
        lists.then(|| match refusal.message.contains(&format!("`{method}`")) {
            true => Answer::Known,
            false => Answer::Unknown("it is not among those that it lists".to_owned()),
        })
    }

    fn read(&self, method: &str, reply: &Reply) -> Answer {
        let Ok(error) = reply.error() else { return Answer::Known };
        let said = printable(shorten(&error.to_string(), SHOWN).as_bytes(), SHOWN);
        if error.code == Some(code::METHOD_NOT_FOUND) {
            return Answer::Unknown(said);
        }
        let Some(refusal) = &self.refusal else { return Answer::Known };
        let alike = refusal.code == error.code
            && error.message.replace(method, "") == refusal.message.replace(NO_METHOD, "");
        match (alike, error.message.contains(method)) {
            (false, _) => Answer::Known,
            (true, true) => Answer::Unknown(said),
            (true, false) => Answer::Unclear(said),
        }
    }
}

/// Which of the methods the subject has; one of which it cannot be told is left out.
pub(super) async fn methods(
    peer: &mut Peer,
    methods: &[Method],
    dialects: &[Dialect],
) -> Result<BTreeMap<Dialect, BTreeMap<String, bool>>> {
    let mut found: BTreeMap<Dialect, BTreeMap<String, bool>> = BTreeMap::new();
    let mut probe = Probe::new(peer).await?;
    let wanted = methods.iter().filter(|method| dialects.contains(&method.dialect));
    let mut open = Vec::new();
    for method in wanted {
        let offered = match probe.listed(method.name) {
            Some(listed) => Some(listed.is_known()),
            None if method.asked => {
                // All at once: a subject that answers none of them is waited for only once.
                open.push((method, peer.send(method.name, json!({})).await?));
                None
            }
            None => None,
        };
        if let Some(offered) = offered {
            found.entry(method.dialect).or_default().insert(method.name.to_owned(), offered);
        }
    }
    let mut patience = SILENCE;
    for (method, ticket) in open {
        let answer = match answered(peer, &ticket, patience).await {
            Ok(Some(reply)) => {
                patience = SILENCE;
                probe.barrier.get_or_insert(method.name);
                probe.read(method.name, &reply)
            }
            Ok(None) => {
                // The others have had this time, too.
                patience = OVERTAKEN;
                Answer::Silent
            }
            // It did not survive being asked: of the rest nothing is known.
            Err(_) => break,
        };
        let offered = match answer {
            Answer::Known => true,
            Answer::Unknown(_) => false,
            // Silence says something only where it is how the unknown is met.
            Answer::Silent if probe.refusal.is_none() => false,
            Answer::Silent | Answer::Unclear(_) => continue,
        };
        found.entry(method.dialect).or_default().insert(method.name.to_owned(), offered);
    }
    if found.values().flatten().all(|(_, offered)| !offered) {
        // It stopped answering altogether.
        found.clear();
    }
    Ok(found)
}

/// Whether a request of this method, which the subject has, is answered only with `jsonrpc`.
pub(super) async fn wants_jsonrpc(peer: &mut Peer, method: &str) -> Result<bool> {
    peer.set_jsonrpc(false);
    let bare = peer.send(method, json!({})).await?;
    peer.set_jsonrpc(true);
    let silence = overtaken(peer, method).await?;
    let answer = answered(peer, &bare, silence).await?;
    // An error is an answer, unless it is about the message as such.
    let refused = answer.as_ref().and_then(|reply| reply.error().ok());
    let wants = match refused {
        Some(error) => error.code == Some(code::INVALID_REQUEST) && knows(peer, method).await?,
        None => answer.is_none(),
    };
    peer.set_jsonrpc(wants);
    Ok(wants)
}

/// Whether the method is answered with a result in the form that is set.
async fn knows(peer: &mut Peer, method: &str) -> Result<bool> {
    let ticket = peer.send(method, json!({})).await?;
    Ok(answered(peer, &ticket, SILENCE).await?.is_some_and(|reply| !reply.is_error()))
}

/// Asks for something that is answered; how long to wait from then on for what was sent before.
async fn overtaken(peer: &mut Peer, method: &str) -> Result<Duration> {
    let began = Instant::now();
    let ticket = peer.send(method, Value::Object(serde_json::Map::new())).await?;
    Ok(match answered(peer, &ticket, SILENCE).await? {
        Some(_) => (began.elapsed() * 10).clamp(OVERTAKEN, SILENCE),
        None => SILENCE,
    })
}

/// How long a process of a subject whose start costs so much has to answer a greeting that it may not take.
pub(super) fn patience(start: Start) -> Duration {
    SILENCE + Duration::from_millis(start.wall_ms) * 3
}

/// The answer, or nothing if there is none in time.
async fn answered(peer: &mut Peer, ticket: &Ticket, within: Duration) -> Result<Option<Reply>> {
    match peer.answer_within(ticket, within).await {
        Ok(reply) => Ok(Some(reply)),
        Err(failure) if failure.kind() == Kind::Timeout => Ok(None),
        Err(failure) => Err(about(failure)),
    }
}

fn about(failure: Failure) -> Failure {
    failure.within("asking the subject what it has")
}
