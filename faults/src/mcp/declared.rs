//! What is declared and what is not: what a server can do wrong.

use crate::fault::faults;

faults! {
    /// The server has prompts, and does not declare them.
    MCP_PROMPTS_NOT_DECLARED,
    /// The server completes arguments, and does not declare it.
    MCP_COMPLETIONS_NOT_DECLARED,
    /// The server announces a change of a list, and does not declare that it does.
    MCP_UNDECLARED_LIST_CHANGED,
}
