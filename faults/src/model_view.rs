//! What a server can do wrong of the chapter `model_view`.

use crate::fault::faults;

faults! {
    /// The model is offered no tools.
    NO_TOOLS_OFFERED,
    /// The model is not told of another directory.
    NEW_DIRECTORY_UNTOLD,
    /// The model is offered tools with the first request only.
    TOOLS_OFFERED_AT_FIRST,
    /// AGENTS.md of the home is not shown to the model.
    HOME_INSTRUCTIONS_IGNORED,
    /// A call that the user cut short is sent without an output.
    CALLS_CUT_SHORT_LEFT_OPEN,
    /// The output schema of a turn does not reach the model.
    OUTPUT_SCHEMA_DROPPED,
    /// The output of a command that failed is not sent.
    OUTPUTS_OF_FAILURES_LOST,
    /// The client's base instructions are ignored.
    BASE_INSTRUCTIONS_IGNORED,
    /// Every conversation is told the directory of the process.
    DIRECTORY_OF_THE_PROCESS,
    /// The client's developer instructions do not reach the model.
    DEVELOPER_INSTRUCTIONS_DROPPED,
    /// AGENTS.md is read in the working directory and the home only.
    PARENTS_INSTRUCTIONS_UNREAD,
    /// Unchanged permissions are repeated.
    PERMISSIONS_EVERY_TURN,
    /// The model is not told what it may do.
    PERMISSIONS_UNTOLD,
    /// The model is not told when the policy changes.
    PERMISSION_CHANGE_UNTOLD,
    /// AGENTS.md is not shown to the model.
    PROJECT_INSTRUCTIONS_IGNORED,
    /// The approval policy is told with the environment.
    POLICY_IN_THE_ENVIRONMENT,
    /// The unchanged environment is told with every turn.
    ENVIRONMENT_EVERY_TURN,
    /// The environment does not name the shell.
    SHELL_UNTOLD,
    /// Only the last five items of a conversation are sent.
    HISTORY_WINDOW,
    /// Model requests take an answer of any form.
    NO_STREAM_ASKED_FOR,
    /// Model requests do not say who they are for.
    NO_ORIGINATOR,
    /// All conversations have the same cache key.
    CACHE_KEY_SHARED,
    /// Model requests do not say which conversation they belong to.
    CONVERSATION_UNNAMED,
    /// Model requests carry the user agent of an HTTP library.
    USER_AGENT_OF_THE_LIBRARY,
    /// The ids of the model's items are sent back.
    ITEM_IDS_SENT,
    /// The model is asked to store responses.
    STORES_RESPONSES,
    /// The model is asked for an answer in one piece.
    ANSWERS_NOT_STREAMED,
    /// What the agent said is not sent again.
    AGENT_FORGOTTEN,
    /// Only the first line of what the user says reaches the model.
    FIRST_LINE_ONLY,
}
