//! The faults of the chapter `crowd`: what a server can do wrong.

use crate::fault::faults;

faults! {
    /// The server leaves every hundredth request of a long series without an answer.
    BURST_LEAVES_GAPS,
    /// The server drops every request that comes while 200 others wait.
    BURST_DROPPED,
    /// The server answers a request both with its result and with the error for an overload when many come at once.
    OVERLOAD_ANSWERED_TWICE,
    /// The server answers the start of every twentieth thread with the thread before it.
    STARTS_AT_ONCE_SHARE_A_THREAD,
    /// The server sends the text of a thread for another thread whose turn runs at the same time.
    DELTAS_SWAPPED,
    /// The server sends the model the last message of another thread whose turn runs at the same time.
    HISTORY_SHARED,
    /// The server keeps only ten of the messages that wait for the model.
    LONG_QUEUE_CUT,
    /// The server passes the twentieth of the messages that wait to the model twice.
    QUEUED_MESSAGE_REPEATED,
    /// The server sends the model no history of a stored conversation that it resumes beside one of its own.
    HISTORY_OF_OTHERS_LOST,
    /// The server drops what it has to send while 32 KiB wait for a client that does not read.
    LATE_READER_LOSES_ANSWERS,
    /// The server drops notifications while 32 KiB wait for a client that does not read.
    LATE_READER_LOSES_NOTIFICATIONS,
    /// The server sends the model no more than the last four messages of the user.
    HISTORY_CUT_AFTER_FOUR_TURNS,
    /// The server sends no errors any more when it has answered 1,200 requests.
    REFUSALS_LOST_IN_A_BURST,
}
