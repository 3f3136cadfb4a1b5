//! What a server can do wrong of the chapter `wire`.

use crate::fault::faults;

faults! {
    /// A message with a `jsonrpc` member is dropped.
    VERSION_MEMBER_REFUSED,
    /// A message with blanks around it, or a CR before its line end, is not understood.
    BLANKS_REFUSED,
    /// Numeric request ids are echoed as strings.
    IDS_QUOTED,
    /// A request id that is a text of digits is echoed as a number.
    TEXT_IDS_AS_NUMBERS,
    /// Request ids pass through a floating point number.
    BIG_IDS_ROUNDED,
    /// A message that is nested deeply ends the process.
    DEEP_NESTING_KILLS,
    /// An error without data has `null` for it.
    ERROR_DATA_NULL,
    /// A character that is written as two escapes becomes two question marks.
    ESCAPED_PAIRS_LOST,
    /// A message whose parameters come before its method is dropped.
    METHOD_MUST_COME_FIRST,
    /// The hundredth line that is no message ends the process.
    DIES_OF_MUCH_GARBAGE,
    /// A line that holds a list is answered with an error.
    BATCHES_ANSWERED,
    /// A line without anything in it is answered with an error.
    BLANK_LINES_ANSWERED,
    /// A line separator of Unicode in a text counts as the end of the line.
    SEPARATORS_END_LINES,
    /// A line of more than 2 MiB is dropped.
    VERY_LONG_LINES_CUT,
    /// A request whose id is zero counts as one without an id.
    ID_ZERO_IS_NONE,
    /// A line of more than 64 KiB is dropped.
    LONG_LINES_CUT,
    /// What one read returns is taken for a line: pieces of a message are lost.
    READ_IS_A_LINE,
    /// A notification that the server does not know is answered with an error.
    ANSWERS_NOTIFICATIONS,
    /// The eighth and the ninth request of a connection get each other's answers.
    ANSWERS_SWAPPED,
    /// Every twentieth request is never answered.
    FORGETS_A_REQUEST,
    /// Of several messages that arrive at once only the first is looked at.
    ONE_MESSAGE_A_READ,
    /// An answer to a request that was never sent ends the process.
    STRAY_ANSWERS_FATAL,
    /// A line that is not UTF-8 ends the process as the end of its input does.
    DIES_OF_BAD_UTF8,
    /// A line that is no message ends the process.
    DIES_OF_GARBAGE,
    /// A message with a member that the server does not know is dropped.
    UNKNOWN_MEMBERS_REFUSED,
    /// Undecodable requests get no answer.
    SILENT_ON_UNKNOWN,
    /// A request that cannot be decoded is answered with an empty result.
    UNKNOWN_SUCCEEDS,
}
