//! The file system, search in it, and what is saved there.

use crate::members::shape::Shape::{Flag, List, Object, Text, Whole};
use crate::members::shape::{Row, Shape, has, may, row};

const FS_READ_DIRECTORY_ENTRY: Shape =
    Object(&[has("fileName", Text), has("isDirectory", Flag), has("isFile", Flag)]);

const FUZZY_FILE_SEARCH_RESULT: Shape = Object(&[
    has("file_name", Text),
    has("match_type", Text).since("0.120"),
    has("path", Text),
    has("root", Text),
    has("score", Whole),
    may("indices", List(&Whole)),
]);

/// Results of requests, by method.
pub(super) const ANSWERS: &[Row] = &[
    row("fs/readFile", &[has("dataBase64", Text)]).since("0.120"),
    row("fs/writeFile", &[]).since("0.120"),
    row("fs/createDirectory", &[]).since("0.120"),
    row(
        "fs/getMetadata",
        &[
            has("createdAtMs", Whole),
            has("isDirectory", Flag),
            has("isFile", Flag),
            has("isSymlink", Flag).since("0.147"),
            has("modifiedAtMs", Whole),
        ],
    )
    .since("0.120"),
    row("fs/readDirectory", &[has("entries", List(&FS_READ_DIRECTORY_ENTRY))]).since("0.120"),
    row("fs/remove", &[]).since("0.120"),
    row("fs/copy", &[]).since("0.120"),
    row("fs/watch", &[has("path", Text)]).since("0.120"),
    row("fs/unwatch", &[]).since("0.120"),
    row("fuzzyFileSearch", &[has("files", List(&FUZZY_FILE_SEARCH_RESULT))]),
    row("fuzzyFileSearch/sessionStart", &[]).since("0.107"),
    row("fuzzyFileSearch/sessionUpdate", &[]).since("0.107"),
    row("fuzzyFileSearch/sessionStop", &[]).since("0.107"),
    row("gitDiffToRemote", &[has("diff", Text), has("sha", Text)]),
    row("feedback/save", &[has("threadId", Text), has("savedPath", Text), may("promptHash", Text)])
        .since("0.169"),
];

/// Parameters of notifications, by method.
pub(super) const NOTIFICATIONS: &[Row] = &[
    row("fs/changed", &[has("changedPaths", List(&Text)), has("watchId", Text)]).since("0.120"),
    row(
        "fuzzyFileSearch/sessionUpdated",
        &[
            has("files", List(&FUZZY_FILE_SEARCH_RESULT)),
            has("query", Text),
            has("sessionId", Text),
        ],
    )
    .since("0.107"),
    row("fuzzyFileSearch/sessionCompleted", &[has("sessionId", Text)]).since("0.107"),
];
