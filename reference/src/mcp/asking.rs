//! The server's own requests to its client, in a session. Whoever asks waits for the answer; nobody else does.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::{Value, json};

use super::output::Output;
use crate::fault::fault;

/// The requests that are open.
#[derive(Debug, Default)]
pub(super) struct Asking(Mutex<Asked>);

#[derive(Debug, Default)]
struct Asked {
    open: Vec<Open>,
    /// How many requests were ever sent.
    sent: u64,
}

#[derive(Debug)]
struct Open {
    id: Value,
    method: &'static str,
    /// The call that it is asked for; null if for none.
    call: Value,
    /// Whether anything else was asked of the server since.
    is_late: bool,
    answer: Sender<Outcome>,
}

/// What a client answers: a result, or an error.
pub(super) type Outcome = Result<Value, Value>;

impl Asking {
    fn lock(&self) -> MutexGuard<'_, Asked> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sends a request to the client, for a call. The answer comes through the channel, which closes if none will.
    pub(super) fn ask(
        &self,
        out: &Output,
        call: &Value,
        method: &'static str,
        params: Value,
    ) -> Receiver<Outcome> {
        let (answer, outcome) = channel();
        let mut asked = self.lock();
        asked.sent += 1;
        let id = json!(format!("ask-{}", asked.sent));
        let open = Open { id: id.clone(), method, call: call.clone(), is_late: false, answer };
        asked.open.push(open);
        drop(asked);
        out.request(&id, method, params);
        outcome
    }

    /// Takes an answer. One that nobody waits for is ignored.
    pub(super) fn answered(&self, id: &Value, outcome: Outcome) {
        let mut asked = self.lock();
        let Some(at) = asked.open.iter().position(|open| open.id == *id) else { return };
        if fault!(MCP_ANSWERS_HEARD_IN_ORDER) && at > 0 {
            return;
        }
        if fault!(MCP_LATE_ANSWER_IGNORED) && asked.open[at].is_late {
            return;
        }
        let open = asked.open.remove(at);
        let no_roots = |roots: &Value| roots["roots"].as_array().is_some_and(Vec::is_empty);
        let dies = match &outcome {
            Err(_) => fault!(MCP_DIES_OF_A_REFUSAL),
            Ok(result) if open.method == ROOTS && no_roots(result) => fault!(MCP_DIES_OF_NO_ROOTS),
            Ok(Value::Object(result)) if result.is_empty() => fault!(MCP_DIES_OF_AN_EMPTY_ANSWER),
            Ok(_) => false,
        };
        if dies {
            std::process::exit(1);
        }
        // The call may have been cancelled meanwhile.
        let _ = open.answer.send(outcome);
    }

    /// Forgets what is asked for the call with this id.
    pub(super) fn give_up(&self, call: &Value) {
        self.lock().open.retain(|open| open.call != *call);
    }

    /// Whether something is asked for the call with this id.
    pub(super) fn is_asked_for(&self, call: &Value) -> bool {
        self.lock().open.iter().any(|open| open.call == *call)
    }

    /// Takes note that the client wants something else.
    pub(super) fn overtake(&self) {
        self.lock().open.iter_mut().for_each(|open| open.is_late = true);
    }

    /// Whether a request is open.
    pub(super) fn is_open(&self) -> bool {
        !self.lock().open.is_empty()
    }

    /// Forgets all.
    pub(super) fn end(&self) {
        self.lock().open.clear();
    }
}

/// The method that asks a client for its directories.
pub(super) const ROOTS: &str = "roots/list";
