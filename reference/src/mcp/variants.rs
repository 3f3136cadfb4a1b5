//! The legal but unusual ways of the server of the Model Context Protocol: a row each, with the reason why a server may do so.

use crate::variant::variants;

variants! {
    // Transports, stdio: stderr may hold any log.
    /// The server writes a line to stderr when it starts.
    MCP_BANNER_ON_STDERR,
    // JSON-RPC 2.0 asks for an error without a known id; most servers say nothing, and clients cannot tell whom it is for.
    /// The server says nothing after a line that is no message.
    MCP_SILENT_AFTER_RUBBISH,
    // The text shows a protocol error; half of the field gives a result with `isError`.
    /// A call of an unknown tool gives a result with `isError`.
    MCP_UNKNOWN_TOOL_IS_A_RESULT,
}
