//! One cell of the table: a kind of turn, a moment, an action, and everything that came of it.

use harness::{Moment, Reply, RpcError};
use mock_model::Request;

use super::action::Action;
use super::heard::Heard;
use super::kind::Staged;
use crate::client::End;

/// What is tried in a cell.
#[derive(Clone, Copy, Debug)]
pub(super) struct Plan {
    /// What the client does at the moment.
    pub(super) action: Action,
    /// How the turn is brought to its end.
    pub(super) finish: Finish,
    /// Whether another turn follows.
    pub(super) goes_on: bool,
}

/// How a turn is brought to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Finish {
    /// It ends by itself.
    ByItself,
    /// The client interrupts it.
    Interrupted,
}

impl Plan {
    /// The action, then the end of the turn by itself, then another turn.
    pub(super) fn new(action: Action) -> Self {
        Self { action, finish: Finish::ByItself, goes_on: true }
    }
}

/// What came of one cell.
#[derive(Debug)]
pub(super) struct Cell {
    /// The moment.
    pub(super) moment: Moment,
    /// What was tried.
    pub(super) plan: Plan,
    /// The turn.
    pub(super) staged: Staged,
    /// The answer to the action; `None` if none came.
    pub(super) reply: Option<Reply>,
    /// Whether the answer came only after the turn had been let go on.
    pub(super) late: bool,
    /// How the turn ended; `None` if it did not.
    pub(super) end: Option<End>,
    /// What came to the client until the next turn.
    pub(super) heard: Heard,
    /// The turn after it.
    pub(super) next: Option<Next>,
}

/// What came of the turn after the action.
#[derive(Debug, Default)]
pub(super) struct Next {
    /// The request that was rejected on the way, and how.
    pub(super) refused: Option<(&'static str, RpcError)>,
    /// The first request to the model with its message.
    pub(super) request: Option<Request>,
    /// How it ended; `None` if it did not.
    pub(super) end: Option<End>,
    /// What came to the client from the first turn to the end of this one.
    pub(super) heard: Heard,
}

impl Cell {
    /// The kind of the turn and the moment, as the row of the table.
    pub(super) fn row(&self) -> String {
        let row = format!("{}, {}", self.staged.kind.name(), self.moment);
        match self.plan.finish {
            Finish::ByItself => row,
            Finish::Interrupted => format!("{row}, then interrupted"),
        }
    }

    /// Whether the action was answered by a result.
    pub(super) fn is_done(&self) -> bool {
        self.reply.as_ref().is_some_and(|reply| !reply.is_error())
    }

    /// What came of it, in a few words.
    pub(super) fn word(&self) -> String {
        let mut word = match &self.reply {
            None => "unanswered".to_owned(),
            Some(reply) => match reply.error() {
                Ok(error) => format!("refused {}", error.code.unwrap_or_default()),
                Err(_) => "done".to_owned(),
            },
        };
        if self.late {
            word.push_str(" late");
        }
        word.push_str(&match self.end {
            Some(end) => format!(", {end}"),
            None => ", no end".to_owned(),
        });
        match &self.next {
            Some(next) if next.end.is_none() => word + "; the next turn fails",
            _ => word,
        }
    }
}
