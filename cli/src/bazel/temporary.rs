//! Where homes are made under Bazel.

use std::path::{Path, PathBuf};

/// The directory for temporary files that every system has.
const SHARED: &str = "/tmp";

/// The longest path of a socket, without the zero byte at its end: `sun_path` has 108 bytes on Linux,
/// and 104 elsewhere.
const SOCKET: usize = if cfg!(target_os = "linux") { 107 } else { 103 };

/// What is below such a directory at the most: a home, and in it a socket of the subject's.
const BELOW: usize = "/proctor-XXXXXX/home/".len() + 64;

/// The directory below which each home is made and removed: Bazel's own for this test, unless a
/// socket in a home could not have so long a path.
///
/// `TMPDIR` is no help: newer releases of Bazel set it to the same directory.
pub(super) fn directory(own: Option<&Path>) -> Option<PathBuf> {
    let own = own?;
    // Where nothing can be made, a home at a long path is better than none.
    let is_usable = || tempfile::tempdir_in(SHARED).is_ok();
    let shared = (!leaves_room(own)).then(|| PathBuf::from(SHARED)).filter(|_| is_usable());
    Some(shared.unwrap_or_else(|| own.to_owned()))
}

fn leaves_room(directory: &Path) -> bool {
    directory.as_os_str().len() + BELOW <= SOCKET
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{directory, leaves_room};

    #[test]
    fn a_long_path_is_no_place_for_homes() {
        let long = "/home/user/.cache/bazel/_bazel_user/0123456789abcdef0123456789abcdef/sandbox/\
                    linux-sandbox/7/execroot/ws/_tmp/0123456789abcdef0123456789abcdef";
        assert!(!leaves_room(Path::new(long)));
        assert_eq!(directory(Some(Path::new(long))).as_deref(), Some(Path::new("/tmp")));
        assert_eq!(directory(Some(Path::new("/b/tmp"))).as_deref(), Some(Path::new("/b/tmp")));
        assert_eq!(directory(None), None);
    }
}
