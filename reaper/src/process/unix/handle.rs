//! One process, held so that it cannot be mistaken for another: to signal it, await it and reap it.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::{Duration, Instant};

use rustix::io::Errno;
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, WaitIdStatus};

use super::patience::{Patience, is_readable_within};
use super::procfs::{self, Identity};
use crate::process::Exit;

/// The interval of polling on systems without an event for the end of a process.
const ASK_EVERY: Duration = Duration::from_millis(2);

/// The state of a child, found without reaping it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Peek {
    Running,
    /// It ended, and keeps its pid and the number of its group until it is reaped.
    Ended(Exit),
    /// It is not our child, or other code of this process has reaped it.
    Gone,
}

/// A process and, where the system has them, the descriptor that refers to it alone.
#[derive(Debug)]
pub(crate) struct Handle {
    identity: Identity,
    pidfd: Option<OwnedFd>,
}

impl Handle {
    /// Holds a child that is not reaped yet, so that its pid cannot belong to another process.
    pub(crate) fn of_child(pid: u32) -> Self {
        let start = procfs::stat(pid).map_or(0, |stat| stat.start);
        Self { identity: Identity { pid, start }, pidfd: open(pid) }
    }

    /// Holds a process from a list, if it is still the process that was listed.
    pub(crate) fn of_seen(identity: Identity) -> Option<Self> {
        let handle = Self { identity, pidfd: open(identity.pid) };
        // The descriptor was opened before this check. A reused pid belongs to a younger process,
        // so if the start time is still the same, the descriptor refers to the listed process.
        procfs::stat(identity.pid).is_ok_and(|stat| stat.identity() == identity).then_some(handle)
    }

    /// Holds a process from a list of children, if it is still a child of that parent.
    pub(crate) fn of_child_of(pid: u32, parent: u32) -> Option<Self> {
        let pidfd = open(pid);
        let stat = procfs::stat(pid).ok().filter(|stat| stat.parent == parent)?;
        Some(Self { identity: stat.identity(), pidfd })
    }

    pub(crate) fn identity(&self) -> Identity {
        self.identity
    }

    pub(crate) fn pidfd(&self) -> Option<BorrowedFd<'_>> {
        self.pidfd.as_ref().map(AsFd::as_fd)
    }

    /// Whether it has not ended yet.
    pub(crate) fn is_alive(&self) -> bool {
        match self.pidfd() {
            Some(pidfd) => !is_readable_within(pidfd, Instant::now()),
            None if self.identity.start == 0 => self.peek() == Peek::Running,
            None => procfs::is_alive(self.identity),
        }
    }

    /// Sends a signal to this process alone; fails if it is gone.
    pub(crate) fn signal(&self, signal: Signal) -> rustix::io::Result<()> {
        #[cfg(target_os = "linux")]
        if let Some(pidfd) = self.pidfd() {
            return rustix::process::pidfd_send_signal(pidfd, signal);
        }
        match to_pid(self.identity.pid) {
            Some(pid) if self.is_alive() => rustix::process::kill_process(pid, signal),
            _ => Err(Errno::SRCH),
        }
    }

    /// The state of a child, which is not changed.
    pub(crate) fn peek(&self) -> Peek {
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
        match self.ask(options) {
            Ok(None) => Peek::Running,
            Ok(Some(status)) => match exit_of(&status) {
                Some(exit) => Peek::Ended(exit),
                None => Peek::Running,
            },
            Err(_) => Peek::Gone,
        }
    }

    /// Reaps an adopted child that has ended. Waits for this child only: to wait for any child
    /// would steal the exit status of children that std and tokio wait for.
    pub(crate) fn reap(&self) {
        // A child that is not ours, or has not ended, is left alone.
        let _ = self.ask(WaitIdOptions::EXITED | WaitIdOptions::NOHANG);
    }

    fn ask(&self, options: WaitIdOptions) -> rustix::io::Result<Option<WaitIdStatus>> {
        let pid = to_pid(self.identity.pid).ok_or(Errno::CHILD)?;
        loop {
            #[cfg(target_os = "linux")]
            let id = self.pidfd().map_or(WaitId::Pid(pid), WaitId::PidFd);
            #[cfg(not(target_os = "linux"))]
            let id = WaitId::Pid(pid);
            match rustix::process::waitid(id, options) {
                Err(Errno::INTR) => {}
                answer => return answer,
            }
        }
    }

    /// Waits until it has ended, or until the deadline; returns whether it ended.
    pub(crate) async fn ended(&self, patience: &Patience, until: Instant) -> bool {
        loop {
            if !self.is_alive() {
                return true;
            }
            if Instant::now() >= until {
                return false;
            }
            match self.pidfd() {
                Some(pidfd) => patience.readable(pidfd, until).await,
                None => patience.pause(ASK_EVERY).await,
            }
        }
    }
}

