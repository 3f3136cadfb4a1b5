//! The faults of the chapter `codex_mcp`: what a server can do wrong.

use crate::fault::faults;

faults! {
    /// The server does not list the tool that continues a conversation.
    CODEX_MCP_NO_REPLY_TOOL,
    /// The result of a call does not hold the answer of the model.
    CODEX_MCP_ANSWER_LOST,
    /// The structured result of a call has no answer.
    CODEX_MCP_STRUCTURED_WITHOUT_THE_ANSWER,
    /// A reply begins a new conversation.
    CODEX_MCP_REPLY_FORGETS,
    /// The model hears the words of earlier conversations.
    CODEX_MCP_CONVERSATIONS_MIXED,
    /// A call waits until the one before it has ended.
    CODEX_MCP_ONE_CALL_AT_A_TIME,
    /// A reply in an unknown conversation begins one.
    CODEX_MCP_UNKNOWN_CONVERSATION_BEGUN,
    /// A call without a prompt gives a successful result.
    CODEX_MCP_PROMPT_NOT_NEEDED,
    /// A call whose model service refuses gives a successful result.
    CODEX_MCP_MODEL_ERROR_HIDDEN,
    /// The server asks for the configured model, whatever model a call names.
    CODEX_MCP_MODEL_IGNORED,
    /// A request for approval does not name the command.
    CODEX_MCP_APPROVAL_WITHOUT_THE_COMMAND,
    /// The server does not run a command that the client approves.
    CODEX_MCP_APPROVED_NOT_RUN,
    /// The server runs a command that the client denies.
    CODEX_MCP_DENIED_IS_RUN,
    /// The server takes an answer that it cannot read for an approval.
    CODEX_MCP_UNREADABLE_APPROVES,
    /// The server takes an error of the client for an approval.
    CODEX_MCP_ERROR_APPROVES,
    /// The server does not apply a patch that the client approves.
    CODEX_MCP_APPROVED_PATCH_LOST,
    /// The server applies a patch that the client denies.
    CODEX_MCP_DENIED_PATCH_APPLIED,
    /// The server asks for approval under the policy `never`.
    CODEX_MCP_ASKS_UNDER_NEVER,
    /// The server connects to another machine when a call begins.
    CODEX_MCP_CALLS_HOME,
    /// The server goes on with a call that the client cancelled.
    CODEX_MCP_CANCEL_IGNORED,
    /// The server lives on after the end of its input while the model answers.
    CODEX_MCP_WAITS_FOR_THE_MODEL,
}
