//! What goes wrong with rollouts of a rarer form.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use uuid::Uuid;

use crate::fault::fault;
use crate::store::{self, Shelf};

/// Whether a list leaves out a rollout that can be read. None does, but for the faults.
pub(crate) fn unlisted(path: &Path, id: Uuid, before: &mut BTreeSet<Uuid>) -> bool {
    let twin = !before.insert(id);
    if twin && fault!(TWIN_UNLISTED) {
        return true;
    }
    if fault!(MARKED_ROLLOUT_UNLISTED) && begins_with_a_mark(path) {
        return true;
    }
    fault!(BAD_LINE_HIDES_THE_ROLLOUT) && has_a_bad_line(path)
}

fn begins_with_a_mark(path: &Path) -> bool {
    fs::read(path).is_ok_and(|bytes| bytes.starts_with("\u{feff}".as_bytes()))
}

fn has_a_bad_line(path: &Path) -> bool {
    let text = fs::read_to_string(path).unwrap_or_default();
    text.lines().any(|line| serde_json::from_str::<Value>(line).is_err())
}

/// An event as it is stored, with its message cut where a fault cuts it.
pub(crate) fn stored(mut event: Value) -> Value {
    /// How much of a message is kept.
    const KEPT: usize = 64 << 10;
    let Some(message) = event["message"].as_str() else { return event };
    let end = if fault!(LONG_MESSAGES_CUT) {
        message.floor_char_boundary(KEPT)
    } else if fault!(NUL_ENDS_A_MESSAGE) {
        message.find('\0').unwrap_or(message.len())
    } else {
        return event;
    };
    let message = message[..end].to_owned();
    event["message"] = Value::String(message);
    event
}

/// The name that a thread gets when it is given this one.
pub(crate) fn name(name: &str) -> String {
    if fault!(LONG_NAMES_CUT) {
        return name.chars().take(500).collect();
    }
    if fault!(LINE_BREAKS_OF_NAMES_LOST) {
        return name.replace(['\r', '\n'], " ");
    }
    name.to_owned()
}

/// The file that is read when a request names this rollout.
pub(crate) fn rollout(home: &Path, path: PathBuf) -> PathBuf {
    let text = path.to_string_lossy();
    if let (Some(end), true) = (text.find('\0'), fault!(PATH_ENDS_AT_A_NUL)) {
        return PathBuf::from(&text[..end]);
    }
    if fault!(PATH_TRIMMED) {
        return PathBuf::from(text.trim());
    }
    if fault!(ESCAPES_IN_PATHS_DECODED) {
        return decoded(&text);
    }
    if fault!(ROLLOUT_FOUND_BY_ITS_NAME) {
        let mut all = store::list(home, Shelf::Live);
        let same = all.find(|summary| summary.path.file_name() == path.file_name());
        return same.map_or(path, |summary| summary.path);
    }
    path
}

/// The folder that a request names, relative to another one.
pub(crate) fn folder(base: &Path, cwd: &Path) -> PathBuf {
    let folder = base.join(cwd);
    if fault!(DIRECTORY_ESCAPES_DECODED) { decoded(&folder.to_string_lossy()) } else { folder }
}

/// The folder in which a command runs that is to run in this one.
pub(crate) fn ground(folder: &Path) -> &Path {
    let replaced = !folder.is_dir() && fault!(MISSING_DIRECTORY_REPLACED);
    if replaced { Path::new("/") } else { folder }
}

fn decoded(path: &str) -> PathBuf {
    PathBuf::from(path.replace("%20", " ").replace("%2D", "-"))
}

/// Whether a request for a fork is served without its path.
pub(crate) fn forks_by_id() -> bool {
    fault!(FORK_IGNORES_ITS_PATH)
}
