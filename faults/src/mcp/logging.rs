//! Log messages and their levels: what a server can do wrong.

use crate::fault::faults;

faults! {
    /// The server declares logging, and refuses to set the level.
    MCP_SET_LEVEL_REFUSED,
    /// The server refuses one of the eight levels.
    MCP_LEVEL_NOTICE_UNKNOWN,
    /// The server accepts a level that does not exist.
    MCP_UNKNOWN_LEVEL_ACCEPTED,
    /// The error about a level that does not exist has the code of an internal error.
    MCP_UNKNOWN_LEVEL_HAS_ANOTHER_CODE,
    /// The server sends log messages below the level that was set.
    MCP_LEVEL_IGNORED,
    /// The server sends log messages, and does not declare logging.
    MCP_LOGGING_NOT_DECLARED,
    /// The server sends log messages for a request without a level.
    MCP_LOGS_UNASKED,
    /// The server sends log messages below the level of the request.
    MCP_LEVEL_OF_REQUEST_IGNORED,
}
