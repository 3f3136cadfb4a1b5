//! Ties the subject's life to ours: a stub becomes the subject, and is killed when we die.
//!
//! The system sends the signal when the *thread* that started the stub ends; that is our main
//! thread, which lives as long as we do. Only the subject itself gets the signal; its children see
//! the end of their streams.

use std::ffi::OsString;
use std::io;
use std::os::unix::process::CommandExt;
use std::process::Command;

/// Becomes the command, which is killed when the process `parent` dies.
///
/// Returns only if that is impossible, with the error.
pub fn become_tied(parent: u32, command: &[OsString]) -> io::Error {
    let Some((program, args)) = command.split_first() else {
        return io::ErrorKind::InvalidInput.into();
    };
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{Pid, Signal, getppid, set_parent_process_death_signal};

        if let Err(error) = set_parent_process_death_signal(Some(Signal::KILL)) {
            return error.into();
        }
        // The parent may have died before the signal was requested.
        let ours = getppid().map(Pid::as_raw_pid).and_then(|pid| u32::try_from(pid).ok());
        if ours != Some(parent) {
            return io::Error::other("the proxy has gone");
        }
    }
    #[cfg(not(target_os = "linux"))]
    let _ = parent;
    Command::new(program).args(args).exec()
}
