//! The faults of the chapter `process`: what a server can do wrong with processes of a client.

use crate::fault::faults;

faults! {
    /// The server does not resize the terminal of a process.
    PROCESS_RESIZE_IGNORED,
    /// `process/spawn` is answered when the process has ended.
    PROCESS_ANSWERED_AT_ITS_END,
    /// `process/exited` reports exit code 0 for every process.
    PROCESS_CODE_LOST,
    /// `process/exited` reports no stdout.
    PROCESS_OUTPUT_LOST,
    /// `process/outputDelta` reports stderr as stdout.
    PROCESS_STREAMS_MIXED,
    /// `process/exited` repeats the output that was announced.
    PROCESS_STREAM_REPEATED,
    /// `process/spawn` accepts a handle that a running process has.
    PROCESS_HANDLE_SHARED,
    /// `process/spawn` rejects the handle of a process that has ended.
    PROCESS_HANDLE_USED_UP,
    /// `process/kill` reports success but does not end the process.
    PROCESS_KILL_IGNORED,
    /// The server reports success to requests about processes that do not run.
    UNKNOWN_PROCESS_SERVED,
    /// `process/writeStdin` reports success but writes nothing.
    PROCESS_INPUT_LOST,
    /// `process/writeStdin` ignores `closeStdin`.
    PROCESS_INPUT_STAYS_OPEN,
    /// `process/spawn` accepts an empty command.
    PROCESS_OF_NOTHING,
    /// `process/spawn` accepts an empty handle.
    PROCESS_WITHOUT_A_HANDLE,
    /// `process/spawn` reports success for a program that does not exist.
    MISSING_PROGRAM_IS_SPAWNED,
    /// `process/spawn` runs every process in the directory of the server.
    PROCESS_DIRECTORY_IGNORED,
    /// `process/spawn` ignores the time limit.
    PROCESS_LIMIT_IGNORED,
}