/// The pid in the form of system calls; `None` for 0, which means something else to each of them.
pub(crate) fn to_pid(pid: u32) -> Option<Pid> {
    i32::try_from(pid).ok().and_then(Pid::from_raw)
}

#[cfg(target_os = "linux")]
fn open(pid: u32) -> Option<OwnedFd> {
    use super::mechanism::{Mechanism, Waiting};

    if Mechanism::in_force().waiting == Waiting::Polling {
        return None;
    }
    // Without a descriptor (the limit may be reached) the process is polled.
    rustix::process::pidfd_open(to_pid(pid)?, rustix::process::PidfdFlags::empty()).ok()
}

#[cfg(not(target_os = "linux"))]
fn open(_pid: u32) -> Option<OwnedFd> {
    None
}

fn exit_of(status: &WaitIdStatus) -> Option<Exit> {
    status.exit_status().map(Exit::Code).or_else(|| status.terminating_signal().map(Exit::Signal))
}

#[cfg(test)]
mod tests {
    use std::process::{Command, Stdio};
    use std::time::{Duration, Instant};

    use rustix::process::Signal;

    use super::super::patience::{Patience, Unread, at_once};
    use super::{Handle, Peek};
    use crate::process::Exit;

    /// A child that ends when it is killed, held as on systems without process descriptors.
    fn polled(body: impl FnOnce(&Handle)) {
        let mut child = Command::new("cat").stdin(Stdio::piped()).spawn().unwrap();
        let handle = Handle { pidfd: None, ..Handle::of_child(child.id()) };
        assert_eq!((handle.is_alive(), handle.peek()), (true, Peek::Running));
        body(&handle);
        assert_eq!((handle.is_alive(), handle.peek()), (false, Peek::Ended(Exit::Signal(9))));
        assert!(handle.signal(Signal::TERM).is_err(), "the process is gone");
        assert_eq!(child.wait().unwrap().code(), None, "a look leaves it to be reaped");
        assert_eq!(handle.peek(), Peek::Gone);
    }

    #[test]
    fn without_a_descriptor_the_end_is_asked_for_blocking() {
        polled(|handle| {
            let patience = Patience::Blocking { unread: Unread::default() };
            let soon = Instant::now() + Duration::from_millis(10);
            assert_eq!(at_once(handle.ended(&patience, soon)), Some(false));
            handle.signal(Signal::KILL).unwrap();
            let late = Instant::now() + Duration::from_secs(20);
            assert_eq!(at_once(handle.ended(&patience, late)), Some(true));
        });
    }

    #[test]
    fn without_a_descriptor_the_end_is_asked_for_in_a_runtime() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        polled(|handle| {
            let soon = Instant::now() + Duration::from_millis(10);
            assert!(!runtime.block_on(handle.ended(&Patience::Runtime, soon)));
            handle.signal(Signal::KILL).unwrap();
            let late = Instant::now() + Duration::from_secs(20);
            assert!(runtime.block_on(handle.ended(&Patience::Runtime, late)));
        });
    }

    #[test]
    fn process_that_is_not_the_one_that_was_seen_is_not_held() {
        let seen = Handle::of_child(std::process::id()).identity();
        assert!(Handle::of_seen(seen).is_some());
        assert!(Handle::of_seen(super::Identity { start: seen.start + 1, ..seen }).is_none());
    }
}
