//! Lines and envelopes of messages: what a server can do wrong.

use crate::fault::faults;

faults! {
    /// The server writes a line that is no message before its first message.
    MCP_BANNER_ON_STDOUT,
    /// The server spreads a message over several lines.
    MCP_PRETTY_PRINTED,
    /// The server answers a method that it does not have with an empty result.
    MCP_UNKNOWN_METHOD_ANSWERED,
}
