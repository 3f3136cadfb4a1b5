//! Files of the machine: read, written, listed, copied, removed and watched for a client.

mod copy;
mod directories;
mod files;
mod refusals;
mod remove;
mod watch;

use std::fs;
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use harness::{Context, Failure, OrInconclusive, Result};
use serde_json::json;

use crate::bytes::bytes_at;

/// Makes a file with this content, and returns its path.
fn file(cx: &Context, name: &str, content: impl AsRef<[u8]>) -> Result<PathBuf> {
    let path = cx.home.work().join(name);
    fs::write(&path, content).or_inconclusive("writing a file")?;
    Ok(path)
}

/// Makes a directory, and returns its path.
fn directory(cx: &Context, name: &str) -> Result<PathBuf> {
    let path = cx.home.work().join(name);
    fs::create_dir_all(&path).or_inconclusive("making a directory")?;
    Ok(path)
}

/// Makes a symbolic link to this path, and returns its own.
fn link(cx: &Context, name: &str, to: &Path) -> Result<PathBuf> {
    let path = cx.home.work().join(name);
    std::os::unix::fs::symlink(to, &path).or_inconclusive("making a symbolic link")?;
    Ok(path)
}

/// Makes a directory with a file, a hidden file, and a directory in it that has a file as well.
fn tree(cx: &Context, name: &str) -> Result<PathBuf> {
    let path = directory(cx, name)?;
    directory(cx, &format!("{name}/inner/empty"))?;
    for (file, content) in TREE {
        fs::write(path.join(file), content).or_inconclusive("writing a file")?;
    }
    Ok(path)
}

/// The files of a [`tree`].
const TREE: [(&str, &str); 3] =
    [("file", "in it"), (".hidden", "hidden"), ("inner/file", "further in")];

/// Fails unless this is a [`tree`] with all of its files.
fn ensure_tree(path: &Path, what: &str) -> Result {
    for (file, content) in TREE {
        holds(&path.join(file), content.as_bytes(), &format!("{what}: the file `{file}`"))?;
    }
    kind(&path.join("inner/empty"), "a directory", what)
}

/// The bytes that the server reads in a file.
async fn read(cx: &mut Context, path: &Path) -> Result<Vec<u8>> {
    let result = cx.peer.call("fs/readFile", json!({ "path": path })).await?;
    bytes_at(&result, "/dataBase64", "the result of `fs/readFile`")
}

/// Lets the server write a file.
async fn write(cx: &mut Context, path: &Path, bytes: &[u8]) -> Result {
    let params = json!({ "path": path, "dataBase64": STANDARD.encode(bytes) });
    cx.peer.call("fs/writeFile", params).await.map(|_| ())
}

/// Fails unless the file has this content.
fn holds(path: &Path, expected: &[u8], what: &str) -> Result {
    match fs::read(path) {
        Ok(observed) => same(&observed, expected, what),
        Err(error) => {
            let expected = format!("{} bytes", expected.len());
            Err(Failure::mismatch(what, expected, error.to_string()))
        }
    }
}

/// Fails unless the bytes are these; says where they differ.
fn same(observed: &[u8], expected: &[u8], what: &str) -> Result {
    if observed == expected {
        return Ok(());
    }
    let differs = observed.iter().zip(expected).position(|(one, other)| one != other);
    let at = differs.unwrap_or(observed.len().min(expected.len()));
    let shown = |bytes: &[u8]| {
        let piece = bytes.get(at..bytes.len().min(at + 16)).unwrap_or_default();
        format!("{} bytes, from byte {at} on {}", bytes.len(), piece.escape_ascii())
    };
    Err(Failure::mismatch(what, shown(expected), shown(observed)))
}

/// Fails unless there is this kind of thing at the path: "a file", "a directory", "a link" or
/// "nothing".
fn kind(path: &Path, expected: &str, what: &str) -> Result {
    let observed = match fs::symlink_metadata(path) {
        Err(_) => "nothing",
        Ok(found) if found.is_symlink() => "a link",
        Ok(found) if found.is_dir() => "a directory",
        Ok(found) if found.is_file() => "a file",
        Ok(_) => "something else",
    };
    if observed == expected {
        return Ok(());
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    Err(Failure::mismatch(format!("{what}: what is at `{name}`"), expected, observed))
}
