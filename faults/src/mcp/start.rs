//! The start of a session: what a server can do wrong.

use crate::fault::faults;

faults! {
    /// The server answers the first request of a client with an error.
    MCP_FIRST_REQUEST_REFUSED,
    /// The server confirms every version that a client asks for.
    MCP_ECHOES_ANY_VERSION,
}
