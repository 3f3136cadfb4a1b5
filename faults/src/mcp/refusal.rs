//! Errors: what a server can do wrong.

use crate::fault::faults;

faults! {
    /// The error for a method that the server does not have has the code 1.
    MCP_UNKNOWN_METHOD_IS_ERROR_1,
}
