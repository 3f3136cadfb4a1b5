//! What only a Unix has: signals and their names, permission to execute.

use std::path::Path;
use std::process::ExitStatus;

use rustix::fs::{Access, access};
use rustix::process::Signal;

use crate::process::Exit;

impl Exit {
    pub(super) fn from_status(status: ExitStatus) -> Option<Self> {
        use std::os::unix::process::ExitStatusExt;

        status.code().map(Self::Code).or_else(|| status.signal().map(Self::Signal))
    }
}

/// The name of a signal.
pub(crate) fn signal_name(signal: i32) -> Option<&'static str> {
    let names = [
        (Signal::HUP, "SIGHUP"),
        (Signal::INT, "SIGINT"),
        (Signal::QUIT, "SIGQUIT"),
        (Signal::ILL, "SIGILL"),
        (Signal::TRAP, "SIGTRAP"),
        (Signal::ABORT, "SIGABRT"),
        (Signal::BUS, "SIGBUS"),
        (Signal::FPE, "SIGFPE"),
        (Signal::KILL, "SIGKILL"),
        (Signal::SEGV, "SIGSEGV"),
        (Signal::PIPE, "SIGPIPE"),
        (Signal::ALARM, "SIGALRM"),
        (Signal::TERM, "SIGTERM"),
        (Signal::SYS, "SIGSYS"),
    ];
    names.into_iter().find(|(known, _)| known.as_raw() == signal).map(|(_, name)| name)
}

/// Whether this is a file that this process may execute.
pub(crate) fn is_executable(path: &Path) -> bool {
    path.is_file() && access(path, Access::EXEC_OK).is_ok()
}
