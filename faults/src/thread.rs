//! The faults of the chapter `thread`: what a server can do wrong.

use crate::fault::faults;

faults! {
    /// The server stores an ephemeral thread.
    EPHEMERAL_KEPT,
    /// The server returns an ephemeral thread with `ephemeral` set to false.
    EPHEMERAL_UNMARKED,
    /// A page of loaded threads repeats the last thread of the previous page.
    LOADED_PAGES_OVERLAP,
    /// The server accepts an empty name for a thread.
    EMPTY_NAME_TAKEN,
    /// The server accepts a name for a thread that does not exist.
    NOBODY_IS_NAMED,
    /// The server does not announce the new name of a thread.
    NAME_UNTOLD,
    /// The server returns a loaded thread without its new name.
    NAME_NOT_READ,
    /// After a restart, the server returns a thread's first name instead of its last one.
    FIRST_NAME_STAYS,
    /// The server does not store the name of a thread.
    NAME_NOT_STORED,
    /// The server returns the creation time of a thread in milliseconds instead of seconds.
    CREATED_IN_MILLISECONDS,
    /// The preview of a loaded thread shows the last message of the user.
    PREVIEW_FOLLOWS,
    /// The server returns every thread with the status idle.
    THREAD_ALWAYS_IDLE,
    /// The server does not repeat an open request for approval to a client that resumes the thread.
    QUESTION_NOT_REPEATED,
    /// The server answers `thread/unsubscribe` with success but keeps the subscription.
    UNSUBSCRIBE_NOT_HEEDED,
    /// The server answers `thread/unsubscribe` with an error when the thread is not loaded.
    UNSUBSCRIBE_REFUSED,
}
