//! The faults of the chapter `lifecycle`: what a server can do wrong.

use crate::fault::faults;

faults! {
    /// The server creates a home that does not exist.
    MISSING_HOME_CREATED,
    /// The server does not exit when stdin is closed after a thread was used.
    IGNORES_EOF_AFTER_A_TURN,
    /// The server does not exit when stdin is closed before `initialize`.
    IGNORES_EARLY_EOF,
    /// The server exits with code 3 after a normal end.
    EXIT_CODE,
    /// The server does not exit when stdin is closed.
    IGNORES_EOF,
    /// A running command outlives the server.
    EXIT_LEAVES_COMMAND,
    /// When stdin is closed, the server waits for running turns.
    EOF_WAITS_FOR_TURNS,
    /// The server rejects a home that is a symbolic link.
    HOME_NO_LINK,
    /// The server rejects a home whose path ends with a slash.
    HOME_WITHOUT_SLASH_ONLY,
    /// The server rejects a home whose path is not ASCII.
    HOME_IN_ASCII_ONLY,
    /// The server rejects a home whose path contains spaces.
    HOME_WITHOUT_BLANKS_ONLY,
    /// The server locks its home by a file that remains when the server is killed.
    LOCK_OUTLIVES_A_KILL,
    /// The server writes the later lines of a rollout only when the thread is closed.
    ROLLOUT_WRITTEN_AT_THE_END,
    /// The server leaves a file with its process id in its working directory.
    LITTERS_THE_DIRECTORY,
    /// The server rejects a home that another server uses.
    ONE_SERVER_A_HOME,
    /// The server ends commands by SIGTERM and does not wait for their end.
    COMMANDS_ASKED_TO_END,
    /// The server exits with code 1 when stdin is closed in the middle of a line.
    END_IN_A_LINE_IS_A_FAILURE,
    /// When stdin is closed, the server waits for the approval that it requested.
    EOF_WAITS_FOR_APPROVALS,
    /// The server ignores SIGINT.
    IGNORES_SIGINT,
    /// The server ignores SIGTERM as long as a turn runs.
    IGNORES_SIGTERM_IN_A_TURN,
    /// The server ignores SIGTERM.
    IGNORES_SIGTERM,
}
