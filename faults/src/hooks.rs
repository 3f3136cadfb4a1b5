//! The faults of the chapter `hooks`: what a server can do wrong.

use crate::fault::faults;

faults! {
    /// The server runs hooks that the user has not trusted.
    EVERY_HOOK_IS_TRUSTED,
    /// The server does not list the hooks of its home.
    HOOKS_UNLISTED,
    /// The server lists nothing about a file of hooks that it cannot read.
    BROKEN_HOOKS_UNSAID,
    /// The server announces hooks that start and not their end.
    HOOK_NEVER_COMPLETES,
    /// The server runs a command that a hook has blocked.
    HOOK_BLOCKS_NOTHING,
    /// The server does not send the model why a hook has blocked a command.
    REASON_OF_A_HOOK_LOST,
    /// The server does not send the model what a hook says.
    CONTEXT_OF_A_HOOK_LOST,
}
