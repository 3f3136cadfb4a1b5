//! The faults of the chapter `model_view`: what a server can do wrong.

use crate::fault::faults;

faults! {
    /// The server offers the model no tools.
    NO_TOOLS_OFFERED,
    /// The server does not report a new working directory to the model.
    NEW_DIRECTORY_UNTOLD,
    /// The server offers the model tools only in the first request.
    TOOLS_OFFERED_AT_FIRST,
    /// The server does not send the `AGENTS.md` of its home to the model.
    HOME_INSTRUCTIONS_IGNORED,
    /// The server sends the model tool calls without their outputs.
    CALLS_CUT_SHORT_LEFT_OPEN,
    /// The server does not send the output schema of a turn to the model service.
    OUTPUT_SCHEMA_DROPPED,
    /// The server does not send the output of a failed command to the model.
    OUTPUTS_OF_FAILURES_LOST,
    /// The server ignores the client's base instructions.
    BASE_INSTRUCTIONS_IGNORED,
    /// The server sends its own working directory to the model in every conversation.
    DIRECTORY_OF_THE_PROCESS,
    /// The server does not send the client's developer instructions to the model.
    DEVELOPER_INSTRUCTIONS_DROPPED,
    /// The server does not read the `AGENTS.md` of parent directories.
    PARENTS_INSTRUCTIONS_UNREAD,
    /// The server repeats the permissions message in every turn.
    PERMISSIONS_EVERY_TURN,
    /// The server never sends the permissions message to the model.
    PERMISSIONS_UNTOLD,
    /// The server does not report changed permissions to the model.
    PERMISSION_CHANGE_UNTOLD,
    /// The server does not send any `AGENTS.md` to the model.
    PROJECT_INSTRUCTIONS_IGNORED,
    /// The environment context contains the approval policy.
    POLICY_IN_THE_ENVIRONMENT,
    /// The server repeats the environment context in every turn.
    ENVIRONMENT_EVERY_TURN,
    /// The environment context does not name the shell.
    SHELL_UNTOLD,
    /// The server sends only the last five items of a conversation to the model.
    HISTORY_WINDOW,
    /// Model requests accept any content type instead of an event stream.
    NO_STREAM_ASKED_FOR,
    /// Model requests have no `originator` header.
    NO_ORIGINATOR,
    /// All conversations have the same cache key.
    CACHE_KEY_SHARED,
    /// Model requests do not contain the conversation id in a header.
    CONVERSATION_UNNAMED,
    /// Model requests have the user agent of an HTTP library.
    USER_AGENT_OF_THE_LIBRARY,
    /// The server sends the ids of the model's items back to the model service.
    ITEM_IDS_SENT,
    /// Model requests have `store` set to true.
    STORES_RESPONSES,
    /// Model requests have `stream` set to false.
    ANSWERS_NOT_STREAMED,
    /// The server does not send the agent's earlier messages to the model.
    AGENT_FORGOTTEN,
    /// The server sends only the first line of a user message to the model.
    FIRST_LINE_ONLY,
}
