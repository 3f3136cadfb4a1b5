//! What many checks need, found out once before they run: a check that grants a need is tried, and what it finds missing is
//! asked of the subject by no other.

use futures_util::future::join_all;
use report::Dialect;
use shown::{one_line, shorten};

use crate::check::{Check, all};
use crate::context::Context;
use crate::failure::{Failure, Kind};
use crate::message::{Id, Message, RpcError, code};
use crate::peer::Ended;
use crate::profile::{Gate, MODEL, Profile};
use crate::run::converse;
use crate::subject::Examined;
use crate::transcript::Transcript;

/// How much of what the subject did instead is told, in bytes.
const SHOWN: usize = 200;

/// The checks that grant something in this dialect, in the order in which they are written: a later one may need an earlier.
fn granting(examined: &Examined, dialect: Dialect) -> Vec<&'static Check> {
    let mut granting: Vec<_> = all()
        .into_iter()
        .filter(|check| !check.grants.is_empty())
        .filter(|check| check.applies_in(dialect).is_some())
        .filter(|check| check.exempts(dialect, examined.profile.release).is_none())
        .collect();
    granting.sort_by_key(|check| (check.file, check.line));
    granting
}

/// Adds to the profile what the subject does not do of what checks in these dialects need, and the tools that it offers the
/// model.
pub async fn find(examined: &mut Examined, dialects: impl IntoIterator<Item = Dialect>) {
    for dialect in dialects {
        let granting = granting(examined, dialect);
        // Nearly always all of them hold, and then the order does not matter.
        let here: &Examined = examined;
        let tries = join_all(granting.iter().map(|check| attempt(here, check, dialect))).await;
        let mut failed = Vec::new();
        for (check, tried) in granting.into_iter().zip(tries) {
            let holds = tried.failure.is_none();
            tried.tell(&mut examined.profile);
            failed.extend((!holds).then_some(check));
        }
        // What failed may have failed for want of what comes before it.
        for check in failed {
            let tried = attempt(examined, check, dialect).await;
            let missing = tried.missing();
            tried.tell(&mut examined.profile);
            let Some(why) = missing else { continue };
            let known = examined.profile.missing.entry(dialect).or_default();
            for need in check.grants {
                known.entry((*need).to_owned()).or_insert_with(|| why.clone());
            }
            if check.grants.contains(&MODEL) {
                examined.profile.asks_model.get_or_insert(false);
            }
        }
    }
}

/// What came of one try.
struct Tried {
    failure: Option<Failure>,
    /// The tools in its first request to the model, if it came to one.
    tools: Option<Vec<String>>,
}

impl Tried {
    /// What the subject did instead of what is needed; nothing if it was for want of something else.
    fn missing(&self) -> Option<String> {
        let failure = self.failure.as_ref()?;
        let own = failure.parts().need.is_none() && failure.kind() != Kind::NotOffered;
        own.then(|| why(failure))
    }

    fn tell(self, profile: &mut Profile) {
        if let (Some(tools), false) = (self.tools, profile.asks_model == Some(true)) {
            (profile.asks_model, profile.tools) = (Some(true), tools);
        }
    }
}

async fn attempt(examined: &Examined, check: &'static Check, dialect: Dialect) -> Tried {
    let mut cx = match Context::new(examined, dialect, check.grants).await {
        Ok(cx) => cx,
        // The machine's fault: the checks themselves will say so.
        Err(_) => return Tried { failure: None, tools: None },
    };
    let result = converse(&mut cx, check, examined.subject.settings.check).await;
    let asked = cx.model.requests();
    let tools =
        asked.first().map(|request| request.tools().into_iter().map(str::to_owned).collect());
    let gate = cx.peer.gate().clone();
    let ended = cx.finish().await;
    Tried { failure: result.err().map(|failure| folded(&gate, failure, &ended)), tools }
}

/// What the subject does in the place of what is needed, to stand behind its name.
fn why(failure: &Failure) -> String {
    let parts = failure.parts();
    let told = match failure.kind() {
        Kind::Timeout => {
            format!("does not come ({}, {}: {})", parts.what, parts.expected, parts.observed)
        }
        Kind::Closed => format!("ends the connection ({})", parts.observed),
        _ => format!("fails ({}: {})", parts.what, parts.observed),
    };
    shorten(&one_line(&told), SHOWN).to_owned()
}

/// The failure of a check as it is where the subject is known not to do what the check relied on: what could not be told.
///
/// A check that was refused what it needs, or waited for it in vain, says nothing of its own requirement.
pub(crate) fn folded(gate: &Gate, failure: Failure, ended: &[Ended]) -> Failure {
    if matches!(failure.kind(), Kind::Inconclusive | Kind::NotOffered) {
        return failure;
    }
    for process in ended {
        for (method, answer) in ungranted(&process.transcript) {
            if let Some(why) = gate.missing(method) {
                let otherwise = format!("otherwise  {}", failure.line());
                return Failure::unmet(method, why).note(otherwise);
            }
            if gate.is_unsure(method) && answer == Some(code::METHOD_NOT_FOUND) {
                return Failure::not_offered(method);
            }
        }
    }
    failure
}

/// The requests of ours that got no result: the method, and the code of the error if there was one.
fn ungranted(transcript: &Transcript) -> Vec<(&str, Option<i64>)> {
    let mut open: Vec<(&Id, &str, Option<i64>)> = Vec::new();
    for entry in transcript.entries() {
        match &entry.message {
            Message::Request { id, method } if !entry.is_from_subject() => {
                open.push((id, method, None));
            }
            Message::Response { id } if entry.is_from_subject() => {
                open.retain(|(asked, ..)| asked != &id);
            }
            Message::Error { id } if entry.is_from_subject() => {
                let error = entry.value.as_ref().map(|value| RpcError::of(&value["error"]));
                for (asked, _, code) in &mut open {
                    if *asked == id {
                        *code = error.as_ref().and_then(|error| error.code);
                    }
                }
            }
            _ => {}
        }
    }
    open.into_iter().map(|(_, method, code)| (method, code)).collect()
}
