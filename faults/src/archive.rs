//! What a server can do wrong of the chapter `archive`.

use crate::fault::faults;

faults! {
    /// Archive removes the original before it knows that there is a place for it.
    ARCHIVE_REMOVES_FIRST,
    /// Archiving a conversation in which nothing was said is an internal error.
    ARCHIVE_OF_A_SILENT_ONE_BREAKS,
    /// A thread that is archived is not announced.
    ARCHIVE_UNANNOUNCED,
    /// The last line of a rollout is lost when it is archived.
    ARCHIVE_LOSES_THE_END,
    /// Archive writes into the rollout that it was archived.
    ARCHIVE_MARKS_THE_ROLLOUT,
    /// Archive compares the canonical path of a rollout with the sessions directory as it is
    /// written.
    ARCHIVE_HALF_CANONICAL,
    /// What a link in the archive leads to is moved into the home.
    UNARCHIVE_FOLLOWS_LINKS,
    /// Archive moves files from anywhere.
    ARCHIVE_ANYWHERE,
    /// Archive takes every folder for the sessions directory whose name begins like it.
    ARCHIVE_BY_STRING_PREFIX,
    /// Archive refuses every path with `..`, wherever it leads.
    ARCHIVE_REFUSES_DOTS,
    /// Archive compares paths as they are written.
    ARCHIVE_BY_PREFIX,
    /// Archive takes a relative path for one in the home.
    ARCHIVE_TAKES_RELATIVE_PATHS,
    /// thread/list lists the live threads when it is asked for the archived ones.
    ARCHIVED_IGNORED,
    /// A conversation that is archived stays in memory.
    ARCHIVE_LEAVES_IT_LOADED,
    /// Archive copies the rollout and leaves the original in place.
    ARCHIVE_COPIES,
    /// Archive leaves an empty file where the rollout was.
    ARCHIVE_LEAVES_A_STUB,
    /// Lists of live conversations hold the archived ones, too.
    LIST_MIXES_SHELVES,
    /// An archived thread is resumed as if it were not.
    ARCHIVED_RESUMES,
    /// Archive moves whatever rollout it is pointed to.
    ARCHIVE_IGNORES_THE_ID,
    /// Archiving what is not there succeeds.
    ARCHIVE_OF_NOTHING_SUCCEEDS,
    /// Archiving one conversation ends all that are loaded.
    ARCHIVE_UNLOADS_ALL,
    /// Archive moves every rollout of the same day.
    ARCHIVE_TAKES_THE_FOLDER,
    /// An archived conversation is not resumed by the path that it has now.
    ARCHIVED_UNREACHABLE,
    /// A thread that comes back from the archive is not announced.
    UNARCHIVE_UNANNOUNCED,
    /// Of a rollout that comes back from the archive only the first line is left.
    UNARCHIVE_KEEPS_THE_FIRST_LINE,
    /// A rollout that comes back from the archive stays there, too.
    UNARCHIVE_COPIES,
    /// A thread that is not archived comes back from the archive, too.
    UNARCHIVE_OF_ANYTHING,
    /// A rollout comes back from the archive to the folder of today.
    UNARCHIVE_TO_TODAY,
}
