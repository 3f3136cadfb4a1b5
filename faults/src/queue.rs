//! The faults of the chapter `queue`: what a server can do wrong with messages that wait.

use crate::fault::faults;

faults! {
    /// The server runs the message first that was queued last.
    QUEUE_IS_A_STACK,
    /// The server does not run queued messages after a turn.
    QUEUE_NEVER_RUNS,
    /// The server shows a queued message without the id of the client.
    QUEUED_IDS_LOST,
    /// The server runs a message that is queued in an idle thread only after another turn.
    IDLE_THREAD_LETS_THE_QUEUE_WAIT,
    /// The server runs a queued message after a turn that was interrupted.
    QUEUE_RUNS_AFTER_AN_INTERRUPT,
    /// The server accepts the start of a queue and starts no turn.
    QUEUE_STARTS_WITHOUT_A_TURN,
    /// The server keeps the order of a queue that was reordered.
    QUEUE_ORDER_STAYS,
    /// The server keeps the text of a queued message that was edited.
    QUEUED_TEXT_STAYS,
    /// The server runs a queued message that was deleted.
    DELETED_MESSAGE_RUNS,
    /// The server accepts an order of a queue that leaves messages out, and loses them.
    REORDER_LOSES_MESSAGES,
    /// The server does not announce changes of a queue.
    QUEUE_CHANGES_UNANNOUNCED,
    /// The server queues a message without input.
    QUEUE_TAKES_NOTHING,
    /// The server accepts a message for the queue of an unknown thread.
    QUEUE_OF_NO_THREAD,
    /// The server does not store a queue.
    QUEUE_NOT_STORED,
}
