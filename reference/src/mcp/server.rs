//! The state of the server, and what it does with each kind of message.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::Value;

use super::calls::Calls;
use super::envelope::{Params, Refusal, Request, code};
use super::era::{Era, meta};
use super::logging::Log;
use super::output::Output;
use super::tasks::Tasks;
use super::tools::Lists;
use super::{legacy, methods, modern};
use crate::fault::fault;

/// The server: one for each process.
#[derive(Debug, Default)]
pub(super) struct Server {
    pub(super) out: Output,
    /// The calls that are running.
    pub(super) calls: Calls,
    pub(super) lists: Lists,
    pub(super) log: Log,
    pub(super) tasks: Tasks,
    state: Mutex<State>,
}

/// What the server knows of its client.
#[derive(Debug, Default)]
pub(super) struct State {
    /// The session, once `initialize` has opened one.
    pub(super) session: Option<legacy::Session>,
}

/// How a request is answered.
pub(super) enum Answered {
    /// At once.
    Now(Value),
    /// By the thread of a call, when it is done.
    Later,
}

impl Server {
    /// The state, for as long as the guard lives.
    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Answers a request, at once or later.
    pub(super) fn answer(self: &Arc<Self>, request: Request) {
        match self.dispatch(&request) {
            Ok(Answered::Now(result)) => self.out.result(&request.id, result),
            Ok(Answered::Later) => {}
            Err(refusal) => self.out.error(&request.id, &refusal),
        }
    }

    /// Finds the rules that the request is answered by, and applies them.
    fn dispatch(self: &Arc<Self>, request: &Request) -> Result<Answered, Refusal> {
        if fault!(MCP_FIRST_REQUEST_REFUSED) {
            return Err(Refusal::new(code::INTERNAL_ERROR, "not today"));
        }
        if modern::is_modern(self, request) {
            modern::admit(request)?;
            let answered = methods::answer(self, Era::Modern, request)?;
            return Ok(match answered {
                Answered::Now(result) => Answered::Now(modern::finished(&request.method, result)),
                Answered::Later => Answered::Later,
            });
        }
        match request.method.as_str() {
            "initialize" => legacy::initialize(self, &request.params).map(Answered::Now),
            "ping" => Ok(Answered::Now(Value::Object(Params::new()))),
            _ => {
                let era = legacy::era(self)?;
                methods::answer(self, era, request)
            }
        }
    }

    /// Takes note of a notification. Unknown ones are ignored, as the protocol demands.
    pub(super) fn hear(&self, method: &str, params: &Params) {
        if method == "notifications/cancelled"
            && let Some(id) = params.get("requestId")
        {
            self.calls.cancel(id);
        }
    }

    /// Takes the answer to a request of the server's own. None is open.
    pub(super) fn learn(&self, _id: &Value, _outcome: Result<Value, Value>) {}
}

/// Whether a request says its version itself, as those of the modern era do.
pub(super) fn says_version(request: &Request) -> bool {
    request.meta(meta::VERSION).is_some()
}
