//! The faults of the chapter `servers`: what a server can do wrong with its MCP servers.

use crate::fault::faults;

faults! {
    /// The server does not offer the model the tools of its MCP servers.
    SERVER_TOOLS_NOT_OFFERED,
    /// The server calls the tool of an MCP server without arguments.
    CALL_LOSES_ITS_ARGUMENTS,
    /// The server calls the tool of an MCP server twice.
    CALL_MADE_TWICE,
    /// The server returns no content of an MCP tool's result to the model.
    TOOL_RESULT_LOST,
    /// The server returns no content of an MCP tool's error to the model.
    TOOL_ERROR_LOST,
    /// The server sends no item for the call of an MCP tool.
    CALL_UNTOLD,
    /// The item of an MCP tool's call names the MCP server as the tool.
    CALL_OF_ANOTHER_TOOL,
    /// The server reports an MCP tool's result that is an error as completed.
    FAILED_CALL_IS_COMPLETED,
    /// The server waits for the answer of an MCP server that has ended.
    DEAD_SERVER_HANGS,
    /// The server does not complete the item of an MCP tool's call when the turn is interrupted.
    CUT_CALL_STAYS_OPEN,
    /// The server starts the MCP servers of a loaded thread again when a client resumes it.
    RESUME_STARTS_SERVERS_AGAIN,
    /// The MCP servers of an archived thread run on.
    ARCHIVE_LEAVES_SERVERS,
    /// The MCP servers of a deleted thread run on.
    DELETE_LEAVES_SERVERS,
    /// The MCP servers of all threads end when one thread is archived.
    ARCHIVE_ENDS_ALL_SERVERS,
    /// The server does not start the MCP servers of a thread that is resumed.
    RESUMED_WITHOUT_SERVERS,
    /// The MCP servers outlive the server if they do not end with their input.
    EXIT_LEAVES_SERVERS,
    /// Another process holds the input of the MCP servers open after the server was killed.
    SERVERS_KEEP_THEIR_INPUT,
    /// A turn fails when an MCP server does not start.
    BROKEN_SERVER_FAILS_THE_TURN,
    /// The server offers no tool of any MCP server when one of them does not start.
    BROKEN_SERVER_HIDES_OTHERS,
    /// The server answers `thread/start` only when all MCP servers have started.
    START_WAITS_FOR_SERVERS,
    /// The server starts a thread without an MCP server that is required.
    REQUIRED_SERVER_IGNORED,
    /// The server does not announce the states of MCP servers.
    STARTUP_UNTOLD,
    /// The server announces an MCP server that did not start as ready.
    FAILED_START_IS_READY,
    /// The server sends the question of an MCP server as a notification.
    QUESTION_IS_A_NOTIFICATION,
    /// The server sends the question of an MCP server with another text.
    QUESTION_WITHOUT_ITS_TEXT,
    /// The server does not pass the client's answer on to the MCP server.
    ANSWER_NOT_PASSED_ON,
    /// The server passes a declined question on to the MCP server as accepted.
    DECLINED_IS_ACCEPTED,
    /// The server passes an accepted question on to the MCP server without its content.
    ANSWER_WITHOUT_CONTENT,
    /// The server treats an error as the answer to an MCP server's question as consent.
    ERROR_IS_CONSENT,
    /// The server treats an answer without a known action as consent to an MCP server's question.
    INVALID_ANSWER_IS_CONSENT,
    /// The turn hangs when the client answers an MCP server's question with an error.
    ERROR_TO_A_QUESTION_HANGS,
    /// The server does not end an interrupted turn while the question of an MCP server is open.
    QUESTION_OUTLIVES_INTERRUPT,
    /// The server sends the question of an MCP server to the client although the policy is `never`.
    QUESTION_DESPITE_NEVER,
    /// The server calls a tool that may change something although the client declined it.
    DECLINED_CALL_IS_MADE,
    /// The server calls a tool that may change something without asking the client.
    CHANGES_UNASKED,
    /// The server calls the tool that a client names without its arguments.
    DIRECT_CALL_LOSES_ITS_ARGUMENTS,
    /// The server returns no content of the tool that a client calls.
    DIRECT_RESULT_LOST,
    /// The server answers the call of an unknown tool with an empty result.
    UNKNOWN_TOOL_ANSWERED,
    /// The server answers a request to an unknown MCP server with an empty result.
    UNKNOWN_SERVER_ANSWERED,
    /// The server returns a resource without its contents.
    RESOURCE_LOSES_ITS_CONTENTS,
    /// The server returns an unknown resource without contents.
    UNKNOWN_RESOURCE_ANSWERED,
    /// The server does not start an MCP server that is new in the configuration when it reloads.
    RELOAD_IGNORED,
    /// The MCP servers of a thread end when the configuration is reloaded.
    RELOAD_ENDS_THE_OTHERS,
    /// A page of MCP servers repeats the last one of the previous page.
    SERVER_PAGES_REPEAT,
    /// The server lists MCP servers without their tools.
    LISTED_SERVER_HAS_NO_TOOLS,
}
