//! Ping: what a server can do wrong.

use crate::fault::faults;

faults! {
    /// The server refuses a ping while no session is open.
    MCP_PING_NEEDS_A_SESSION,
    /// The answer to a ping has a member.
    MCP_PING_ANSWERS_PONG,
}
