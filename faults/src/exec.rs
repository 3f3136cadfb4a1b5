//! What a server can do wrong of the chapter `exec`.

use crate::fault::faults;

faults! {
    /// A command that was killed by a signal is reported with code 0.
    KILLED_IS_A_SUCCESS,
    /// command/exec answers with code 127 when there is no such program.
    MISSING_PROGRAM_IS_A_RESULT,
    /// command/exec tells the code 0 for every command.
    EXEC_CODE_UNTOLD,
    /// command/exec takes settings that contradict each other.
    EXEC_CONTRADICTIONS_TAKEN,
    /// command/exec waits for a command however long it takes.
    EXEC_LIMIT_IGNORED,
    /// command/exec takes a command without words and does nothing.
    EXEC_OF_NOTHING,
    /// command/exec serves nobody else while a command runs.
    EXEC_BLOCKS,
    /// command/exec returns the whole output, whatever was asked for.
    EXEC_CAP_IGNORED,
    /// command/exec runs everything in the server's directory.
    EXEC_DIRECTORY_IGNORED,
    /// Commands have the server's input.
    COMMANDS_READ_THE_PROTOCOL,
    /// command/exec leaves the variables as they are.
    EXEC_VARIABLES_IGNORED,
    /// command/exec gives the words of a command to a shell.
    EXEC_THROUGH_A_SHELL,
}
