//! Where homes are made under Bazel.

use std::path::{Path, PathBuf};

use harness::Home;

/// The directory for temporary files that every system has.
const SHARED: &str = "/tmp";

/// The longest path below a home that a socket of a subject is expected to have, in bytes.
const SOCKET: usize = 64;

/// The directory below which each home is made and removed: Bazel's own for this test, unless a
/// socket in a home could not have so long a path.
///
/// `TMPDIR` is no help: newer releases of Bazel set it to the same directory.
pub(super) fn directory(own: Option<&Path>) -> Option<PathBuf> {
    let own = own?;
    // Where nothing can be made, a home at a long path is better than none.
    let is_usable = || tempfile::tempdir_in(SHARED).is_ok();
    let has_room = Home::has_room_for_a_socket(own, SOCKET);
    let shared = (!has_room).then(|| PathBuf::from(SHARED)).filter(|_| is_usable());
    Some(shared.unwrap_or_else(|| own.to_owned()))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use harness::Home;

    use super::{SOCKET, directory};

    #[test]
    fn a_long_path_is_no_place_for_homes() {
        let long = "/home/user/.cache/bazel/_bazel_user/0123456789abcdef0123456789abcdef/sandbox/\
                    linux-sandbox/7/execroot/ws/_tmp/0123456789abcdef0123456789abcdef";
        assert!(!Home::has_room_for_a_socket(Path::new(long), SOCKET));
        assert_eq!(directory(Some(Path::new(long))).as_deref(), Some(Path::new("/tmp")));
        assert_eq!(directory(Some(Path::new("/b/tmp"))).as_deref(), Some(Path::new("/b/tmp")));
        assert_eq!(directory(None), None);
    }
}
