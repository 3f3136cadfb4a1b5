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
    // The members of a JSON object have no order.
    /// The members of answers have the reverse of the usual order.
    MCP_MEMBERS_REVERSED.beside(MCP_BANNER_ON_STDERR),
    // JSON lets blanks stand before and after every token.
    /// Blanks stand between the tokens of a message.
    MCP_BLANKS_BETWEEN_TOKENS,
    // All objects of the schema are open.
    /// Results and parameters have members that no revision has.
    MCP_UNKNOWN_MEMBERS,
    // The schema of 2025-11-25 lets the id of an error be missing; rmcp leaves it out.
    /// The error after a line that is no message has no id at all.
    MCP_ERROR_WITHOUT_ID,
    // A CR before the LF is a blank after the message.
    /// Lines end with CR and LF.
    MCP_LINES_END_WITH_CR_LF.beside(MCP_BLANKS_BETWEEN_TOKENS),
    // A notification may come at any time; real servers send this one while they open the session.
    /// The server says that its tools changed before it answers `initialize`.
    MCP_NOTIFIES_BEFORE_THE_FIRST_ANSWER.beside(MCP_UNKNOWN_MEMBERS),
    // Answers may come in any order; servers with threads do so.
    /// Lists are answered after later requests.
    MCP_LISTS_ARE_ANSWERED_LATE,
    // Ping may be sent by either side.
    /// The server sends a ping when the session is open.
    MCP_PINGS_ITS_CLIENT.beside(MCP_LISTS_ARE_ANSWERED_LATE),
    // Lifecycle, Error Handling: the example of the text is such an error.
    /// A version that the server does not have is refused with an error that lists those that it has.
    MCP_REFUSES_UNKNOWN_VERSIONS,
    // The text says nothing of a second one; most servers open the session anew.
    /// A second `initialize` is answered like the first.
    MCP_A_SESSION_CAN_BE_OPENED_AGAIN,
    // Tools, Schema: the dialect is that of `$schema`; most servers in TypeScript name draft-07.
    /// Schemas name draft-07 as their dialect and allow no further members.
    MCP_SCHEMAS_OF_AN_OLD_DRAFT,
    // Pagination: the server determines the size of a page.
    /// Every list comes in pages of one entry.
    MCP_ONE_ENTRY_A_PAGE.beside(MCP_SCHEMAS_OF_AN_OLD_DRAFT),
    // Real servers announce a list several times in a row, and nothing forbids it.
    /// The server announces five changes of its tools whenever they are listed.
    MCP_STORM_OF_CHANGES,
    // Tools: a server may have more tools for a client that can do more, as real ones have.
    /// A tool is listed only for clients that can ask their user.
    MCP_TOOLS_DEPEND_ON_THE_CLIENT,
    // Several real servers with resources have no templates, and refuse their list.
    /// The list of templates is refused as an unknown method.
    MCP_NO_TEMPLATES.beside(MCP_STORM_OF_CHANGES),
    // Resources, Error Handling, up to 2025-11-25: -32002; nearly all servers have -32602.
    /// The error about an unknown resource has the code -32002.
    MCP_UNKNOWN_RESOURCE_HAS_ITS_OWN_CODE.beside(MCP_TOOLS_DEPEND_ON_THE_CLIENT),
    // Versioning, Backward Compatibility: a server need not have both eras. The examination must find out.
    /// The server has no sessions: it refuses `initialize` and names its versions.
    MCP_MODERN_ONLY.examined(),
    /// The server has sessions only.
    MCP_LEGACY_ONLY.examined(),
    // The list is that of the versions for further requests; the SDKs for TypeScript and Python name no others.
    /// A server of both eras names only the newer one without a session.
    MCP_NAMES_ONE_ERA,
    // Base Protocol, Per-response fields: a SHOULD; rmcp says it in `server/discover` only.
    /// Only the answer to `server/discover` says who the server is.
    MCP_NAMES_ITSELF_ONCE,
    // The schema leaves all objects open.
    /// Results have members that no specification names.
    MCP_FURTHER_MEMBERS.beside(MCP_NAMES_ITSELF_ONCE),
    // Caching: 0 is a time, and lists that are the same for all may be public.
    /// Nothing may be kept, by anybody.
    MCP_NOTHING_IS_KEPT,
    // Subscriptions: a server without changes need not have the method; the SDK for Python and rmcp answer -32601.
    /// Nothing ever changes, and nobody can listen.
    MCP_NOTHING_TO_LISTEN_TO.examined(),
    // Multi Round-Trip Requests: `requestState` is optional; the SDK for TypeScript gives none by itself.
    /// A result that asks for input has no state.
    MCP_INPUT_WITHOUT_STATE,
    // Multi Round-Trip Requests: `inputRequests` is optional, and a client may then ask again at once.
    /// The first answer to a request that needs input only has a state.
    MCP_STATE_BEFORE_QUESTIONS,
    // Elicitation, Error Handling: how a refusal of the user is handled is up to the server.
    /// A request whose user declines is answered with an error.
    MCP_DECLINED_INPUT_IS_AN_ERROR,
    // Roots: no server needs to ask.
    /// The server does not ask for roots by itself.
    MCP_DOES_NOT_ASK_FOR_ROOTS,
    // Resources, Binary Content: what the contents are is the server's affair.
    /// The contents of texts are bytes in base64.
    MCP_TEXTS_AS_BYTES,
    // Pagination: cursors are opaque, so any text is one.
    /// The cursor of the second page is an empty text.
    MCP_EMPTY_CURSOR.beside(MCP_TEXTS_AS_BYTES),
    // Progress: the value may be any number, and the total may be unknown.
    /// Progress is a fraction without a total.
    MCP_PROGRESS_IN_FRACTIONS,
    // Completion: `total` and `hasMore` are optional.
    /// A completion does not count its values.
    MCP_COMPLETION_WITHOUT_COUNTS.beside(MCP_PROGRESS_IN_FRACTIONS),
    // Tools, Error Handling, up to 2025-06-18: wrong arguments are an error; servers do so in later revisions, too.
    /// Wrong arguments are an error with the code -32602 in every revision.
    MCP_BAD_ARGUMENTS_ARE_ERRORS,
    // Tasks, Task Cancellation: a server may delete a cancelled task at once.
    /// A task is deleted when it is cancelled.
    MCP_CANCELLED_TASKS_ARE_DELETED.beside(MCP_BAD_ARGUMENTS_ARE_ERRORS),
}
