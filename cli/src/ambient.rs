//! What this process inherited without asking for it: descriptors that a shell, a CI service or
//! `make` left open, and signals that `nohup`, a shell's `&` or a profiler ignores.

use std::sync::Arc;

use rustix::stdio::raw_stderr;
use signal_hook::consts::{FORBIDDEN, SIGPIPE};

/// Keeps the inherited descriptors, except the standard three, and the ignored signals of this
/// process from all processes that it starts. Otherwise a subject would behave differently on each
/// machine: it would hold pipes open that others wait for, and a shell cannot trap a signal that it
/// was started to ignore.
///
/// Not for a command that `supervise` or `hunt` runs for its user: such a command must inherit the
/// same as without them.
pub(crate) fn keep_from_subjects() {
    close_fds::set_fds_cloexec(raw_stderr() + 1, &[]);
    for signal in ignored() {
        // A handler that does nothing ignores the signal too, but a started program does not
        // inherit it. Signals without a possible handler belong to the C library.
        let _ = signal_hook::flag::register(signal, Arc::default());
    }
}

/// The signals that this process ignores, except SIGPIPE, which the standard library ignores here
/// and restores in the processes that it starts. Empty where the system does not report them.
fn ignored() -> Vec<i32> {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    among(&status)
}

/// See `proc_pid_status(5)`: the mask has a bit for each signal, in hexadecimal.
fn among(status: &str) -> Vec<i32> {
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0);
    let kept = |signal: &i32| *signal != SIGPIPE && !FORBIDDEN.contains(signal);
    (1..=64).filter(|signal| mask >> (signal - 1) & 1 == 1).filter(kept).collect()
}

#[cfg(test)]
mod tests {
    use signal_hook::consts::{SIGHUP, SIGWINCH};

    use super::among;

    #[test]
    fn ignored_signals_are_bits_of_a_mask() {
        // SIGHUP is 1, SIGPIPE 13 and SIGWINCH 28.
        assert_eq!(among("SigBlk:\tffff\nSigIgn:\t0000000008001001\n"), [SIGHUP, SIGWINCH]);
        assert_eq!(among("SigIgn:\tnothing\n"), [0; 0]);
    }
}
