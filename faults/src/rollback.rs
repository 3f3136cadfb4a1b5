//! The faults of the chapter `rollback`: what a server can do wrong.

use crate::fault::faults;

faults! {
    /// The model still receives the turns that were rolled back.
    MODEL_KNOWS_ROLLED_BACK_TURNS,
    /// The server still shows the turns that were rolled back.
    ROLLED_BACK_TURNS_SHOWN,
    /// The server does not store a rollback.
    ROLLBACK_NOT_STORED,
    /// The server rolls back a turn with two messages up to the second message only.
    STEERED_TURN_HALF_ROLLED_BACK,
    /// A fresh server ignores all stored rollbacks of a thread but the first.
    SECOND_ROLLBACK_UNREAD,
    /// A rollback in a fork also rolls back the original.
    ROLLBACK_REACHES_THE_ORIGINAL,
    /// The model still receives the summary of a compaction that was rolled back.
    SUMMARY_OUTLIVES_ITS_TURN,
    /// The server refuses to revert to the turn of a review.
    REVIEW_NOT_REVERTED,
    /// The server accepts a rollback of no turn.
    NO_TURN_ROLLED_BACK,
    /// The server accepts a revert to an unknown turn.
    UNKNOWN_TURN_REVERTED,
    /// A page of turns or items repeats the last one of the previous page.
    HISTORY_PAGES_OVERLAP,
}
