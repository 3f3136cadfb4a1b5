//! The means by which this system lets us wait for a subject and find its descendants: probed once,
//! reported always.

use std::fmt;
use std::sync::OnceLock;

use super::procfs;

/// How the end of a process is noticed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Waiting {
    /// By a descriptor that becomes readable when the process ends (Linux 5.4 or newer).
    Pidfd,
    /// By polling.
    Polling,
}

/// How descendants of a subject are found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Finding {
    /// Orphans become our children, and lists of children name them all, daemons included.
    Subreaper,
    /// The parent, group, session and tag of every process of the system are examined: a process
    /// that cleared its environment in a session of its own before it was first seen is not found.
    Scan,
    /// Only the process group is known and killed; its members cannot be named, and processes that
    /// left it are not found.
    Group,
}

/// The means in use. They are reported, so that "no survivors" says how well was searched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Mechanism {
    /// How the end of a process is noticed.
    pub waiting: Waiting,
    /// How descendants are found.
    pub finding: Finding,
}

impl Mechanism {
    /// The means in use by this process. The first call makes it a child subreaper where that
    /// exists: from then on it is the parent of all orphans among its descendants, and
    /// [`crate::process::audit()`] must reap them.
    pub fn in_force() -> Self {
        static IN_FORCE: OnceLock<Mechanism> = OnceLock::new();
        *IN_FORCE.get_or_init(|| Self { waiting: waiting(), finding: finding() })
    }
}

impl fmt::Display for Mechanism {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let waiting = match self.waiting {
            Waiting::Pidfd => "pidfd",
            Waiting::Polling => "polling",
        };
        let finding = match self.finding {
            Finding::Subreaper => "subreaper and children lists",
            Finding::Scan => "scan of all processes",
            Finding::Group => "process group only",
        };
        write!(f, "{waiting}; {finding}")
    }
}

#[cfg(target_os = "linux")]
fn waiting() -> Waiting {
    use rustix::process::{PidfdFlags, WaitId, WaitIdOptions, getpid, pidfd_open, waitid};
    use std::os::fd::AsFd;

    let Ok(pidfd) = pidfd_open(getpid(), PidfdFlags::empty()) else {
        return Waiting::Polling;
    };
    // This process is not its own child, so a kernel that supports the question answers "no child";
    // Linux 5.3 answers "invalid".
    let asked = waitid(WaitId::PidFd(pidfd.as_fd()), WaitIdOptions::EXITED | WaitIdOptions::NOHANG);
    match asked {
        Err(rustix::io::Errno::CHILD) => Waiting::Pidfd,
        _ => Waiting::Polling,
    }
}

#[cfg(not(target_os = "linux"))]
fn waiting() -> Waiting {
    Waiting::Polling
}

#[cfg(target_os = "linux")]
fn finding() -> Finding {
    use rustix::process::{getpid, set_child_subreaper};

    let us = getpid();
    let id = us.as_raw_nonzero().get().unsigned_abs();
    // Some kernels are built without lists of children; there orphans are adopted, but not named at
    // once.
    let lists = procfs::children_of_thread(id, id).is_ok();
    match set_child_subreaper(Some(us)) {
        Ok(()) if lists => Finding::Subreaper,
        _ if procfs::stat(id).is_ok() => Finding::Scan,
        _ => Finding::Group,
    }
}

#[cfg(not(target_os = "linux"))]
fn finding() -> Finding {
    // No other system has the same `/proc` layout, as far as we know; asking costs nothing.
    match procfs::stat(std::process::id()) {
        Ok(_) => Finding::Scan,
        Err(_) => Finding::Group,
    }
}
