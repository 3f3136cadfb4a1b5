//! The faults of the chapter `shell`: what a server can do wrong with commands of the user.

use crate::fault::faults;

faults! {
    /// The server asks the model after a command of the user.
    SHELL_COMMAND_ASKS_THE_MODEL,
    /// The item of a command of the user names the agent as its source.
    SHELL_SOURCE_IS_THE_AGENT,
    /// The item of a command of the user has exit code 0.
    SHELL_CODE_LOST,
    /// The item of a command of the user has no output.
    SHELL_OUTPUT_LOST,
    /// The model does not receive the commands of the user.
    SHELL_COMMAND_HIDDEN_FROM_THE_MODEL,
    /// `thread/shellCommand` accepts a blank command.
    SHELL_OF_NOTHING,
    /// A command of the user interrupts the turn that runs.
    SHELL_COMMAND_INTERRUPTS,
    /// `thread/backgroundTerminals/clean` ends nothing.
    TERMINALS_STAY,
    /// `thread/backgroundTerminals/list` lists nothing.
    TERMINALS_UNLISTED,
    /// `thread/backgroundTerminals/list` lists terminals that have ended.
    TERMINALS_LISTED_FOR_EVER,
    /// `thread/backgroundTerminals/terminate` reports success and ends nothing.
    TERMINAL_OUTLIVES_ITS_END,
    /// `thread/backgroundTerminals/terminate` reports success for a terminal that has ended.
    TERMINALS_END_TWICE,
}
