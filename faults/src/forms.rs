//! The faults of the chapter `forms`: what a server can do wrong with what has many forms.

use crate::fault::faults;

faults! {
    /// A write below an inline table with a comment above it leaves a `config.toml` that is not valid TOML.
    INLINE_TABLE_TORN,
    /// A write below an inline table drops the other keys of that table.
    INLINE_SIBLINGS_LOST,
    /// A write below a table of dotted keys adds a second definition of that table.
    DOTTED_TABLE_DOUBLED,
    /// A write into a table drops the comment above that table.
    TABLE_COMMENT_LOST,
    /// The server writes a list of tables as a string.
    LISTS_OF_TABLES_BECOME_TEXTS,
    /// The server cuts a string at its first line break when it writes the string.
    STRINGS_CUT_AT_LINE_BREAKS,
    /// The server splits a quoted part of `keyPath` at its dots.
    QUOTED_KEYS_SPLIT,
    /// A rejected write leaves an empty table in `config.toml`.
    REJECTED_WRITE_LEAVES_A_TABLE,
    /// The server rejects a write to a `config.toml` that begins with a byte order mark.
    MARKED_CONFIG_REJECTED,
    /// A write to a `config.toml` with CR LF line ends adds lines that end with LF.
    LINE_ENDS_MIXED,
    /// The server ignores everything in a rollout behind the first line that it cannot read.
    BAD_LINE_ENDS_THE_HISTORY,
    /// The server does not list a rollout with a line that is no JSON.
    BAD_LINE_HIDES_THE_ROLLOUT,
    /// The server does not resume a rollout whose first line is not its head.
    FIRST_LINE_HAS_TO_BE_THE_HEAD,
    /// The server does not read a rollout that is not valid UTF-8.
    TORN_LETTER_IS_FATAL,
    /// The server does not list a rollout with a byte order mark, which it reads.
    MARKED_ROLLOUT_UNLISTED,
    /// A list ends at a folder that has the name of a rollout.
    FOLDER_ENDS_THE_LIST,
    /// The server exits when a client asks for a thread whose rollout is empty.
    EMPTY_ROLLOUT_ENDS_THE_SERVER,
    /// The server lists only one of two rollouts with the same id.
    TWIN_UNLISTED,
    /// The server returns a rollout under the id in its first line, whatever id was requested.
    ID_OF_THE_HEAD_RETURNED,
    /// The server cuts a stored message at 64 KiB when it reads a rollout.
    LONG_MESSAGES_CUT,
    /// A stored message ends at its first NUL character when the server reads a rollout.
    NUL_ENDS_A_MESSAGE,
    /// The server does not list or read a rollout of more than 10 MB.
    LARGE_ROLLOUT_REFUSED,
    /// The server cuts the name of a thread at 500 characters.
    LONG_NAMES_CUT,
    /// The server replaces the line breaks in the name of a thread by blanks.
    LINE_BREAKS_OF_NAMES_LOST,
    /// The server reads another thread when an id is in upper case.
    UPPER_CASE_ID_IS_ANOTHER,
    /// A cursor names the first conversation of the next page; the list begins anew if that was archived.
    CURSOR_NAMES_WHAT_FOLLOWS,
    /// The server decodes `%20` in the path of a rollout.
    ESCAPES_IN_PATHS_DECODED,
    /// The server gives a conversation a new id when it resumes it through a symbolic link.
    LINKED_ROLLOUT_GETS_A_NEW_ID,
    /// The server opens the rollout in its home that has the file name of the path in a request.
    ROLLOUT_FOUND_BY_ITS_NAME,
    /// The server ignores everything behind a NUL character in the path of a rollout.
    PATH_ENDS_AT_A_NUL,
    /// The server removes white space around the path of a rollout.
    PATH_TRIMMED,
    /// The server ignores the path in a request for a fork.
    FORK_IGNORES_ITS_PATH,
    /// The server loads the history of a thread again when the thread is resumed by another path.
    ANOTHER_PATH_LOADS_AGAIN,
    /// The server decodes `%20` in the working directory of a request.
    DIRECTORY_ESCAPES_DECODED,
    /// The server runs commands in the root directory if the working directory of the thread is missing.
    MISSING_DIRECTORY_REPLACED,
    /// A cursor that the server does not know restarts a list of turns or items.
    HISTORY_CURSOR_RESTARTS,
    /// A cursor is the number of a page, which the server multiplies by the size of the requested page.
    CURSOR_COUNTS_PAGES,
    /// A cursor of a list of turns or items counts from the newest one, so a new turn shifts the pages.
    HISTORY_CURSOR_COUNTS,
    /// A list of threads goes on with the archived ones behind a cursor of those, whatever is requested.
    CURSOR_KEEPS_ITS_FILTER,
    /// The server filters threads by their source on the first page only.
    LATER_PAGES_OF_EVERY_SOURCE,
}
