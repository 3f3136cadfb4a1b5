//! Finds out whether a subject has a method: sends a request without parameters, and compares the
//! error with the one for an unknown method.

use std::collections::BTreeMap;
use std::fmt;
use std::time::{Duration, Instant};

use report::Dialect;
use serde_json::{Value, json};
use shown::{printable, shorten};

use super::Method;
use crate::failure::{Failure, Kind, Result};
use crate::message::{Reply, code};
use crate::no_such_method::NoSuchMethod;
use crate::peer::{Peer, Ticket};
use crate::profile::Start;

/// How long a method that may not exist has to be answered where there is no better evidence: some
/// servers never answer such a request.
pub(super) const SILENCE: Duration = Duration::from_secs(2);
/// The least time it has after a later request has been answered.
const OVERTAKEN: Duration = Duration::from_millis(100);
/// The number of bytes of an error that are shown.
const SHOWN: usize = 200;

/// The kind of answer to a request.
#[derive(Clone, Debug)]
pub(super) enum Answer {
    /// A result, or an error about something other than the method.
    Known,
    /// An error that the method does not exist; its text.
    Unknown(String),
    /// No answer.
    Silent,
    /// An error that may be about the method or about its parameters; its text.
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
            Self::Unclear(said) => write!(f, "refused like an unknown method: {said}"),
        }
    }
}

/// How a subject answers requests of unknown methods.
pub(super) struct Probe {
    /// Its answer to an unknown method, if it gives one.
    refusal: Option<NoSuchMethod>,
    /// Whether it gives a result to a method that no server has: then no answer says anything.
    pub(super) grants_all: bool,
    /// Whether its greeting was one of the Model Context Protocol.
    is_mcp: bool,
    /// A method that it has: the answer to it shows that earlier requests have been read.
    barrier: Option<&'static str>,
}

impl Probe {
    /// Asks for an unknown method; `barrier` is a method that the subject is known to have.
    pub(super) async fn new(peer: &mut Peer, barrier: Option<&'static str>) -> Result<Self> {
        let ticket = peer.send(NoSuchMethod::NAME, json!({})).await?;
        let silence = match barrier {
            Some(barrier) => overtaken(peer, barrier).await?,
            None => SILENCE,
        };
        let refusal = answered(peer, &ticket, silence).await?;
        let grants_all = refusal.as_ref().is_some_and(|reply| !reply.is_error());
        let refusal = refusal.and_then(|reply| reply.error().ok()).map(NoSuchMethod::new);
        if let (Some(record), Some(refusal)) = (&peer.settings().coverage, &refusal) {
            record.refused(refusal.message());
        }
        Ok(Self { refusal, grants_all, is_mcp: barrier.is_some(), barrier })
    }

    /// Whether the subject has the method.
    pub(super) async fn ask(&mut self, peer: &mut Peer, method: &'static str) -> Result<Answer> {
        if let Some(listed) = self.listed(method) {
            return Ok(listed);
        }
        let ticket = peer.send(method, json!({})).await?;
        let silence = match self.barrier {
            // Where an unknown method is answered, this one will be answered too.
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

    /// Whether the subject has the method, if its error for an unknown method lists the known ones.
    fn listed(&self, method: &str) -> Option<Answer> {
        let mut listed = self.refusal.as_ref()?.listed().peekable();
        listed.peek()?;
        Some(if listed.any(|name| name == method) {
            Answer::Known
        } else {
            Answer::Unknown("the server's list of methods does not have it".to_owned())
        })
    }

    fn read(&self, method: &str, reply: &Reply) -> Answer {
        let Ok(error) = reply.error() else {
            // An answer that is both a result and an error, or neither, does not make a server of the
            // Model Context Protocol one of the other protocol.
            let is_clear = !self.is_mcp || reply.result().is_ok();
            return if is_clear {
                Answer::Known
            } else {
                Answer::Unclear("no clear answer".to_owned())
            };
        };
        let said = printable(shorten(&error.to_string(), SHOWN).as_bytes(), SHOWN);
        if error.code == Some(code::METHOD_NOT_FOUND) {
            return Answer::Unknown(said);
        }
        let Some(refusal) = &self.refusal else { return Answer::Known };
        match (refusal.is_said_of(method, reply), error.message.contains(method)) {
            (false, _) => Answer::Known,
            (true, true) => Answer::Unknown(said),
            (true, false) => Answer::Unclear(said),
        }
    }
}

/// For each method, whether the subject has it; undecided methods are left out.
pub(super) async fn methods(
    peer: &mut Peer,
    methods: &[Method],
    dialects: &[Dialect],
) -> Result<BTreeMap<Dialect, BTreeMap<String, bool>>> {
    let mut found: BTreeMap<Dialect, BTreeMap<String, bool>> = BTreeMap::new();
    let mut probe = Probe::new(peer, None).await?;
    let wanted = methods.iter().filter(|method| dialects.contains(&method.dialect));
    let mut open = Vec::new();
    for method in wanted {
        let offered = match probe.listed(method.name) {
            Some(listed) => Some(listed.is_known()),
            None if method.asked => {
                // All at once, so that a subject that answers none of them costs only one wait.
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
                // The others have had this time too.
                patience = OVERTAKEN;
                Answer::Silent
            }
            // The subject did not survive the request: nothing is known of the other methods.
            Err(_) => break,
        };
        let offered = match answer {
            Answer::Known => true,
            Answer::Unknown(_) => false,
            // Silence is evidence only if unknown methods are answered with silence.
            Answer::Silent if probe.refusal.is_none() => false,
            Answer::Silent | Answer::Unclear(_) => continue,
        };
        found.entry(method.dialect).or_default().insert(method.name.to_owned(), offered);
    }
    if found.values().flatten().all(|(_, offered)| !offered) {
        // The subject stopped answering altogether.
        found.clear();
    }
    Ok(found)
}

/// Whether requests of this known method are answered only with `jsonrpc`.
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

/// Whether the method is answered with a result in the present form of messages.
async fn knows(peer: &mut Peer, method: &str) -> Result<bool> {
    let ticket = peer.send(method, json!({})).await?;
    Ok(answered(peer, &ticket, SILENCE).await?.is_some_and(|reply| !reply.is_error()))
}

/// Sends a request that will be answered; returns how long to wait from then on for the earlier
/// one.
async fn overtaken(peer: &mut Peer, method: &str) -> Result<Duration> {
    let began = Instant::now();
    let ticket = peer.send(method, Value::Object(serde_json::Map::new())).await?;
    Ok(match answered(peer, &ticket, SILENCE).await? {
        Some(_) => (began.elapsed() * 10).clamp(OVERTAKEN, SILENCE),
        None => SILENCE,
    })
}

/// How long a process of a subject with this cost of a start has to answer a greeting that it may
/// ignore.
pub(super) fn patience(start: Start) -> Duration {
    SILENCE + Duration::from_millis(start.wall_ms) * 3
}

/// The answer, or `None` if there is none in time.
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
