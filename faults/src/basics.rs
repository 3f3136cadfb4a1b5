//! The faults of the chapter `basics`: what a server can do wrong.

use crate::fault::faults;

faults! {
    /// The server sends model requests to another service than the configured one.
    MODEL_SERVICE_FIXED,
    /// The server drops a message without a `jsonrpc` member.
    VERSION_MEMBER_WANTED,
    /// A list that should contain one conversation is empty.
    ONLY_CONVERSATION_UNLISTED,
    /// `thread/read` rejects a loaded thread.
    READ_OF_STORED_ONES_ONLY,
    /// The server gives a resumed conversation a new id.
    RESUME_UNDER_A_NEW_ID,
    /// The server does not announce the end of a turn.
    TURN_NEVER_COMPLETES,
    /// The server rejects a new conversation without a `cwd`.
    DIRECTORY_WANTED,
}
