//! Lines that are no message, and messages that are written otherwise: what a server can do wrong.

use crate::fault::faults;

faults! {
    /// The server exits at a line that is no message.
    MCP_EXITS_AT_A_BAD_LINE,
    /// The server reads nothing more after a line that is not JSON.
    MCP_DEAF_AFTER_A_BAD_LINE,
    /// The server exits at a line that is not UTF-8.
    MCP_EXITS_AT_INVALID_UTF8,
    /// The server exits at a line of a megabyte.
    MCP_EXITS_AT_A_LONG_LINE,
    /// The server exits at the character zero in a text.
    MCP_EXITS_AT_A_ZERO_CHARACTER,
    /// The server exits at an answer that it never asked for.
    MCP_EXITS_AT_AN_UNKNOWN_ANSWER,
    /// The server exits at a notification that it does not know.
    MCP_EXITS_AT_AN_UNKNOWN_NOTIFICATION,
    /// The server exits at a request with an id above 2^53.
    MCP_EXITS_AT_A_LARGE_ID,
    /// The server answers requests with any `jsonrpc` and any id.
    MCP_READS_ANY_ENVELOPE,
    /// The server does not answer requests whose id is a text.
    MCP_TAKES_ONLY_NUMBERS_AS_IDS,
    /// The server does not answer requests whose id is 0 or an empty text.
    MCP_TREATS_FALSE_IDS_AS_NONE,
    /// The server does not answer requests with a negative id.
    MCP_TAKES_ONLY_POSITIVE_IDS,
    /// The server ignores lines with blanks before or after the message.
    MCP_TAKES_ONLY_TIGHT_LINES,
    /// The server treats what it reads at once as one message.
    MCP_TREATS_A_READ_AS_A_MESSAGE,
    /// The server treats U+2028 as the end of a line.
    MCP_SPLITS_AT_LINE_SEPARATORS,
    /// The server does not answer one of many requests that come at once.
    MCP_LOSES_ONE_OF_MANY,
    /// The server does not answer batches where the revision has them.
    MCP_IGNORES_BATCHES,
}
