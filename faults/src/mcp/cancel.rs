//! Cancellation: what a server can do wrong.

use crate::fault::faults;

faults! {
    /// The server answers a call that was cancelled as if it were not.
    MCP_CANCELLATION_IGNORED,
    /// The server answers a cancelled call with a failure.
    MCP_CANCELLED_CALL_IS_ANSWERED,
    /// The server reports progress of a call that was cancelled.
    MCP_PROGRESS_AFTER_CANCELLATION,
    /// The server ends when a request is cancelled that does not run.
    MCP_VAIN_CANCELLATION_IS_FATAL,
    /// The server sends the cancellation of a request of the client.
    MCP_CANCELS_OUR_REQUEST,
}
