//! The faults of files that are more than a line where the code bends.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::fault::fault;

/// The path that a request is about.
pub(super) fn path(path: PathBuf) -> PathBuf {
    let name = path.to_string_lossy();
    if fault!(FS_NAMES_TRIMMED) {
        return PathBuf::from(name.trim());
    }
    if fault!(FS_NAMES_DECODED) {
        return PathBuf::from(name.replace("%20", " "));
    }
    path
}

/// The bytes that are returned of these.
pub(super) fn read(mut bytes: Vec<u8>) -> Vec<u8> {
    if fault!(FS_READ_AS_TEXT) {
        return String::from_utf8_lossy(&bytes).into_owned().into_bytes();
    }
    if fault!(FS_READ_CUT) {
        bytes.truncate(1 << 20);
    }
    bytes
}

/// What happens to a file before it is known what will be in it.
pub(super) fn before_writing(path: &Path) {
    if path.is_file() && fault!(FS_WRITE_EMPTIES_FIRST) {
        let _ = fs::write(path, "");
    }
    if path.is_symlink() && fault!(FS_WRITE_REPLACES_LINKS) {
        let _ = fs::remove_file(path);
    }
    if fault!(FS_WRITE_MAKES_DIRECTORIES)
        && let Some(place) = path.parent()
    {
        let _ = fs::create_dir_all(place);
    }
}

/// Writes a file.
pub(super) fn write(path: &Path, bytes: Vec<u8>) -> io::Result<()> {
    let before = || fs::read(path).unwrap_or_default();
    let bytes = if fault!(FS_WRITE_AS_TEXT) {
        String::from_utf8_lossy(&bytes).into_owned().into_bytes()
    } else if fault!(FS_WRITE_APPENDS) {
        [before(), bytes].concat()
    } else if fault!(FS_WRITE_KEEPS_THE_REST) {
        let rest = before().into_iter().skip(bytes.len());
        bytes.into_iter().chain(rest).collect()
    } else if bytes.is_empty() && fault!(FS_EMPTY_UNWRITTEN) {
        return Ok(());
    } else {
        bytes
    };
    match fs::write(path, bytes) {
        Err(_) if fault!(FS_FAILURES_ARE_ANSWERED) => Ok(()),
        written => written,
    }
}
