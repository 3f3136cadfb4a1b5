//! The faults of the chapter `wire`: what a server can do wrong.

use crate::fault::faults;

faults! {
    /// The server drops a message with a `jsonrpc` member.
    VERSION_MEMBER_REFUSED,
    /// The server drops a message with spaces around it or a CR before its line end.
    BLANKS_REFUSED,
    /// The server returns a numeric request id as a string.
    IDS_QUOTED,
    /// The server returns a request id that is a string of digits as a number.
    TEXT_IDS_AS_NUMBERS,
    /// The server converts request ids to floating point, which rounds large ones.
    BIG_IDS_ROUNDED,
    /// The server exits after a deeply nested message.
    DEEP_NESTING_KILLS,
    /// An error without data has a `data` member with `null`.
    ERROR_DATA_NULL,
    /// The server replaces a surrogate pair of `\u` escapes by two question marks.
    ESCAPED_PAIRS_LOST,
    /// The server drops a message whose `params` come before its `method`.
    METHOD_MUST_COME_FIRST,
    /// The server exits after the hundredth line that is not a message.
    DIES_OF_MUCH_GARBAGE,
    /// The server answers a line that contains an array with an error.
    BATCHES_ANSWERED,
    /// The server answers an empty line with an error.
    BLANK_LINES_ANSWERED,
    /// The server treats a Unicode line separator in a string as the end of the line.
    SEPARATORS_END_LINES,
    /// The server drops a line of more than 2 MiB.
    VERY_LONG_LINES_CUT,
    /// The server treats a request with the id zero as a message without an id.
    ID_ZERO_IS_NONE,
    /// The server drops a line of more than 64 KiB.
    LONG_LINES_CUT,
    /// The server treats each read as a whole line and loses messages that arrive in pieces.
    READ_IS_A_LINE,
    /// The server answers an unknown notification with an error.
    ANSWERS_NOTIFICATIONS,
    /// The server swaps the answers to the eighth and the ninth request of a connection.
    ANSWERS_SWAPPED,
    /// The server never answers every twentieth request.
    FORGETS_A_REQUEST,
    /// The server reads only the first of several messages that arrive at once.
    ONE_MESSAGE_A_READ,
    /// The server exits after an answer to a request that it never sent.
    STRAY_ANSWERS_FATAL,
    /// The server treats a line that is not UTF-8 as the end of its input.
    DIES_OF_BAD_UTF8,
    /// The server exits after a line that is not a message.
    DIES_OF_GARBAGE,
    /// The server drops a message with an unknown member.
    UNKNOWN_MEMBERS_REFUSED,
    /// The server does not answer an invalid request.
    SILENT_ON_UNKNOWN,
    /// The server answers an invalid request with an empty result.
    UNKNOWN_SUCCEEDS,
}
