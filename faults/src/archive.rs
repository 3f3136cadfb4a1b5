//! The faults of the chapter `archive`: what a server can do wrong.

use crate::fault::faults;

faults! {
    /// The server deletes a rollout before it writes the archived copy.
    ARCHIVE_REMOVES_FIRST,
    /// The server answers a request to archive a conversation without messages with an internal
    /// error.
    ARCHIVE_OF_A_SILENT_ONE_BREAKS,
    /// The server does not announce an archived thread.
    ARCHIVE_UNANNOUNCED,
    /// The server drops the last line of a rollout that it archives.
    ARCHIVE_LOSES_THE_END,
    /// The server adds a line to a rollout that it archives.
    ARCHIVE_MARKS_THE_ROLLOUT,
    /// The server compares the resolved path of a rollout with the unresolved path of its sessions
    /// directory.
    ARCHIVE_HALF_CANONICAL,
    /// The server follows a symbolic link in the archive and moves its target into the home.
    UNARCHIVE_FOLLOWS_LINKS,
    /// The server archives files outside its sessions directory.
    ARCHIVE_ANYWHERE,
    /// The server archives files of any directory whose path begins with the text of the sessions
    /// directory's path.
    ARCHIVE_BY_STRING_PREFIX,
    /// The server rejects every path with `..`, even if it stays in the sessions directory.
    ARCHIVE_REFUSES_DOTS,
    /// The server compares paths before it resolves the `..` in them.
    ARCHIVE_BY_PREFIX,
    /// The server accepts a relative path to archive and resolves it against the home.
    ARCHIVE_TAKES_RELATIVE_PATHS,
    /// `thread/list` returns the threads that are not archived even when `archived` is true.
    ARCHIVED_IGNORED,
    /// The server keeps an archived conversation loaded.
    ARCHIVE_LEAVES_IT_LOADED,
    /// The server copies a rollout to the archive and keeps the original.
    ARCHIVE_COPIES,
    /// The server leaves an empty file at the original path of an archived rollout.
    ARCHIVE_LEAVES_A_STUB,
    /// The default list also contains archived conversations.
    LIST_MIXES_SHELVES,
    /// The server resumes an archived thread instead of rejecting the request.
    ARCHIVED_RESUMES,
    /// The server archives a rollout whose name does not contain the id in the request.
    ARCHIVE_IGNORES_THE_ID,
    /// The server answers a request to archive an unknown conversation with success.
    ARCHIVE_OF_NOTHING_SUCCEEDS,
    /// The server unloads every conversation when it archives one.
    ARCHIVE_UNLOADS_ALL,
    /// The server archives every rollout in the folder of the archived one.
    ARCHIVE_TAKES_THE_FOLDER,
    /// The server does not resume an archived conversation by its path in the archive.
    ARCHIVED_UNREACHABLE,
    /// The server does not announce an unarchived thread.
    UNARCHIVE_UNANNOUNCED,
    /// The server keeps only the first line of a rollout that it unarchives.
    UNARCHIVE_KEEPS_THE_FIRST_LINE,
    /// The server also leaves an unarchived rollout in the archive.
    UNARCHIVE_COPIES,
    /// The server accepts a request to unarchive a thread that is not archived.
    UNARCHIVE_OF_ANYTHING,
    /// The server moves an unarchived rollout to the folder of the current date.
    UNARCHIVE_TO_TODAY,
}
