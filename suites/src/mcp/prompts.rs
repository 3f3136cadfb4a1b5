//! Prompts: their list, and their messages.
