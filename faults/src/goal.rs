//! The faults of the chapter `goal`: what a server can do wrong with the goal of a thread.

use crate::fault::faults;

faults! {
    /// The server forgets what an update of a goal leaves out.
    GOAL_UPDATE_FORGETS,
    /// The server keeps the budget of a goal that an update sets to null.
    NULL_KEEPS_THE_BUDGET,
    /// The server does not announce a changed goal.
    GOAL_UNANNOUNCED,
    /// The server does not store the goal of a thread.
    GOAL_NOT_STORED,
    /// The server keeps a goal that was cleared.
    GOAL_NOT_CLEARED,
    /// The server reports that it cleared a goal that was not there.
    GOAL_CLEARED_AGAIN,
    /// The server does not announce that a goal was cleared.
    GOAL_CLEARED_UNANNOUNCED,
    /// The server accepts a goal with a blank objective.
    GOAL_WITHOUT_OBJECTIVE,
    /// The server accepts a goal with a budget of no tokens.
    GOAL_WITHOUT_BUDGET,
    /// The server accepts a goal for an unknown thread.
    GOAL_OF_NO_THREAD,
    /// The server starts a turn for a goal that is paused.
    PAUSED_GOAL_STARTS_A_TURN,
    /// The server does not start a turn for an active goal.
    ACTIVE_GOAL_STARTS_NO_TURN,
    /// The server does not send the model the objective of a goal.
    OBJECTIVE_NOT_SENT,
    /// The server goes on with a goal whose budget is spent.
    GOAL_IGNORES_ITS_BUDGET,
    /// The server does not report the tokens that it spent on a goal.
    SPENT_TOKENS_NOT_COUNTED,
}
