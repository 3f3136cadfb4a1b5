//! The lock as an advisory lock on a file, where there are no abstract sockets.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;

/// The lock, for as long as it is not dropped.
#[derive(Debug)]
pub(super) struct Lock(#[expect(dead_code, reason = "held for its drop")] File);

/// The lock for people.
pub(super) fn place(name: &str) -> String {
    path(name).display().to_string()
}

/// The path of the lock. It is not in `TMPDIR` if possible, because runs with different values must
/// meet.
fn path(name: &str) -> PathBuf {
    let shared = Path::new("/tmp");
    let folder = if shared.is_dir() { shared.to_owned() } else { std::env::temp_dir() };
    folder.join(format!("proctor-{}.lock", name.replace(' ', "-")))
}

/// Waits until nobody else holds the lock, and takes it.
///
/// # Errors
///
/// The error of the file system.
pub(super) fn wait(name: &str) -> io::Result<Lock> {
    let file = open(&path(name))?;
    file.lock().map(|()| Lock(file))
}

/// Opens the lock file, which is never removed: otherwise two runs could hold different files.
fn open(path: &Path) -> io::Result<File> {
    // A lock needs only read access, which another user's file may grant. No link is followed out
    // of the shared directory.
    let mut options = OpenOptions::new();
    options.read(true).custom_flags(OFlags::NOFOLLOW.bits().cast_signed());
    match options.open(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        outcome => return outcome,
    }
    let made = OpenOptions::new().write(true).create_new(true).mode(0o644).open(path);
    match made {
        // The umask may have removed permissions that other users need.
        Ok(file) => file.set_permissions(fs::Permissions::from_mode(0o644))?,
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
        Err(error) => return Err(error),
    }
    options.open(path)
}
