//! The faults of the chapter `schema`: what a server can do wrong.

use crate::fault::faults;

faults! {
    /// The result of `thread/start` has no `sandbox`.
    STARTED_SANDBOX_MISSING,
    /// The turn of `turn/started` has no `items`.
    STARTED_TURN_WITHOUT_ITEMS,
    /// The `status` of a command that begins is a value that the protocol does not have.
    COMMAND_STATUS_UNKNOWN,
    /// The `cwd` of the request to approve a command is a number.
    APPROVAL_DIRECTORY_AS_NUMBER,
    /// The parsed commands in the event of a command that begins are a string.
    EVENT_PARSED_AS_TEXT,
}
