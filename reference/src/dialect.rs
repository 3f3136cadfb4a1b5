//! What the core asks of a dialect: how to say what happens in a thread, and how to put a question.

use std::fmt;

use serde_json::Value;

use crate::approvals::{Decision, Question};
use crate::events::Event;
use crate::server::Server;
use crate::threads::{Face, Thread};

/// One way of speaking to clients.
pub(crate) trait Dialect: fmt::Debug {
    /// Tells the clients of a thread what has happened in it.
    fn tell(&self, server: &Server, thread: &Thread, turn: &str, event: &Event<'_>);

    /// Tells, in the middle of a turn, what some releases tell and others do not.
    fn tell_besides(&self, server: &Server, thread: &Thread, turn: &str);

    /// The request that puts a question: its method and its parameters.
    fn request(
        &self,
        thread: &Thread,
        turn: &str,
        question: &Question<'_>,
    ) -> (&'static str, Value);

    /// Tells what goes before that request, if anything does.
    fn announce(&self, server: &Server, thread: &Thread, turn: &str, question: &Question<'_>);

    /// What the word in an answer means.
    fn decision(&self, word: &Value) -> Decision;
}

/// The dialects that are spoken.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Dialects {
    pub(crate) v1: &'static dyn Dialect,
    pub(crate) v2: &'static dyn Dialect,
}

impl Dialects {
    /// The one that a turn was asked for in.
    pub(crate) fn of(&self, face: Face) -> &'static dyn Dialect {
        match face {
            Face::V1 => self.v1,
            Face::V2 => self.v2,
        }
    }
}
