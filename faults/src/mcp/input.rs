//! Requests that need input of the client, in the revision without sessions: what a server can do wrong.

use crate::fault::faults;

faults! {
    /// A list asks for input.
    MCP_LIST_ASKS_FOR_INPUT,
    /// A result asks for input, and says neither for which nor a state.
    MCP_ASKS_FOR_NOTHING,
    /// The requests for input are a list, not an object.
    MCP_INPUT_REQUESTS_ARE_A_LIST,
    /// The server asks for input by a request that clients do not have.
    MCP_UNKNOWN_REQUEST_FOR_INPUT,
    /// The server asks for input that the client did not declare.
    MCP_ASKS_FOR_UNDECLARED_INPUT,
    /// The server relies on capabilities that an earlier request declared.
    MCP_REMEMBERS_CAPABILITIES,
    /// A missing capability is refused with the code for wrong parameters.
    MCP_MISSING_CAPABILITY_HAS_ANOTHER_CODE,
    /// The error for a missing capability does not say which.
    MCP_MISSING_CAPABILITY_WITHOUT_NAME,
    /// A request that brings the input is refused.
    MCP_INPUT_REFUSED,
    /// A request that brings less than was asked for is refused.
    MCP_MISSING_INPUT_REFUSED,
    /// A request that brings more than was asked for is refused.
    MCP_UNKNOWN_INPUT_REFUSED,
    /// A request whose user declines is never answered.
    MCP_DECLINED_INPUT_UNANSWERED,
    /// A request whose user cancels is never answered.
    MCP_CANCELLED_INPUT_UNANSWERED,
    /// A state that the client has changed is accepted.
    MCP_CHANGED_STATE_ACCEPTED,
    /// A state is only known to the process that gave it.
    MCP_STATE_OF_ONE_PROCESS,
}
