//! `codex mcp-server`: a conversation with the model as a tool, with approvals by elicitation.

mod approval;
mod client;
mod conversation;
mod world;
