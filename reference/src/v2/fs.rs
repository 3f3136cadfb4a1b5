//! Files of the machine, for clients that have no other way to them.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::de::Error;
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};

use crate::fault::fault;
use crate::message::Refusal;

mod faults;
pub(crate) mod tree;
pub(crate) mod watch;

/// A path that does not depend on a working directory.
#[derive(Debug, Clone)]
pub(crate) struct Absolute(pub(super) PathBuf);

impl<'de> Deserialize<'de> for Absolute {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let path = faults::path(PathBuf::deserialize(deserializer)?);
        if path.is_absolute() || fault!(FS_RELATIVE_PATHS_TAKEN) {
            Ok(Self(path))
        } else {
            Err(D::Error::custom("AbsolutePathBuf deserialized without a base path"))
        }
    }
}

/// Parameters of requests about one path.
#[derive(Debug, Deserialize)]
pub(crate) struct OfPath {
    path: Absolute,
}

/// Parameters of `fs/writeFile`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Write {
    path: Absolute,
    data_base64: String,
}

/// Parameters of `fs/createDirectory`.
#[derive(Debug, Deserialize)]
pub(crate) struct CreateDirectory {
    path: Absolute,
    recursive: Option<bool>,
}

/// What the system says against a request.
fn failed(error: &io::Error) -> Refusal {
    Refusal::internal(error.to_string())
}

/// `fs/readFile`: all bytes of a file.
pub(super) fn read(params: &OfPath) -> Result<Value, Refusal> {
    let path = &params.path.0;
    if path.is_dir() || (path.is_symlink() && fault!(FS_LINKS_UNREADABLE)) {
        return Err(Refusal::invalid(format!("path `{}` is not a file", path.display())));
    }
    let bytes = match fs::read(path) {
        Err(_) if fault!(FS_MISSING_IS_EMPTY) => Vec::new(),
        bytes => bytes.map_err(|error| failed(&error))?,
    };
    Ok(json!({ "dataBase64": STANDARD.encode(faults::read(bytes)) }))
}

/// `fs/writeFile`: replaces the content of a file.
pub(super) fn write(params: &Write) -> Result<Value, Refusal> {
    let path = &params.path.0;
    faults::before_writing(path);
    let bytes = match STANDARD.decode(&params.data_base64) {
        Err(_) if fault!(FS_INVALID_BASE64_WRITTEN) => params.data_base64.clone().into_bytes(),
        Err(error) => {
            let reason = format!("fs/writeFile requires valid base64 dataBase64: {error}");
            return Err(Refusal::invalid(reason));
        }
        Ok(bytes) => bytes,
    };
    faults::write(path, bytes).map_err(|error| failed(&error))?;
    Ok(json!({}))
}

/// `fs/createDirectory`: with its parents unless the request says otherwise.
pub(super) fn create_directory(params: &CreateDirectory) -> Result<Value, Refusal> {
    let path = &params.path.0;
    let wanted = params.recursive.unwrap_or(!fault!(FS_ONE_LEVEL_IS_MADE));
    let refused = path.is_dir() && fault!(FS_EXISTING_DIRECTORY_REFUSED);
    let made = if (wanted || fault!(FS_ALWAYS_WITH_PARENTS)) && !refused {
        fs::create_dir_all(path)
    } else {
        fs::create_dir(path)
    };
    match made {
        Err(_) if path.is_file() && fault!(FS_DIRECTORY_OVER_A_FILE) => Ok(json!({})),
        Err(error) => Err(failed(&error)),
        Ok(()) => Ok(json!({})),
    }
}

/// `fs/getMetadata`: of what a path leads to.
pub(super) fn metadata(params: &OfPath) -> Result<Value, Refusal> {
    let path = &params.path.0;
    let found = fs::metadata(path).map_err(|error| failed(&error))?;
    let is_link = path.is_symlink();
    let is_file = found.is_file() || fault!(FS_DIRECTORY_IS_A_FILE);
    let hidden = is_link && fault!(FS_LINK_IS_NEITHER);
    let mut shown = json!({
        "isDirectory": found.is_dir() && !hidden && !is_file,
        "isFile": is_file && !hidden,
        "isSymlink": is_link && !fault!(FS_LINK_UNMARKED),
        "createdAtMs": found.created().map_or(0, millis),
        "modifiedAtMs": found.modified().map_or(0, millis),
    });
    if fault!(FS_TIME_OF_THE_REQUEST) {
        shown["modifiedAtMs"] = json!(millis(SystemTime::now()));
    }
    Ok(shown)
}

/// A time in milliseconds since 1970; none before that.
fn millis(time: SystemTime) -> u64 {
    let since = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    if fault!(FS_TIMES_IN_SECONDS) {
        return since.as_secs();
    }
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

/// `fs/readDirectory`: what is directly in a directory.
pub(super) fn read_directory(params: &OfPath) -> Result<Value, Refusal> {
    let mut found = Vec::new();
    list(&params.path.0, &mut found).map_err(|error| failed(&error))?;
    Ok(json!({ "entries": found }))
}

fn list(place: &Path, found: &mut Vec<Value>) -> io::Result<()> {
    for entry in fs::read_dir(place)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        // A link that leads nowhere is neither a file nor a directory.
        let kind = match fs::metadata(entry.path()) {
            Err(error) if fault!(FS_DANGLING_LINK_FAILS) => return Err(error),
            Err(_) => continue,
            Ok(kind) => kind,
        };
        if name.starts_with('.') && fault!(FS_HIDDEN_UNLISTED) {
            continue;
        }
        let is_file = kind.is_file() || fault!(FS_DIRECTORIES_ARE_FILES);
        let entry_shown =
            json!({ "fileName": name, "isDirectory": kind.is_dir(), "isFile": is_file });
        found.push(entry_shown);
        if kind.is_dir() && fault!(FS_LISTS_WHAT_IS_BELOW) {
            list(&entry.path(), found)?;
        }
    }
    Ok(())
}
