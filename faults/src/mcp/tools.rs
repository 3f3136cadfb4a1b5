//! Tools: what a server can do wrong.

use crate::fault::faults;

faults! {
    /// A call of a tool that there is not succeeds.
    MCP_UNKNOWN_TOOL_SUCCEEDS,
}
