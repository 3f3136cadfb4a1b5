//! Lines and envelopes of messages: what a server can do wrong.

use crate::fault::faults;

faults! {
    /// The server writes a line that is no message before its first message.
    MCP_BANNER_ON_STDOUT,
    /// The server writes a line of its log to stdout before each answer.
    MCP_LOG_LINE_ON_STDOUT,
    /// The server writes a line that is no message to stdout when it ends.
    MCP_LAST_WORDS_ON_STDOUT,
    /// The server spreads a message over several lines.
    MCP_PRETTY_PRINTED,
    /// The server writes texts in another encoding than UTF-8.
    MCP_INVALID_UTF8,
    /// The server sends each answer as an array of one.
    MCP_ANSWERS_IN_AN_ARRAY,
    /// The server ends in the middle of a line.
    MCP_LAST_LINE_IS_CUT,
    /// The server answers a method that it does not have with an empty result.
    MCP_UNKNOWN_METHOD_ANSWERED,
}
