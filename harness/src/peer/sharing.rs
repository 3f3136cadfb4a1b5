//! A process that several checks use one after the other: each greets it, and only the first
//! greeting is sent.

use serde_json::Value;

use crate::peer::Peer;
use crate::policy::Policies;

/// What is kept for the next check.
#[derive(Debug, Default)]
pub(super) struct Sharing {
    /// Whether the process is shared.
    on: bool,
    /// The greeting of the running process, and its answer.
    greeting: Option<(Value, Value)>,
}

impl Sharing {
    /// The process has ended.
    pub(super) fn end(&mut self) {
        self.greeting = None;
    }
}

impl Peer {
    /// From now on, checks share the process.
    pub(crate) fn share(&mut self) {
        self.sharing.on = true;
    }

    /// Ends what a check has set for the process that it shares with the next one, which takes
    /// nothing that came before.
    pub(crate) fn hand_on(&mut self) {
        self.policies = Policies::default();
        if let Some(running) = &self.running {
            running.inbox.forget();
        }
    }

    /// The answer to this greeting, if the running process has had it from an earlier check.
    pub(crate) fn greeted(&self, params: &Value) -> Option<Value> {
        let (sent, answer) = self.sharing.greeting.as_ref()?;
        (sent == params).then(|| answer.clone())
    }

    /// Keeps the answer to a greeting for the next check.
    pub(crate) fn keep_greeting(&mut self, params: Value, answer: &Value) {
        self.sharing.greeting = self.sharing.on.then(|| (params, answer.clone()));
    }
}
