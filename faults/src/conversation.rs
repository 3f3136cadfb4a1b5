//! What a server can do wrong of the chapter `conversation`.

use crate::fault::faults;

faults! {
    /// A request that is refused is answered a second time, with an id that nobody sent.
    REFUSALS_ANSWERED_TWICE,
    /// The code of an error is a text.
    ERROR_CODE_QUOTED,
    /// An answer with an error has a result, too.
    RESULT_BESIDE_ERROR,
    /// All requests of the server have the same id.
    REQUEST_IDS_REPEAT,
    /// A thread panics at a request that cannot be decoded; the server goes on.
    PANICS_QUIETLY,
    /// Every message carries a `jsonrpc` member.
    VERSION_MEMBER_SENT,
    /// Deltas are told a second time under the id of a thread that does not exist.
    EVENTS_UNDER_ANOTHER_ID,
    /// Every request is answered twice.
    ANSWERS_TWICE,
    /// A line of text is written to stdout at the start.
    BANNER_ON_STDOUT,
    /// The server reports its start to a host on the network.
    PHONES_HOME,
    /// The end of a task is told twice.
    TASK_COMPLETES_TWICE,
    /// The end of a turn is told twice.
    TURN_COMPLETES_TWICE,
    /// The end of an item is told whose start was not.
    ITEM_WITHOUT_A_START,
    /// The end of an item is told twice.
    ITEM_COMPLETES_TWICE,
    /// The first piece of a message that is streamed gets lost.
    FIRST_DELTA_LOST,
    /// An item begins after the end of its turn.
    ITEM_AFTER_THE_END,
}
