//! The faults of the chapter `conversation`: what a server can do wrong.

use crate::fault::faults;

faults! {
    /// The server sends each error a second time, with an id that no request has.
    REFUSALS_ANSWERED_TWICE,
    /// The code of an error is a string.
    ERROR_CODE_QUOTED,
    /// An answer with an error also has a result.
    RESULT_BESIDE_ERROR,
    /// All requests from the server have the same id.
    REQUEST_IDS_REPEAT,
    /// An operating system thread of the server panics at an invalid request, and the server
    /// continues.
    PANICS_QUIETLY,
    /// Every message from the server has a `jsonrpc` member.
    VERSION_MEMBER_SENT,
    /// The server sends deltas a second time with the id of a thread that does not exist.
    EVENTS_UNDER_ANOTHER_ID,
    /// The server answers every request twice.
    ANSWERS_TWICE,
    /// The server writes a line of text to stdout when it starts.
    BANNER_ON_STDOUT,
    /// The server connects to a host on the network when it starts.
    PHONES_HOME,
    /// The server sends `codex/event/task_complete` twice.
    TASK_COMPLETES_TWICE,
    /// The server sends `turn/completed` twice.
    TURN_COMPLETES_TWICE,
    /// The server announces the end of an item whose start it did not announce.
    ITEM_WITHOUT_A_START,
    /// The server sends `item/completed` twice.
    ITEM_COMPLETES_TWICE,
    /// The server does not send the first delta of a message.
    FIRST_DELTA_LOST,
    /// The server announces a new item after the end of its turn.
    ITEM_AFTER_THE_END,
}
