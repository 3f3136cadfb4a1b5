//! What a server can do wrong of the chapter `thread`.

use crate::fault::faults;

faults! {
    /// A thread that is ephemeral is written down like any other.
    EPHEMERAL_KEPT,
    /// An ephemeral thread is returned as one that is stored.
    EPHEMERAL_UNMARKED,
    /// A page of loaded threads begins with the last of the one before.
    LOADED_PAGES_OVERLAP,
    /// A thread may be given an empty name.
    EMPTY_NAME_TAKEN,
    /// A thread that does not exist may be given a name.
    NOBODY_IS_NAMED,
    /// The name that a thread was given is not announced.
    NAME_UNTOLD,
    /// A loaded thread is read without its new name.
    NAME_NOT_READ,
    /// The first name that a thread was given counts after a restart.
    FIRST_NAME_STAYS,
    /// The name of a thread is forgotten when the server ends.
    NAME_NOT_STORED,
    /// When a thread was created is told in milliseconds.
    CREATED_IN_MILLISECONDS,
    /// The preview of a loaded thread is what the user said last.
    PREVIEW_FOLLOWS,
    /// A thread that is shown is always idle.
    THREAD_ALWAYS_IDLE,
    /// A client that joins a thread is not asked what is still open.
    QUESTION_NOT_REPEATED,
    /// A client that leaves a thread is told so, and nothing comes of it.
    UNSUBSCRIBE_NOT_HEEDED,
    /// A client that leaves a thread which is not loaded gets an error.
    UNSUBSCRIBE_REFUSED,
}
