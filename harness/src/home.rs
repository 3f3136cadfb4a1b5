//! The files of one check: the subject's home, a working directory, and nothing else.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::settings::Settings;

/// The longest path of a unix socket, in bytes, without the zero byte at its end: `sun_path` has 108 bytes
/// on Linux, and 104 elsewhere.
pub(crate) const LONGEST_SOCKET: usize = if cfg!(target_os = "linux") { 107 } else { 103 };

/// How the name of the directory of a home begins.
const PREFIX: &str = "proctor-";
/// How many letters follow, which differ from home to home.
const LETTERS: usize = 6;
/// The home in its directory.
const HOME: &str = "home";

/// Writes the files that a subject needs in its home before it starts.
pub trait Template: Send + Sync {
    /// Writes the files; `model_url` is the base URL of the check's own model service.
    ///
    /// # Errors
    ///
    /// The error of the file system.
    fn write(&self, home: &Home, model_url: &str) -> io::Result<()>;

    /// Variables for the subject's environment: settings that cannot be in a file.
    fn env(&self, model_url: &str) -> Vec<(&'static str, String)> {
        let _ = model_url;
        Vec::new()
    }
}

/// A template that writes nothing.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Empty;

impl Template for Empty {
    fn write(&self, _home: &Home, _model_url: &str) -> io::Result<()> {
        Ok(())
    }
}

/// A temporary directory that holds the subject's home and its working directory; removed when
/// dropped.
#[derive(Debug)]
pub struct Home {
    // Held for its drop, which follows no link out of the directory.
    _root: TempDir,
    path: PathBuf,
    work: PathBuf,
}

impl Home {
    /// A new, empty home below the directory for temporary files.
    ///
    /// # Errors
    ///
    /// The error of the file system.
    pub fn new() -> io::Result<Self> {
        Self::new_in(&std::env::temp_dir())
    }

    /// A new, empty home in the directory from the settings.
    pub(crate) fn of(settings: &Settings) -> io::Result<Self> {
        settings.homes.as_deref().map_or_else(Self::new, Self::new_in)
    }

    /// A new, empty home in this directory, which must be absolute.
    ///
    /// # Errors
    ///
    /// The error of the file system.
    pub fn new_in(directory: &Path) -> io::Result<Self> {
        let mut name = tempfile::Builder::new();
        let root = name.prefix(PREFIX).rand_bytes(LETTERS).tempdir_in(directory)?;
        reaper::guardian::tidy(root.path());
        // Canonical, because subjects report canonical paths and checks compare them.
        let base = root.path().canonicalize()?;
        let (path, work) = (base.join(HOME), base.join("work"));
        for directory in [&path, &work, &path.join("tmp")] {
            std::fs::create_dir(directory)?;
        }
        Ok(Self { _root: root, path, work })
    }

    /// Whether a unix socket can be bound in a home in this directory, at a path below the home of so
    /// many bytes.
    pub fn has_room_for_a_socket(directory: &Path, below: usize) -> bool {
        let home = [1, PREFIX.len(), LETTERS, 1, HOME.len(), 1].into_iter().sum::<usize>();
        directory.as_os_str().len() + home + below <= LONGEST_SOCKET
    }

    /// The home: the subject's `CODEX_HOME`, absolute and canonical.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The working directory of conversations, absolute and canonical; beside the home.
    pub fn work(&self) -> &Path {
        &self.work
    }

    /// A path below the home.
    pub fn join(&self, relative: impl AsRef<Path>) -> PathBuf {
        self.path.join(relative)
    }

    /// Replaces the working directory of conversations by a new, empty one.
    ///
    /// # Errors
    ///
    /// The error of the file system.
    pub(crate) fn renew_work(&mut self, number: usize) -> io::Result<()> {
        self.work.set_file_name(format!("work-{number}"));
        std::fs::create_dir(&self.work)
    }

    /// The environment that the home provides for a subject.
    pub fn env(&self) -> Vec<(OsString, OsString)> {
        let below = |name: &str| self.path.join(name).into_os_string();
        [
            ("HOME", self.path.clone().into_os_string()),
            ("CODEX_HOME", self.path.clone().into_os_string()),
            ("TMPDIR", below("tmp")),
            ("XDG_CONFIG_HOME", below(".config")),
            ("XDG_CACHE_HOME", below(".cache")),
            ("XDG_DATA_HOME", below(".local/share")),
            ("XDG_STATE_HOME", below(".local/state")),
            ("XDG_RUNTIME_DIR", below("tmp")),
            // Some releases read system-wide settings from a fixed path, unless this variable names
            // another.
            ("CODEX_APP_SERVER_MANAGED_CONFIG_PATH", below("managed_config.toml")),
        ]
        .into_iter()
        .map(|(name, value)| (name.into(), value))
        .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{Home, LONGEST_SOCKET};

    #[test]
    fn the_room_for_a_socket_is_what_the_path_of_a_home_leaves() {
        let directory = tempfile::tempdir().unwrap();
        let base = directory.path().canonicalize().unwrap();
        let home = Home::new_in(&base).unwrap();
        let room = LONGEST_SOCKET - home.path().as_os_str().len() - 1;
        assert!(Home::has_room_for_a_socket(&base, room));
        assert!(!Home::has_room_for_a_socket(&base, room + 1));
    }
}
