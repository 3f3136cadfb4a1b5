//! Passes signals to this process on to the command, once, as if this process were not there.
//!
//! Usually the command leads a process group of its own, as a test does under cargo-nextest, and
//! receives every signal that we receive. In the foreground of a terminal it stays in our group, so
//! that it can read the terminal and stays part of our pipeline; then the terminal's own signals
//! reach it directly, and only signals from other processes are passed on.

use std::fs;
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;

use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use signal_hook::iterator::backend::SignalDelivery;
use signal_hook::iterator::exfiltrator::WithOrigin;
use signal_hook::low_level::siginfo::Cause;

use crate::process::procfs;

/// The signals that are passed on.
const PASSED_ON: [Signal; 9] = [
    Signal::HUP,
    Signal::INT,
    Signal::QUIT,
    Signal::TERM,
    Signal::USR1,
    Signal::USR2,
    Signal::TSTP,
    Signal::CONT,
    Signal::WINCH,
];

/// The recipient of the signals.
#[derive(Clone, Copy, Debug)]
pub(super) enum Recipient {
    /// The process group that the command leads.
    Group(Pid),
    /// The command alone; its group is ours.
    Process(Pid),
}

/// What the signals since the last look ask for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Arrived {
    /// The command is to end.
    pub(super) end: bool,
    /// The command is to stop, until it is continued.
    pub(super) stop: bool,
    /// A child has changed its state.
    pub(super) child: bool,
}

/// The signals of this process, taken over.
#[derive(Debug)]
pub(super) struct Relay {
    signals: SignalDelivery<UnixStream, WithOrigin>,
}

impl Relay {
    /// Takes over every signal that is passed on and is not ignored; the command ignores the
    /// signals that this process ignores, as `nohup` requires.
    pub(super) fn new() -> std::io::Result<Self> {
        let (read, write) = UnixStream::pair()?;
        read.set_nonblocking(true)?;
        write.set_nonblocking(true)?;
        let ignored = ignored();
        let wanted = PASSED_ON.into_iter().chain([Signal::CHILD]).map(Signal::as_raw);
        let wanted = wanted.filter(|signal| ignored >> (signal - 1) & 1 == 0);
        let signals = SignalDelivery::with_pipe(read, write, WithOrigin::default(), wanted)?;
        Ok(Self { signals })
    }

    /// Becomes readable when a signal has come.
    pub(super) fn fd(&self) -> BorrowedFd<'_> {
        self.signals.get_read().as_fd()
    }

    /// Passes on the signals that have arrived.
    pub(super) fn pass_on(&mut self, to: Recipient) -> Arrived {
        let mut arrived = Arrived::default();
        for origin in self.signals.pending() {
            let raw = origin.signal;
            if raw == Signal::CHILD.as_raw() {
                arrived.child = true;
                continue;
            }
            let Some(signal) = PASSED_ON.into_iter().find(|known| known.as_raw() == raw) else {
                continue;
            };
            arrived.stop |= signal == Signal::TSTP;
            arrived.end |=
                matches!(signal, Signal::HUP | Signal::INT | Signal::QUIT | Signal::TERM);
            // If the command has just ended, no process is left to receive it.
            let _ = match to {
                Recipient::Group(group) => kill_process_group(group, signal),
                Recipient::Process(_) if matches!(origin.cause, Cause::Kernel) => Ok(()),
                Recipient::Process(pid) => kill_process(pid, signal),
            };
        }
        arrived
    }
}

/// The signals that this process was started to ignore, one bit each from 1.
fn ignored() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    line.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or_default()
}

/// Whether our process group is the foreground group of the terminal.
pub(super) fn is_in_foreground() -> bool {
    let Ok(terminal) = fs::File::open("/dev/tty") else { return false };
    // A group outside of our container has no number here.
    if procfs::stat(std::process::id()).is_ok_and(|us| us.group == 0) {
        return false;
    }
    rustix::termios::tcgetpgrp(&terminal).is_ok_and(|group| group == rustix::process::getpgrp())
}

/// Ends this process by the signal that ended the command, so that our parent sees the same end as
/// without us; returns if that is not possible.
pub fn die_of(signal: i32) {
    use rustix::process::{Resource, Rlimit, getpid, getrlimit, setrlimit};

    // The command has already dumped its core, if it was to.
    let before = getrlimit(Resource::Core);
    let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: before.maximum });
    if signal == Signal::KILL.as_raw() {
        let _ = kill_process(getpid(), Signal::KILL);
    }
    let _ = signal_hook::low_level::emulate_default_handler(signal);
}
