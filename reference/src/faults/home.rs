//! What a server may have against its home, and what it leaves there.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use crate::fault::fault;

/// Whether the home has a name that is not liked.
pub(crate) fn is_unwelcome(home: &Path) -> bool {
    let name = home.to_string_lossy();
    (!name.is_ascii() && fault!(HOME_IN_ASCII_ONLY))
        || (name.contains(' ') && fault!(HOME_WITHOUT_BLANKS_ONLY))
        || (name.ends_with('/') && fault!(HOME_WITHOUT_SLASH_ONLY))
        || (home.is_symlink() && fault!(HOME_NO_LINK))
}

/// What is left while the process runs, and may be left behind.
#[derive(Debug)]
pub(crate) struct Traces {
    lock: Option<PathBuf>,
    _held: Option<File>,
}

impl Traces {
    /// Leaves none, unless a fault is planted.
    pub(crate) fn leave(home: &Path, cwd: &Path) -> io::Result<Self> {
        if fault!(LITTERS_THE_DIRECTORY) {
            fs::write(cwd.join(".server.pid"), std::process::id().to_string())?;
        }
        let taken = || io::Error::other("the home is in use");
        let (lock, mut held) = (home.join("server.lock"), None);
        if fault!(ONE_SERVER_A_HOME) {
            let file = File::create(&lock)?;
            file.try_lock().map_err(|_| taken())?;
            held = Some(file);
        }
        let locks = fault!(LOCK_OUTLIVES_A_KILL);
        if locks {
            File::create_new(&lock).map_err(|_| taken())?;
        }
        Ok(Self { lock: locks.then_some(lock), _held: held })
    }
}

impl Drop for Traces {
    fn drop(&mut self) {
        if let Some(lock) = &self.lock {
            let _ = fs::remove_file(lock);
        }
    }
}
