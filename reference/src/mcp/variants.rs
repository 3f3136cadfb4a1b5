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
    // Tools, Schema: the dialect is that of `$schema`; most servers in TypeScript name draft-07.
    /// Schemas name draft-07 as their dialect and allow no further members.
    MCP_SCHEMAS_OF_DRAFT_07,
    // Pagination: the server determines the size of a page.
    /// Every list comes in pages of one entry.
    MCP_ONE_ENTRY_A_PAGE.beside(MCP_SCHEMAS_OF_DRAFT_07),
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
