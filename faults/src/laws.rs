//! The faults of the laws: what contradicts something else that the server has said or done.

use crate::fault::faults;

faults! {
    /// The server starts a second turn of a thread while the first one still runs.
    SECOND_TURN_OVER_THE_FIRST,
    /// The server does not complete the item of a patch.
    ITEM_LEFT_OPEN,
    /// The server does not complete the items that are open when a turn is interrupted or fails.
    ITEM_OF_A_CUT_TURN_LEFT_OPEN,
    /// The server shows the last turn of an idle thread as in progress.
    ENDED_TURN_SHOWN_AS_RUNNING,
    /// The server does not announce the end of a turn in which a command was run.
    TURN_NEVER_ENDS,
    /// The server does not answer a request to interrupt a turn that is over.
    REQUEST_SWALLOWED,
    /// The server shows the turns of a thread under new ids.
    SHOWN_TURN_HAS_ANOTHER_ID,
    /// The server shows an interrupted turn as completed.
    SHOWN_STATUS_DIFFERS,
    /// The server shows only the first four letters of the agent's messages.
    SHOWN_MESSAGE_DIFFERS,
    /// The server shows the messages of a turn under new ids.
    SHOWN_ITEM_HAS_ANOTHER_ID,
    /// The server does not show the commands of a turn.
    COMMANDS_ARE_NOT_SHOWN,
    /// The server shows the creation time of a stored thread an hour late.
    CREATION_TIME_IN_LOCAL_TIME,
    /// The server shows its home as the working directory of a stored thread.
    STORED_DIRECTORY_IS_THE_HOME,
    /// The server shows the first eight letters of the preview of a stored thread.
    STORED_PREVIEW_IS_CUT,
    /// The server does not send the model the second message of a thread.
    MESSAGE_NEVER_SENT,
    /// The server does not send the model the first message of a thread in the second turn.
    OLDER_MESSAGE_FORGOTTEN,
    /// The server sends the model the first message of a thread twice in the second turn.
    OLDER_MESSAGE_REPEATED,
    /// After a resume, the server sends the model the first message of a thread twice.
    MODEL_HEARS_WHAT_IS_NOT_SHOWN,
    /// The server asks for another model than the one that was named.
    ANOTHER_MODEL_IS_ASKED,
    /// The server rejects the interruption of a turn in which a command runs.
    RUNNING_TURN_NOT_INTERRUPTIBLE,
    /// The server does not find a thread in which nothing was said, when it is to show its turns.
    STARTED_THREAD_CANNOT_BE_READ,
    /// The server says that the method does not exist when it is to show a thread in which nothing was said.
    METHOD_FOUND_SOMETIMES,
    /// The server does not find a thread in which nothing was said, when it is to resume it.
    STARTED_THREAD_CANNOT_BE_RESUMED,
    /// The server rejects the cursors that it returns.
    ITS_OWN_CURSOR_REJECTED,
    /// The server uses the ids of turns again in each thread.
    TURN_ID_IN_TWO_THREADS,
    /// The server sends the model the first message of another thread.
    MESSAGE_OF_ANOTHER_THREAD,
    /// The server leaves a `config.toml` that is not TOML when it writes a key of a table.
    CONFIG_LEFT_BROKEN,
    /// The server deletes `approval_policy` when it writes a key of a table.
    CONFIG_LOSES_ANOTHER_KEY,
    /// The server writes half a line to a rollout when a turn is interrupted, and goes on behind it.
    ROLLOUT_HAS_A_BROKEN_LINE,
}
