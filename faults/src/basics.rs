//! What a server can do wrong of the chapter `basics`.

use crate::fault::faults;

faults! {
    /// Another model service is asked than the one that the configuration names.
    MODEL_SERVICE_FIXED,
    /// A message without a `jsonrpc` member is dropped.
    VERSION_MEMBER_WANTED,
    /// A list of one conversation is empty.
    ONLY_CONVERSATION_UNLISTED,
    /// A thread that is loaded cannot be read.
    READ_OF_STORED_ONES_ONLY,
    /// A resumed conversation gets a new id.
    RESUME_UNDER_A_NEW_ID,
    /// The end of a turn is not announced.
    TURN_NEVER_COMPLETES,
    /// A conversation is started only in a directory that the client names.
    DIRECTORY_WANTED,
}
