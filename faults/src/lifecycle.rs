//! What a server can do wrong of the chapter `lifecycle`.

use crate::fault::faults;

faults! {
    /// A home that does not exist is made.
    MISSING_HOME_CREATED,
    /// The process goes on when stdin is closed after a thread was used.
    IGNORES_EOF_AFTER_A_TURN,
    /// The process goes on when stdin is closed before initialize.
    IGNORES_EARLY_EOF,
    /// The process exits with code 3 after an orderly end.
    EXIT_CODE,
    /// The process goes on when stdin is closed.
    IGNORES_EOF,
    /// A running command outlives the process.
    EXIT_LEAVES_COMMAND,
    /// When stdin is closed, the process lets running turns end first.
    EOF_WAITS_FOR_TURNS,
    /// A home that is a link is not found.
    HOME_NO_LINK,
    /// A home whose path ends in a slash is not found.
    HOME_WITHOUT_SLASH_ONLY,
    /// A home whose path is not ASCII is not found.
    HOME_IN_ASCII_ONLY,
    /// A home whose path has blanks is not found.
    HOME_WITHOUT_BLANKS_ONLY,
    /// A file says that the home is in use; only an orderly end removes it.
    LOCK_OUTLIVES_A_KILL,
    /// What comes after the first message is written when the thread is closed.
    ROLLOUT_WRITTEN_AT_THE_END,
    /// A file with the id of the process is left in its directory.
    LITTERS_THE_DIRECTORY,
    /// A second server in the same home is refused.
    ONE_SERVER_A_HOME,
    /// Commands that are to end get SIGTERM, and are not waited for.
    COMMANDS_ASKED_TO_END,
    /// An end of the input in the middle of a line is a failure: the process exits with code 1.
    END_IN_A_LINE_IS_A_FAILURE,
    /// When stdin is closed, the process waits for the approval that it has asked for.
    EOF_WAITS_FOR_APPROVALS,
    /// SIGINT is ignored.
    IGNORES_SIGINT,
    /// SIGTERM is ignored while a turn runs.
    IGNORES_SIGTERM_IN_A_TURN,
    /// SIGTERM is ignored.
    IGNORES_SIGTERM,
}
