//! Requests of the server for an approval: keep them, wait for one, answer it.

use harness::Call;
use harness::Kind;
use harness::Policy;
use harness::{Context, Result};
use serde_json::json;

use super::{Client, PROTOCOLS, Protocol, v2};

/// How a request for approval is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Run it.
    Accept,
    /// Run it, and do not ask again for the like.
    AcceptForSession,
    /// Do not run it; the turn goes on.
    Deny,
    /// Do not run it; the turn ends.
    Abort,
}

/// A server may ask in either dialect, whichever the check speaks: the one in which this request
/// asks for an approval, if it does.
fn dialect_of(call: &Call) -> Option<&'static Protocol> {
    call.id.as_ref()?;
    PROTOCOLS.into_iter().find(|protocol| protocol.approvals.contains(&call.method.as_str()))
}

impl Client<'_> {
    /// Answers every request for approval with this decision, from now on.
    pub fn decide(&mut self, decision: Decision) {
        for protocol in PROTOCOLS {
            let word = (protocol.decision)(decision);
            for method in protocol.approvals {
                let answer = Policy::Result(json!({ "decision": word }));
                self.cx.peer.set_policy(method, answer);
            }
        }
    }

    /// Keeps every request for approval, for [`Client::approval`].
    pub fn hold_approvals(&mut self) {
        for method in PROTOCOLS.into_iter().flat_map(|protocol| protocol.approvals) {
            self.cx.peer.hold(method);
        }
    }

    /// Waits for the next request for approval, of a command or of a patch; see
    /// [`Client::hold_approvals`].
    pub async fn approval(&mut self) -> Result<Call> {
        let is_request = |call: &Call| dialect_of(call).is_some();
        match self.cx.peer.next_matching("a request for approval", is_request).await {
            // The wait was in vain since there is nothing left to ask for: that is the news.
            Err(failure) if failure.kind() == Kind::Timeout => Err(match ended_unasked(self.cx) {
                Some(end) => failure.since(
                    "whether the subject asks before it does what the model wants",
                    "a request for approval",
                    format!("the turn ended (`{end}`) without one"),
                ),
                None => failure,
            }),
            asked => asked,
        }
    }

    /// Answers a request for approval that was kept.
    pub async fn answer(&mut self, request: &Call, decision: Decision) -> Result {
        let protocol = dialect_of(request).unwrap_or(&v2::PROTOCOL);
        let word = (protocol.decision)(decision);
        self.cx.peer.respond(request, json!({ "decision": word })).await
    }
}

/// The end of a turn that came after the last thing that we said.
fn ended_unasked(cx: &Context) -> Option<String> {
    let transcript = cx.peer.transcript()?;
    let last = transcript.entries().iter().rposition(|entry| !entry.is_from_subject())?;
    let mut calls = cx.peer.calls_since(last).into_iter();
    calls.find(is_turn_end).map(|call| call.method)
}

/// Whether this announces the end of a turn, in either dialect.
pub(crate) fn is_turn_end(call: &Call) -> bool {
    ["turn/completed", "codex/event/task_complete", "codex/event/turn_aborted"]
        .contains(&call.method.as_str())
}
