//! Whole directories: copied and removed.

use std::fs::{self, FileType};
use std::io;
use std::path::Path;

use serde::Deserialize;
use serde_json::{Value, json};

use super::{Absolute, failed};
use crate::fault::fault;
use crate::message::Refusal;

/// Parameters of `fs/copy`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Copy {
    source_path: Absolute,
    destination_path: Absolute,
    #[serde(default)]
    recursive: bool,
}

/// Parameters of `fs/remove`.
#[derive(Debug, Deserialize)]
pub(crate) struct Remove {
    path: Absolute,
    recursive: Option<bool>,
    force: Option<bool>,
}

/// `fs/copy`: a file, a link, or a directory with all that is in it.
pub(in crate::v2) fn copy(params: &Copy) -> Result<Value, Refusal> {
    let (from, to) = (&params.source_path.0, &params.destination_path.0);
    let kind = fs::symlink_metadata(from).map_err(|error| failed(&error))?.file_type();
    if kind.is_dir() {
        if !params.recursive && !fault!(FS_COPIES_DIRECTORIES_UNASKED) {
            let reason = "fs/copy requires recursive: true when sourcePath is a directory";
            return Err(Refusal::invalid(reason));
        }
        if to.starts_with(from) && !copies_into_itself() {
            let reason = "fs/copy cannot copy a directory to itself or one of its descendants";
            return Err(Refusal::invalid(reason));
        }
    } else if !kind.is_file() && !kind.is_symlink() {
        if fault!(FS_COPY_OF_A_PIPE) {
            return Ok(json!({}));
        }
        let reason = "fs/copy only supports regular files, directories, and symlinks";
        return Err(Refusal::invalid(reason));
    }
    copy_entry(from, to, kind).map_err(|error| failed(&error))?;
    if fault!(FS_COPY_MOVES) {
        let _ = fs::remove_dir_all(from);
    }
    Ok(json!({}))
}

/// Whether a defect copies a directory into itself, one level of it.
fn copies_into_itself() -> bool {
    fault!(FS_COPY_INTO_ITSELF)
}

fn copy_entry(from: &Path, to: &Path, kind: FileType) -> io::Result<()> {
    if kind.is_dir() {
        copy_directory(from, to)
    } else if kind.is_symlink() && !fault!(FS_COPY_FOLLOWS_LINKS) {
        std::os::unix::fs::symlink(fs::read_link(from)?, to)
    } else if to.exists() && fault!(FS_COPY_KEEPS_WHAT_IS_THERE) {
        Ok(())
    } else if fault!(FS_COPY_AS_TEXT) {
        fs::write(to, String::from_utf8_lossy(&fs::read(from)?).as_bytes())
    } else {
        fs::copy(from, to).map(|_| ())
    }
}

fn copy_directory(from: &Path, to: &Path) -> io::Result<()> {
    // Read before anything is made: one may be in the other if a defect lets it.
    let entries: Vec<_> = fs::read_dir(from)?.collect::<io::Result<_>>()?;
    fs::create_dir_all(to)?;
    for entry in entries {
        let kind = entry.file_type()?;
        let flat = fault!(FS_COPY_OF_ONE_LEVEL) || copies_into_itself();
        if !kind.is_dir() || !flat {
            copy_entry(&entry.path(), &to.join(entry.file_name()), kind)?;
        }
    }
    Ok(())
}

/// `fs/remove`: whatever is at a path, unless the request is more careful.
pub(in crate::v2) fn remove(params: &Remove) -> Result<Value, Refusal> {
    let path = &params.path.0;
    let force = params.force.unwrap_or(!fault!(FS_MISSING_IS_NOT_REMOVED));
    let recursive = params.recursive.unwrap_or(!fault!(FS_REMOVES_EMPTY_DIRECTORIES_ONLY));
    let recursive = recursive || fault!(FS_REMOVE_IS_ALWAYS_RECURSIVE);
    match remove_entry(path, recursive) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            if force || fault!(FS_FORCE_ALWAYS) { Ok(json!({})) } else { Err(failed(&error)) }
        }
        Err(error) => Err(failed(&error)),
        Ok(()) => Ok(json!({})),
    }
}

fn remove_entry(path: &Path, recursive: bool) -> io::Result<()> {
    let kind = fs::symlink_metadata(path)?.file_type();
    if kind.is_symlink() && fault!(FS_REMOVE_FOLLOWS_LINKS) {
        let target = fs::read_link(path)?;
        fs::remove_file(path)?;
        return remove_entry(&target, recursive);
    }
    if !kind.is_dir() {
        return fs::remove_file(path);
    }
    if recursive {
        return fs::remove_dir_all(path);
    }
    if fault!(FS_REMOVE_EMPTIES_FIRST) {
        let files = fs::read_dir(path)?.flatten().map(|entry| entry.path());
        files.filter(|file| file.is_file()).for_each(|file| drop(fs::remove_file(file)));
    }
    fs::remove_dir(path)
}
