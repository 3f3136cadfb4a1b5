//! Features that many checks need, tested once before the checks run: a check that grants a feature
//! is run, and if it fails, checks that need the feature do not try it again.

use futures_util::future::join_all;
use report::Dialect;
use shown::{one_line, shorten};

use crate::check::{Check, all};
use crate::context::Context;
use crate::coverage::Tally;
use crate::failure::{Failure, Kind};
use crate::message::{Id, Message, RpcError, code};
use crate::peer::Ended;
use crate::profile::{Gate, MODEL, Profile};
use crate::run::converse;
use crate::subject::Examined;
use crate::transcript::Transcript;

/// The number of bytes that are shown of what the subject did instead.
const SHOWN: usize = 200;

/// The checks that grant something in this dialect, in source order: a later one may need an
/// earlier.
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

/// Adds to the profile the features that checks in these dialects need and the subject lacks, and
/// the tools that it offers the model.
pub async fn find(examined: &mut Examined, dialects: impl IntoIterator<Item = Dialect>) {
    // In the Model Context Protocol there is one such feature, and discovery has tried it.
    for dialect in dialects.into_iter().filter(|dialect| !dialect.is_mcp()) {
        let granting = granting(examined, dialect);
        // Nearly always all of them pass, and then the order does not matter.
        let here: &Examined = examined;
        let tries = join_all(granting.iter().map(|check| attempt(here, check, dialect))).await;
        let mut failed = Vec::new();
        for (check, tried) in granting.into_iter().zip(tries) {
            let holds = tried.failure.is_none();
            tried.record(&mut examined.profile);
            failed.extend((!holds).then_some(check));
        }
        // A check may have failed because an earlier feature is missing.
        for check in failed {
            let tried = attempt(examined, check, dialect).await;
            let missing = tried.missing();
            tried.record(&mut examined.profile);
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

/// The result of one try.
struct Tried {
    failure: Option<Failure>,
    /// The tools in its first request to the model, if there was one.
    tools: Option<Vec<String>>,
}

impl Tried {
    /// What the subject did in place of the feature; `None` if the check failed for another reason.
    fn missing(&self) -> Option<String> {
        let failure = self.failure.as_ref()?;
        let own = failure.parts().need.is_none() && failure.kind() != Kind::NotOffered;
        own.then(|| why(failure))
    }

    fn record(self, profile: &mut Profile) {
        if let (Some(tools), false) = (self.tools, profile.asks_model == Some(true)) {
            (profile.asks_model, profile.tools) = (Some(true), tools);
        }
    }
}

async fn attempt(examined: &Examined, check: &'static Check, dialect: Dialect) -> Tried {
    let mut cx = match Context::new(examined, dialect, check.grants).await {
        Ok(cx) => cx,
        // The machine is at fault: the checks themselves will report that.
        Err(_) => return Tried { failure: None, tools: None },
    };
    // It may be none of the checks of the run, and only what those touch is noted.
    cx.peer.set_tally(Tally::default());
    let result = converse(&mut cx, check, examined.subject.settings.check).await;
    let asked = cx.model.requests();
    let tools =
        asked.first().map(|request| request.tools().into_iter().map(str::to_owned).collect());
    let gate = cx.peer.gate().clone();
    let ended = cx.finish().await;
    Tried { failure: result.err().map(|failure| folded(&gate, failure, &ended)), tools }
}

/// What the subject does instead, as a phrase that follows the name of the feature.
pub(crate) fn why(failure: &Failure) -> String {
    let parts = failure.parts();
    let what = match failure.kind() {
        Kind::Timeout => {
            format!("does not come ({}, {}: {})", parts.what, parts.expected, parts.observed)
        }
        Kind::Closed => format!("ends the connection ({})", parts.observed),
        _ => format!("fails ({}: {})", parts.what, parts.observed),
    };
    shorten(&one_line(&what), SHOWN).to_owned()
}

/// The failure of a check on a subject that is known to lack a feature which the check needs:
/// inconclusive.
///
/// If the check was denied the feature, or waited for it in vain, it says nothing about its own
/// requirement.
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

/// Our requests that got no result: the method, and the code of the error if there was one.
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
