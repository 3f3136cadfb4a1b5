//! The state of the server, and what it does with each kind of message.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::Value;

use super::asking::{Asking, ROOTS};
use super::calls::Calls;
use super::envelope::{Params, Refusal, Request, code};
use super::era::{self, Era, meta};
use super::logging::Log;
use super::output::Output;
use super::subscriptions::Subscriptions;
use super::tasks::Tasks;
use super::tools::Lists;
use super::{codex, legacy, methods, modern, questions};
use crate::fault::fault;
use crate::variant::variant;

/// The server: one for each process.
#[derive(Debug, Default)]
pub(super) struct Server {
    pub(super) out: Output,
    /// The calls that are running.
    pub(super) calls: Calls,
    pub(super) lists: Lists,
    pub(super) log: Log,
    pub(super) tasks: Tasks,
    /// The conversations with the model.
    pub(super) conversations: codex::Conversations,
    /// What the server asked its client.
    pub(super) asking: Asking,
    /// What clients without a session listen to.
    pub(super) subscriptions: Subscriptions,
    state: Mutex<State>,
}

/// What the server knows of its client.
#[derive(Debug, Default)]
pub(super) struct State {
    /// The session, once `initialize` has opened one.
    pub(super) session: Option<legacy::Session>,
    /// How many requests came.
    requests: u64,
    /// Whether the client has subscribed to a resource.
    pub(super) is_subscribed: bool,
    /// What is not to be kept of requests without a session.
    pub(super) memory: modern::Memory,
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
        if self.is_lost(&request) || self.is_deaf(&request) {
            return;
        }
        self.asking.overtake();
        if variant!(MCP_NOTIFIES_BEFORE_THE_FIRST_ANSWER) && request.method == "initialize" {
            self.out.notify("notifications/tools/list_changed", Value::Object(Params::new()));
        }
        let dispatched = self.dispatch(&request);
        if variant!(MCP_LISTS_ARE_ANSWERED_LATE) && request.method.ends_with("/list") {
            let server = Arc::clone(self);
            std::thread::spawn(move || {
                server.calls.begin(&Value::Null).lasts(Duration::from_millis(2));
                server.send(&request, dispatched);
            });
            return;
        }
        self.send(&request, dispatched);
    }

    /// Whether the request is never answered, which is always wrong.
    fn is_lost(&self, request: &Request) -> bool {
        let mut state = self.state();
        state.requests += 1;
        if fault!(MCP_EXITS_AT_A_LARGE_ID) && request.id.as_i64().is_some_and(|id| id > 1 << 53) {
            std::process::exit(0);
        }
        if fault!(MCP_DEAF_AFTER_A_PROBE) && request.method == "initialize" && state.requests > 1 {
            return true;
        }
        if fault!(MCP_LOSES_ONE_OF_MANY) && state.requests.is_multiple_of(100) {
            return true;
        }
        fault!(MCP_DROPS_AN_ANSWER) && request.method == "tools/list"
    }

    /// Sends what a request is answered with.
    fn send(&self, request: &Request, dispatched: Result<Answered, Refusal>) {
        match dispatched {
            Ok(Answered::Now(result)) => self.out.result(&request.id, result),
            Ok(Answered::Later) => {}
            Err(refusal)
                if fault!(MCP_SILENT_FOR_UNKNOWN_METHODS)
                    && refusal.code == code::METHOD_NOT_FOUND => {}
            Err(mut refusal) => {
                if fault!(MCP_UNKNOWN_METHOD_IS_ERROR_1) && refusal.code == code::METHOD_NOT_FOUND {
                    refusal.code = 1;
                }
                self.out.error(&request.id, &refusal);
            }
        }
    }

    /// Whether the server is too busy with its own question, or with a subscription, to answer.
    fn is_deaf(&self, request: &Request) -> bool {
        let is_call = request.method == "tools/call";
        self.asking.is_open()
            && (fault!(MCP_DEAF_WHILE_IT_ASKS)
                || is_call && fault!(MCP_CALLS_NOTHING_WHILE_IT_ASKS))
            || self.subscriptions.is_open() && fault!(MCP_LISTEN_BLOCKS)
    }

    /// Finds the rules that the request is answered by, and applies them.
    fn dispatch(self: &Arc<Self>, request: &Request) -> Result<Answered, Refusal> {
        if fault!(MCP_FIRST_REQUEST_REFUSED) {
            return Err(Refusal::new(code::INTERNAL_ERROR, "not today"));
        }
        if modern::is_modern(self, request) {
            modern::admit(self, request)?;
            if fault!(MCP_ASKS_WITHOUT_A_SESSION) {
                drop(self.asking.ask(&self.out, &Value::Null, ROOTS, Value::Null));
            }
            let answered = methods::answer(self, Era::Modern, request)?;
            return Ok(match answered {
                Answered::Now(result) => Answered::Now(modern::finished(&request.method, result)),
                Answered::Later => Answered::Later,
            });
        }
        match request.method.as_str() {
            "initialize" if fault!(MCP_INITIALIZE_REFUSED_WITHOUT_VERSIONS) => {
                Err(Refusal::method("initialize"))
            }
            "initialize" if !era::has_sessions() => {
                let asked = request.params.get("protocolVersion").unwrap_or(&Value::Null);
                Err(modern::unsupported(asked))
            }
            "initialize" => legacy::initialize(self, &request.params).map(Answered::Now),
            "ping" => legacy::ping(self).map(Answered::Now),
            _ => {
                let era = legacy::era(self)?;
                methods::answer(self, era, request)
            }
        }
    }

    /// Takes note of a notification. Unknown ones are ignored, as the protocol demands.
    pub(super) fn hear(&self, method: &str, params: &Params) {
        if fault!(MCP_NOTIFICATION_IS_ANSWERED) {
            self.out.error_without_id(&Refusal::method(method));
        }
        match method {
            "notifications/cancelled" => {
                if let Some(id) = params.get("requestId") {
                    self.cancel(id);
                }
            }
            "notifications/initialized" => {
                legacy::opened(self);
                questions::roots(self);
            }
            "notifications/roots/list_changed" => {
                if fault!(MCP_DIES_OF_CHANGED_ROOTS) {
                    std::process::exit(1);
                }
                if fault!(MCP_ANSWERS_CHANGED_ROOTS) {
                    self.out.error_without_id(&Refusal::method(method));
                }
                questions::roots(self);
            }
            _ if fault!(MCP_EXITS_AT_AN_UNKNOWN_NOTIFICATION) => std::process::exit(0),
            _ => {}
        }
    }

    /// Ends what the request with this id began.
    fn cancel(&self, id: &Value) {
        self.subscriptions.cancel(&self.out, id);
        if fault!(MCP_CANCELLED_QUESTION_ANSWERED) && self.asking.is_asked_for(id) {
            return;
        }
        self.calls.cancel(id);
        self.asking.give_up(id);
    }

    /// Takes the answer to a request of the server's own.
    pub(super) fn learn(&self, id: &Value, outcome: Result<Value, Value>) {
        if fault!(MCP_EXITS_AT_AN_UNKNOWN_ANSWER) && !self.asking.is_open() {
            std::process::exit(0);
        }
        self.asking.answered(id, outcome);
    }

    /// Ends everything that still runs.
    pub(super) fn end(&self) {
        self.calls.end();
        self.asking.end();
    }
}

/// Whether a request says its version itself, as those of the modern era do.
pub(super) fn says_version(request: &Request) -> bool {
    request.meta(meta::VERSION).is_some()
}
