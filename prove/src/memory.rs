//! Homes in memory: a proof makes and removes tens of thousands of them, which a disk makes the slowest part of it.

use std::path::{Path, PathBuf};

/// Where Linux keeps files in memory.
const SHARED: &str = "/dev/shm";

/// How much room there must be, in bytes: homes of many cases at a time, some with files of several megabytes.
const ROOM: u64 = 512 << 20;

/// A directory in memory; nothing where there is none that will do, or where the environment says where to put temporary
/// files.
pub fn directory() -> Option<PathBuf> {
    match std::env::var_os("TMPDIR") {
        Some(_) => None,
        None => usable(Path::new(SHARED)).then(|| PathBuf::from(SHARED)),
    }
}

/// Whether it is in memory, has room, and lets us write files and programs.
fn usable(directory: &Path) -> bool {
    is_in_memory(directory) && tempfile::tempdir_in(directory).is_ok()
}

#[cfg(target_os = "linux")]
fn is_in_memory(directory: &Path) -> bool {
    use rustix::fs::{FsWord, StatVfsMountFlags, statfs, statvfs};

    /// See statfs(2).
    const TMPFS_MAGIC: FsWord = 0x0102_1994;
    let Ok((kind, room)) = statfs(directory).and_then(|kind| Ok((kind, statvfs(directory)?)))
    else {
        return false;
    };
    kind.f_type == TMPFS_MAGIC
        && room.f_bavail.saturating_mul(room.f_frsize) >= ROOM
        && !room.f_flag.intersects(StatVfsMountFlags::NOEXEC | StatVfsMountFlags::RDONLY)
}

#[cfg(not(target_os = "linux"))]
fn is_in_memory(_directory: &Path) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::usable;

    #[test]
    fn what_is_no_memory_is_not_used() {
        assert!(!usable(Path::new("/proc")));
        assert!(!usable(Path::new("/no/such/directory")));
    }
}
