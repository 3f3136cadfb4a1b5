//! The faults of the chapter `fuzzy`: what a server can do wrong when it searches for files.

use crate::fault::faults;

faults! {
    /// `fuzzyFileSearch` does not search in subdirectories.
    FUZZY_MISSES_DIRECTORIES,
    /// `fuzzyFileSearch` finds files that do not fit the query.
    FUZZY_FINDS_ALL,
    /// `fuzzyFileSearch` finds only files that have the query in one piece.
    FUZZY_WANTS_PIECES,
    /// `fuzzyFileSearch` returns the worst files first.
    FUZZY_UNSORTED,
    /// `fuzzyFileSearch` finds all files for a blank query.
    FUZZY_BLANK_FINDS_ALL,
    /// `fuzzyFileSearch` without roots searches the working directory of the server.
    FUZZY_SEARCHES_ITS_OWN_DIRECTORY,
    /// `fuzzyFileSearch` rejects a root that does not exist.
    FUZZY_MISSING_ROOT_REFUSED,
    /// `fuzzyFileSearch` does not answer a search that another one cancels.
    FUZZY_CANCELLED_UNANSWERED,
    /// The server does not announce the files of a session.
    FUZZY_SESSION_IS_SILENT,
    /// The server does not announce that the search of a session is complete.
    FUZZY_SESSION_NEVER_COMPLETES,
    /// A session repeats its first search when it gets a new query.
    FUZZY_SESSION_KEEPS_ITS_QUERY,
    /// `fuzzyFileSearch/sessionUpdate` accepts an unknown session.
    FUZZY_UNKNOWN_SESSION_SERVED,
    /// `fuzzyFileSearch/sessionStart` accepts an empty id.
    FUZZY_SESSION_WITHOUT_AN_ID,
    /// `fuzzyFileSearch/sessionStop` rejects a session that has ended.
    FUZZY_SECOND_STOP_REFUSED,
}
