//! The faults of the chapter `compact`: what a server can do wrong.

use crate::fault::faults;

faults! {
    /// The server does not complete the item of a compaction that is interrupted or fails.
    COMPACTION_LEFT_OPEN,
    /// The server accepts a compaction during a turn and does not run it.
    COMPACTION_LOST_DURING_A_TURN,
    /// The server asks for a summary and sends the model everything all the same.
    COMPACTION_KEEPS_EVERYTHING,
    /// A compaction drops the messages of the user.
    COMPACTION_DROPS_WHAT_THE_USER_SAID,
    /// The server does not announce the start of the turn of a compaction.
    COMPACTION_STARTS_UNTOLD,
    /// The server does not store a compaction.
    COMPACTION_NOT_STORED,
    /// A fresh server ignores a stored compaction.
    COMPACTION_UNREAD,
    /// The server forgets the conversation when a compaction fails.
    FAILED_COMPACTION_FORGETS,
    /// A second compaction keeps the summary of the first.
    SUMMARIES_STACK_UP,
    /// The server accepts a message during a compaction and loses it.
    WORDS_LOST_IN_A_COMPACTION,
}
