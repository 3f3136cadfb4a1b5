//! Completion of arguments: what a server can do wrong.

use crate::fault::faults;

faults! {
    /// The server declares completions, and refuses them.
    MCP_COMPLETION_REFUSED,
    /// A completion has 101 values.
    MCP_COMPLETION_OF_MANY_VALUES,
    /// A value of a completion is a number.
    MCP_COMPLETION_IS_A_NUMBER,
    /// The server completes an argument of a prompt that there is not.
    MCP_UNKNOWN_REFERENCE_COMPLETED,
    /// The error about a completion for a prompt that there is not has the code of an internal error.
    MCP_UNKNOWN_REFERENCE_HAS_ANOTHER_CODE,
}
