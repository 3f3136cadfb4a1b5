//! Envelopes of messages: what a server can do wrong.

use crate::fault::faults;

faults! {
    /// The messages of the server have no `jsonrpc`.
    MCP_NO_JSONRPC,
    /// The server's answers have both a result and an error.
    MCP_RESULT_AND_ERROR,
    /// The server's answers have neither a result nor an error.
    MCP_NEITHER_RESULT_NOR_ERROR,
    /// The server's answers have the method of their request beside the result.
    MCP_METHOD_AND_RESULT,
    /// The server wraps each result in a list.
    MCP_RESULT_IS_A_LIST,
    /// The code of each error is a text.
    MCP_ERROR_CODE_IS_A_TEXT,
    /// Errors have no message.
    MCP_ERROR_WITHOUT_MESSAGE,
    /// The server answers under the id of the request and a thousand.
    MCP_ANSWERS_WITH_ANOTHER_ID,
    /// The server answers under the id of the request as a text.
    MCP_ANSWERS_WITH_A_TEXT_AS_ID,
    /// The server sends every answer twice.
    MCP_ANSWERS_TWICE,
    /// The server sends an answer to no request after each answer.
    MCP_ANSWER_TO_NOTHING,
    /// The server gives errors the id null, though it could read the request.
    MCP_ANSWERS_WITHOUT_ID,
    /// The server answers notifications with an error.
    MCP_NOTIFICATION_IS_ANSWERED,
    /// The server never answers requests for the list of its tools.
    MCP_DROPS_AN_ANSWER,
    /// The server does not answer requests for methods that it does not have.
    MCP_SILENT_FOR_UNKNOWN_METHODS,
    /// The server gives its own requests the id null.
    MCP_REQUEST_ID_IS_NULL,
    /// The server gives all its own requests the same id.
    MCP_REQUEST_ID_IS_REUSED,
    /// The server gives its notifications an id.
    MCP_NOTIFICATION_WITH_ID,
    /// The server uses a code for its errors that the protocol keeps for itself.
    MCP_UNDEFINED_ERROR_CODE,
    /// A member of `_meta` has a name that begins with a blank.
    MCP_META_NAME_IS_ILL_FORMED,
    /// A member of `_meta` has a prefix that the protocol keeps for itself.
    MCP_META_PREFIX_IS_RESERVED,
    /// The list of tools lacks the member with the tools.
    MCP_LIST_WITHOUT_ITS_MEMBER,
    /// The tools have no schema of what they take.
    MCP_TOOL_WITHOUT_SCHEMA,
}
