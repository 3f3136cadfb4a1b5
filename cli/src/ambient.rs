//! What this process was given and did not ask for: descriptors that a shell, a CI service or `make` left open.

use rustix::stdio::raw_stderr;

/// Keeps every descriptor that this process inherited, but the standard three, from whatever it starts. A subject that held them
/// would behave otherwise on one machine than on the next, and would keep a pipe open that somebody waits for.
///
/// Not for a command that `supervise` or `hunt` runs on behalf of its user: it has to find what it would find without them.
pub(crate) fn keep_from_subjects() {
    close_fds::set_fds_cloexec(raw_stderr() + 1, &[]);
}
