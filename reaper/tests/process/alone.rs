//! Runs a test in a process of its own, if it tests a property of the whole process.
//!
//! Under nextest every test has its own process; under `cargo test` other tests open descriptors
//! and start processes meanwhile.

use std::process::{Command, Stdio};

const ROLE: &str = "PROCESS_TEST_ROLE";

/// The role of this process, if it was started by [`as_role`].
pub(crate) fn role() -> Option<String> {
    std::env::var(ROLE).ok()
}

/// This test binary again, to run only the named test, in this role.
pub(crate) fn as_role(role: &str, test: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", test, "--nocapture"]).env(ROLE, role).stdin(Stdio::null());
    command
}

/// Runs `body` in a process of its own and fails if it does; `test` is the name of the calling
/// test.
pub(crate) fn alone(test: &str, body: impl FnOnce()) {
    if role().is_some() {
        return body();
    }
    let output = as_role("alone", test).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && text.contains("1 passed"), "{text}");
}
