//! The faults of the chapter `review`: what a server can do wrong.

use crate::fault::faults;

faults! {
    /// The server announces the turn of a review with another id than the one in its answer.
    REVIEW_STARTS_UNDER_ANOTHER_ID,
    /// The server refuses to interrupt a review by the id in its answer.
    REVIEW_NOT_INTERRUPTED,
    /// The server starts the reviewer's message and does not complete it when the review is
    /// interrupted.
    REVIEWERS_MESSAGE_LEFT_OPEN,
    /// The server does not announce the end of the review mode when a review comes to nothing.
    REVIEW_NEVER_LEFT,
    /// The model does not receive the outcome of a review in the next turn.
    REVIEW_FORGOTTEN,
    /// The server accepts a review during a turn and does not run it.
    REVIEW_LOST_DURING_A_TURN,
    /// The server starts a review of nothing.
    BLANK_REVIEW_TAKEN,
    /// After a restart, the server shows a review as two turns.
    REVIEW_SPLIT_BY_A_RESTART,
    /// The server accepts a message during a review and loses it.
    WORDS_LOST_IN_A_REVIEW,
}
