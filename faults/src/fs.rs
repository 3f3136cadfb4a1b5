//! The faults of the chapter `fs`: what a server can do wrong with files.

use crate::fault::faults;

faults! {
    /// `fs/readFile` replaces bytes that are not UTF-8.
    FS_READ_AS_TEXT,
    /// `fs/readFile` returns no more than the first MiB of a file.
    FS_READ_CUT,
    /// `fs/writeFile` replaces bytes that are not UTF-8.
    FS_WRITE_AS_TEXT,
    /// `fs/writeFile` appends to a file that exists.
    FS_WRITE_APPENDS,
    /// `fs/writeFile` keeps the end of a file that was longer.
    FS_WRITE_KEEPS_THE_REST,
    /// `fs/writeFile` does nothing when there are no bytes to write.
    FS_EMPTY_UNWRITTEN,
    /// `fs/writeFile` creates missing directories.
    FS_WRITE_MAKES_DIRECTORIES,
    /// `fs/writeFile` writes a `dataBase64` that is not base64 as it is.
    FS_INVALID_BASE64_WRITTEN,
    /// `fs/writeFile` empties the file before it looks at the data.
    FS_WRITE_EMPTIES_FIRST,
    /// `fs/writeFile` replaces a symbolic link with a file.
    FS_WRITE_REPLACES_LINKS,
    /// `fs/readFile` rejects a symbolic link.
    FS_LINKS_UNREADABLE,
    /// The server removes blanks at the end of a path.
    FS_NAMES_TRIMMED,
    /// The server decodes `%20` in a path.
    FS_NAMES_DECODED,
    /// `fs/createDirectory` does not create parents by default.
    FS_ONE_LEVEL_IS_MADE,
    /// `fs/createDirectory` rejects a directory that exists.
    FS_EXISTING_DIRECTORY_REFUSED,
    /// `fs/createDirectory` ignores `recursive: false`.
    FS_ALWAYS_WITH_PARENTS,
    /// `fs/readDirectory` leaves out hidden entries.
    FS_HIDDEN_UNLISTED,
    /// `fs/readDirectory` also lists what is in subdirectories.
    FS_LISTS_WHAT_IS_BELOW,
    /// `fs/readDirectory` reports every entry as a file.
    FS_DIRECTORIES_ARE_FILES,
    /// `fs/readDirectory` fails when a symbolic link leads nowhere.
    FS_DANGLING_LINK_FAILS,
    /// `fs/getMetadata` reports a directory as a file.
    FS_DIRECTORY_IS_A_FILE,
    /// `fs/getMetadata` reports a symbolic link as neither a file nor a directory.
    FS_LINK_IS_NEITHER,
    /// `fs/getMetadata` reports `isSymlink: false` for a symbolic link.
    FS_LINK_UNMARKED,
    /// `fs/getMetadata` reports times in seconds.
    FS_TIMES_IN_SECONDS,
    /// `fs/getMetadata` reports the time of the request as the time of the change.
    FS_TIME_OF_THE_REQUEST,
    /// The server accepts relative paths in requests about files.
    FS_RELATIVE_PATHS_TAKEN,
    /// `fs/readFile` returns an empty file when it cannot read the file.
    FS_MISSING_IS_EMPTY,
    /// `fs/writeFile` reports success when the system refuses the write.
    FS_FAILURES_ARE_ANSWERED,
    /// `fs/createDirectory` reports success when the path is a file.
    FS_DIRECTORY_OVER_A_FILE,
    /// `fs/copy` reports success but copies nothing when the destination exists.
    FS_COPY_KEEPS_WHAT_IS_THERE,
    /// `fs/copy` replaces bytes that are not UTF-8.
    FS_COPY_AS_TEXT,
    /// `fs/copy` copies a directory without `recursive: true`.
    FS_COPIES_DIRECTORIES_UNASKED,
    /// `fs/copy` leaves out subdirectories.
    FS_COPY_OF_ONE_LEVEL,
    /// `fs/copy` removes a directory after it has copied it.
    FS_COPY_MOVES,
    /// `fs/copy` copies a directory into itself.
    FS_COPY_INTO_ITSELF,
    /// `fs/copy` copies the target of a symbolic link.
    FS_COPY_FOLLOWS_LINKS,
    /// `fs/copy` reports success for a named pipe.
    FS_COPY_OF_A_PIPE,
    /// By default, `fs/remove` does not remove a directory that is not empty.
    FS_REMOVES_EMPTY_DIRECTORIES_ONLY,
    /// By default, `fs/remove` rejects a path that does not exist.
    FS_MISSING_IS_NOT_REMOVED,
    /// `fs/remove` ignores `force: false`.
    FS_FORCE_ALWAYS,
    /// `fs/remove` ignores `recursive: false`.
    FS_REMOVE_IS_ALWAYS_RECURSIVE,
    /// `fs/remove` removes the files of a directory before it rejects the request.
    FS_REMOVE_EMPTIES_FIRST,
    /// `fs/remove` also removes the target of a symbolic link.
    FS_REMOVE_FOLLOWS_LINKS,
    /// The server announces no change of a watched path.
    FS_WATCH_IS_DEAF,
    /// The server does not announce files that were created after the watch began.
    FS_NEW_FILES_UNSEEN,
    /// The server does not announce that a file was removed from a watched directory.
    FS_REMOVAL_UNSEEN,
    /// The server announces the names of changed files without their directory.
    FS_CHANGED_PATHS_RELATIVE,
    /// The watch of a file ends with the first change.
    FS_WATCH_ENDS_WITH_A_CHANGE,
    /// `fs/watch` accepts an id that is in use.
    FS_WATCH_ID_SHARED,
    /// `fs/watch` with an id that is in use replaces the watch that has it, and is rejected.
    FS_WATCH_REPLACED,
    /// `fs/unwatch` does not end the watch.
    FS_UNWATCH_IGNORED,
    /// The server announces changes only to the first watch.
    FS_ONE_WATCH_HEARS,
    /// `fs/unwatch` rejects an unknown id.
    FS_UNKNOWN_WATCH_REFUSED,
    /// The server announces a change of a watched path to every client.
    FS_CHANGES_FOR_ALL_CLIENTS,
}
