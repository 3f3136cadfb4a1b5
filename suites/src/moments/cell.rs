//! One cell of the table: a kind of turn, a moment, an action, and everything that came of it.

use harness::{Moment, Reply, RpcError};
use mock_model::Request;

use super::action::Action;
use super::course::Joined;
use super::heard::Heard;
use super::kind::Staged;
use crate::client::End;

/// A moment, and whether the wait of the turn is over by then.
#[derive(Clone, Debug)]
pub(super) struct Stop {
    /// The moment.
    pub(super) moment: Moment,
    /// Whether the turn has to be let go on before it.
    pub(super) freed: bool,
}

impl Stop {
    /// A moment that says itself whether the wait is over.
    pub(super) fn new(moment: Moment) -> Self {
        Self { freed: moment.is_freed(), moment }
    }
}

/// What is tried in a cell.
#[derive(Clone, Copy, Debug)]
pub(super) struct Plan {
    /// What the client does at the moment.
    pub(super) action: Action,
    /// How the turn is brought to its end.
    pub(super) finish: Finish,
}

/// How a turn is brought to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Finish {
    /// It ends by itself.
    ByItself,
    /// The client interrupts it.
    Interrupted,
}

impl From<Action> for Plan {
    /// The action, and then the end of the turn by itself.
    fn from(action: Action) -> Self {
        Self { action, finish: Finish::ByItself }
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
    /// Whether the same request was answered again after the end of the turn, if it was repeated.
    pub(super) again: Option<bool>,
    /// The thread as it was when it was joined again, where the action had ended the subscription.
    pub(super) joined: Option<Joined>,
    /// How the turn ended; `None` if no end came.
    pub(super) end: Option<End>,
    /// How the compaction ended that the action began; `None` in it if no end came.
    pub(super) compacted: Option<Option<End>>,
    /// What came to the client since the turn was requested.
    pub(super) heard: Heard,
    /// The first request to the model with the turn's own message.
    pub(super) request: Option<Request>,
    /// The next turn in the thread.
    pub(super) next: Option<Next>,
}

/// What came of the next turn in a thread.
#[derive(Clone, Debug)]
pub(super) enum Next {
    /// A request on the way was rejected.
    Refused(&'static str, RpcError),
    /// No request to the model had its message, or it did not end.
    Silent(&'static str),
    /// The model was asked.
    Asked {
        /// The request to the model.
        request: Box<Request>,
        /// What the client had heard of the thread until then.
        before: Heard,
    },
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

    /// The cell in words.
    pub(super) fn name(&self) -> String {
        format!("{}, {}", self.plan.action.name(), self.row())
    }

    /// Whether the action was answered by a result.
    pub(super) fn is_done(&self) -> bool {
        self.reply.as_ref().is_some_and(|reply| !reply.is_error())
    }

    /// Whether the client could hear the end of the turn.
    pub(super) fn is_heard(&self) -> bool {
        self.joined.is_none()
    }

    /// What came of it, in a few words.
    pub(super) fn word(&self) -> String {
        let mut word = match &self.reply {
            None => "unanswered".to_owned(),
            Some(reply) => outcome(reply),
        };
        if self.late {
            word.push_str(" late");
        }
        word.push_str(&match (self.end, self.is_heard()) {
            (Some(end), _) => format!(", {end}"),
            (None, true) => ", no end".to_owned(),
            (None, false) => String::new(),
        });
        match &self.next {
            Some(Next::Refused(method, _)) => format!("{word}; then `{method}` refused"),
            Some(Next::Silent(what)) => format!("{word}; then {what}"),
            _ => word,
        }
    }
}

/// How a request was answered, in a word or two.
pub(super) fn outcome(reply: &Reply) -> String {
    match reply.error() {
        Ok(error) => format!("refused {}", error.code.unwrap_or_default()),
        Err(_) => "done".to_owned(),
    }
}
