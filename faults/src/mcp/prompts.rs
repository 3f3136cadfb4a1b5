//! Prompts: what a server can do wrong.

use crate::fault::faults;

faults! {
    /// The server declares prompts, and refuses to list them.
    MCP_PROMPTS_LIST_REFUSED,
    /// A prompt in the list has no name.
    MCP_PROMPT_WITHOUT_NAME,
    /// Two prompts have the same name.
    MCP_PROMPT_NAME_TWICE,
    /// An argument of a prompt has no name.
    MCP_PROMPT_ARGUMENT_WITHOUT_NAME,
    /// A prompt in the list cannot be had.
    MCP_PROMPT_REFUSED,
    /// A message of a prompt has the role `system`.
    MCP_PROMPT_OF_ROLE_SYSTEM,
    /// The content of a message of a prompt is an array.
    MCP_PROMPT_CONTENT_IS_AN_ARRAY,
    /// A prompt that there is not has no messages.
    MCP_UNKNOWN_PROMPT_IS_EMPTY,
    /// The error about a prompt that there is not has the code 0.
    MCP_UNKNOWN_PROMPT_HAS_CODE_ZERO,
    /// A prompt without a required argument has no messages.
    MCP_MISSING_PROMPT_ARGUMENT_IGNORED,
    /// The error about a missing argument of a prompt has the code of an internal error.
    MCP_MISSING_PROMPT_ARGUMENT_HAS_ANOTHER_CODE,
}
