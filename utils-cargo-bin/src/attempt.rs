//! One failed attempt to find a file, and the reason.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

/// One failed attempt.
#[derive(Debug)]
pub struct Attempt {
    /// The source that was tried: a variable with its value, a directory, a command.
    pub tried: String,
    /// Why it failed.
    pub reason: Reason,
}

impl fmt::Display for Attempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.tried, self.reason)
    }
}

/// The reason why an attempt failed.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Reason {
    /// The variable is absent or empty.
    #[error("not set")]
    NotSet,
    /// There is nothing at the path.
    #[error("{} does not exist", .0.display())]
    Missing(PathBuf),
    /// The path is not a file, so it cannot be a binary.
    #[error("{} is not a file", .0.display())]
    NotAFile(PathBuf),
    /// The base of a relative path is unknown to this process.
    #[error("{0} is unknown")]
    NoBase(&'static str),
    /// A binary target cannot have this name.
    #[error("not the name of a binary")]
    BadName,
    /// A path that leaves the runfiles by `..`.
    #[error("{0} leads out of the runfiles")]
    OutsideRunfiles(String),
    /// The runfiles manifest has no line for the key.
    #[error("{key} is not in {}", .manifest.display())]
    NotInManifest {
        /// The runfiles key.
        key: String,
        /// The manifest.
        manifest: PathBuf,
    },
    /// The runfiles manifest lists the key as an empty file, which has no path.
    #[error("{key} is an empty file without a place in {}", .manifest.display())]
    EmptyInManifest {
        /// The runfiles key.
        key: String,
        /// The manifest.
        manifest: PathBuf,
    },
    /// A file that is needed cannot be read.
    #[error("{} cannot be read: {source}", .path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The error of the system.
        source: io::Error,
    },
    /// The source does not apply here.
    #[error("not tried: {0}")]
    NotTried(&'static str),
    /// `cargo build` ran but made no such binary.
    #[error("{0}")]
    Build(String),
}

/// The attempts of one lookup, in order.
#[derive(Debug, Default)]
pub(crate) struct Attempts(pub(crate) Vec<Attempt>);

impl Attempts {
    pub(crate) fn push(&mut self, tried: impl Into<String>, reason: Reason) {
        self.0.push(Attempt { tried: tried.into(), reason });
    }
}

/// One attempt per line, indented, to follow a sentence that ends in a colon.
pub(crate) fn listed(attempts: &[Attempt]) -> String {
    attempts.iter().map(|attempt| format!("\n  {attempt}")).collect()
}

/// `path` if it is a file.
pub(crate) fn file(path: &Path) -> Result<PathBuf, Reason> {
    match path.metadata() {
        Ok(metadata) if metadata.is_file() => Ok(path.to_path_buf()),
        Ok(_) => Err(Reason::NotAFile(path.to_path_buf())),
        Err(error) => Err(absent(path, error)),
    }
}

/// `path` if it exists.
pub(crate) fn existing(path: &Path) -> Result<PathBuf, Reason> {
    match path.metadata() {
        Ok(_) => Ok(path.to_path_buf()),
        Err(error) => Err(absent(path, error)),
    }
}

fn absent(path: &Path, error: io::Error) -> Reason {
    let path = path.to_path_buf();
    match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Reason::Missing(path),
        _ => Reason::Unreadable { path, source: error },
    }
}
