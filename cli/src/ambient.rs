//! What this process was given and did not ask for: descriptors that a shell, a CI service or `make` left open, and signals
//! that `nohup`, a shell's `&` or a profiler ignores.

use std::sync::Arc;

use rustix::stdio::raw_stderr;
use signal_hook::consts::{FORBIDDEN, SIGPIPE};

/// Keeps every descriptor that this process inherited, but the standard three, from whatever it starts, and every signal that it
/// was told to ignore. A subject that had them would behave otherwise on one machine than on the next: it would keep a pipe
/// open that somebody waits for, and a shell cannot trap what it has to ignore.
///
/// Not for a command that `supervise` or `hunt` runs on behalf of its user: it has to find what it would find without them.
pub(crate) fn keep_from_subjects() {
    close_fds::set_fds_cloexec(raw_stderr() + 1, &[]);
    for signal in ignored() {
        // To handle a signal by doing nothing is to ignore it, but a program that is started does not inherit it. What
        // cannot be handled belongs to the C library.
        let _ = signal_hook::flag::register(signal, Arc::default());
    }
}

/// The signals that this process ignores, but SIGPIPE, which the standard library ignores here and gives back to whatever it
/// starts. None where the system does not tell.
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
