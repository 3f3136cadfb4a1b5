//! One thing that was tried, and why it did not do.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

/// One thing that was tried without success.
#[derive(Debug)]
pub struct Attempt {
    /// What was tried: a variable with its value, a directory, a command.
    pub tried: String,
    /// Why it did not do.
    pub reason: Reason,
}

impl fmt::Display for Attempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.tried, self.reason)
    }
}

/// Why a thing that was tried did not do.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Reason {
    /// The variable is absent or empty.
    #[error("not set")]
    NotSet,
    /// Nothing is there.
    #[error("{} does not exist", .0.display())]
    Missing(PathBuf),
    /// Something is there that cannot be a binary.
    #[error("{} is not a file", .0.display())]
    NotAFile(PathBuf),
    /// A relative path for which this process has no base of that kind.
    #[error("{0} is unknown")]
    NoBase(&'static str),
    /// A name that can be no binary target's.
    #[error("not the name of a binary")]
    BadName,
    /// A path that `..` leads out of the runfiles.
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
    /// The runfiles manifest gives the key an empty file that exists nowhere.
    #[error("{key} is an empty file without a place in {}", .manifest.display())]
    EmptyInManifest {
        /// The runfiles key.
        key: String,
        /// The manifest.
        manifest: PathBuf,
    },
    /// The file that should say more cannot be read.
    #[error("{} cannot be read: {source}", .path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A way that does not apply here.
    #[error("not tried: {0}")]
    NotTried(&'static str),
    /// `cargo build` ran and made no such binary.
    #[error("{0}")]
    Build(String),
}

/// The attempts of one lookup, in the order they were made.
#[derive(Debug, Default)]
pub(crate) struct Attempts(pub(crate) Vec<Attempt>);

impl Attempts {
    pub(crate) fn push(&mut self, tried: impl Into<String>, reason: Reason) {
        self.0.push(Attempt { tried: tried.into(), reason });
    }
}

/// One attempt a line, indented, so that it reads below a sentence that ends in a colon.
pub(crate) fn listed(attempts: &[Attempt]) -> String {
    attempts.iter().map(|attempt| format!("\n  {attempt}")).collect()
}

/// `path` when it is a file.
pub(crate) fn file(path: &Path) -> Result<PathBuf, Reason> {
    match path.metadata() {
        Ok(metadata) if metadata.is_file() => Ok(path.to_path_buf()),
        Ok(_) => Err(Reason::NotAFile(path.to_path_buf())),
        Err(error) => Err(absent(path, error)),
    }
}

/// `path` when anything is there.
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
