//! Progress of requests: what a server can do wrong.

use crate::fault::faults;

faults! {
    /// The server reports progress with a token that no request has.
    MCP_PROGRESS_OF_ANOTHER_TOKEN,
    /// The server reports progress with a number as its token in the form of a text.
    MCP_PROGRESS_TOKEN_AS_TEXT,
    /// Each progress is less than the one before.
    MCP_PROGRESS_DECREASES,
    /// The server reports progress after the answer.
    MCP_PROGRESS_AFTER_THE_ANSWER,
}
