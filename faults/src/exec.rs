//! The faults of the chapter `exec`: what a server can do wrong.

use crate::fault::faults;

faults! {
    /// The server reports exit code 0 for a command that was killed by a signal.
    KILLED_IS_A_SUCCESS,
    /// `command/exec` returns exit code 127 instead of an error when the program does not exist.
    MISSING_PROGRAM_IS_A_RESULT,
    /// `command/exec` returns exit code 0 for every command.
    EXEC_CODE_UNTOLD,
    /// `command/exec` accepts settings that contradict each other.
    EXEC_CONTRADICTIONS_TAKEN,
    /// `command/exec` ignores the time limit of a command.
    EXEC_LIMIT_IGNORED,
    /// `command/exec` answers an empty command with success.
    EXEC_OF_NOTHING,
    /// The server answers no other request as long as `command/exec` runs a command.
    EXEC_BLOCKS,
    /// `command/exec` ignores the output limit of the request.
    EXEC_CAP_IGNORED,
    /// `command/exec` runs every command in the server's directory.
    EXEC_DIRECTORY_IGNORED,
    /// A command reads from the server's stdin.
    COMMANDS_READ_THE_PROTOCOL,
    /// `command/exec` ignores the environment variables of the request.
    EXEC_VARIABLES_IGNORED,
    /// `command/exec` passes the words of a command to a shell.
    EXEC_THROUGH_A_SHELL,
}
