//! The faults of the chapter `upkeep`: what a server can do wrong.

use crate::fault::faults;

faults! {
    /// The server counts only one question of others that a thread waits for.
    ELICITATIONS_NOT_COUNTED,
    /// The server accepts one question less where a thread waits for none.
    ELICITATIONS_BELOW_ZERO,
    /// The server changes what is unread although it has changed since the client saw it.
    READ_STATE_OVERWRITTEN,
    /// The server does not announce what is unread when it changes.
    READ_STATE_UNTOLD,
    /// The server makes up the memory of a new thread.
    MEMORY_MADE_UP,
    /// The server sets the memory mode of threads that do not exist.
    MEMORY_OF_NO_THREAD,
    /// The server reports the process id of another process.
    DIAGNOSTICS_OF_ANOTHER_PROCESS,
    /// The server loses the turns of loaded threads when it compresses files.
    COMPRESSION_LOSES_TURNS,
    /// The server accepts to switch a feature on and leaves it off.
    FEATURE_STAYS_OFF,
    /// The server accepts to switch a feature that does not exist.
    UNKNOWN_FEATURE_ENABLED,
    /// The server does not name the apps that it does not have.
    MISSING_APPS_UNTOLD,
    /// The server reports the capabilities of its provider in words.
    CAPABILITIES_ARE_WORDS,
    /// The server makes a provider the default that is not configured.
    UNKNOWN_PROVIDER_IS_DEFAULT,
}
