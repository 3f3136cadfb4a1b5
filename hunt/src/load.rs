//! Load on the machine: a helper process with busy threads.
//!
//! A process of its own, so that it does not take time from the thread that observes the runs. It
//! reads from a pipe of ours, so that it ends when we do, in any case.

#[cfg(any(not(unix), test))]
mod awaited;
#[cfg(unix)]
mod polled;

use std::ffi::OsStr;
use std::io::{self, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, ExitCode, Stdio};
use std::thread;
use std::time::Instant;

use crate::conditions::Conditions;

#[cfg(not(unix))]
use awaited::first_byte;
#[cfg(unix)]
use polled::first_byte;

/// The hidden subcommand of `proctor` whose body is [`main`].
pub const SUBCOMMAND: &str = "__load";

/// The largest number of busy threads: on a large machine, 16 per processor would take longer to
/// start than a block lasts.
const MOST: usize = 512;

/// The byte that the helper sends when the load is running.
const READY: u8 = b'!';

/// A load, which ends when this is dropped.
#[derive(Debug)]
pub(crate) struct Burden {
    child: Child,
    line: Option<ChildStdin>,
}

impl Burden {
    /// Starts the load of the conditions, and waits until it runs; `None` if that took too long.
    pub(crate) fn start(
        proctor: &Path,
        conditions: &Conditions,
        processors: usize,
        until: Instant,
    ) -> io::Result<Option<Self>> {
        let busy = (conditions.busy * processors).min(MOST);
        let mut child = Command::new(proctor)
            .arg(SUBCOMMAND)
            .arg(busy.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let (line, answer) = (child.stdin.take(), child.stdout.take());
        let burden = Self { child, line };
        let answer = answer.ok_or_else(|| io::Error::other("no pipe"))?;
        match first_byte(answer, until)? {
            None => Ok(None),
            Some(READY) => Ok(Some(burden)),
            Some(_) => Err(io::Error::other("the load did not report that it runs")),
        }
    }
}

impl Drop for Burden {
    fn drop(&mut self) {
        // It would end with its input; killed, it ends at once and leaves nothing behind.
        self.line = None;
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The body of the helper: this many busy threads until the end of its input.
pub fn main(mut args: impl Iterator<Item = impl AsRef<OsStr>>) -> ExitCode {
    let busy = args.next().and_then(|arg| arg.as_ref().to_str()?.parse::<usize>().ok());
    let Some(busy) = busy else { return ExitCode::FAILURE };
    for _ in 0..busy {
        thread::spawn(|| {
            loop {
                std::hint::spin_loop();
            }
        });
    }
    if io::stdout().write_all(&[READY]).and_then(|()| io::stdout().flush()).is_err() {
        return ExitCode::FAILURE;
    }
    // Anything else than the end of file, or an error, is ignored.
    let _ = io::copy(&mut io::stdin().lock(), &mut io::sink());
    ExitCode::SUCCESS
}

/// Keeps the calling thread on one core while it lives; processes started meanwhile inherit that
/// for good.
#[derive(Debug)]
pub(crate) struct Pinned {
    #[cfg(target_os = "linux")]
    before: Option<rustix::thread::CpuSet>,
}

impl Pinned {
    /// The same core for all runs: the first that this process may use. Does nothing where it
    /// cannot be chosen.
    #[cfg(target_os = "linux")]
    pub(crate) fn start() -> Self {
        use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

        let before = sched_getaffinity(None).ok();
        let first = before.and_then(|set| (0..CpuSet::MAX_CPU).find(|core| set.is_set(*core)));
        let is_set = first.is_some_and(|core| {
            let mut one = CpuSet::new();
            one.set(core);
            sched_setaffinity(None, &one).is_ok()
        });
        Self { before: before.filter(|_| is_set) }
    }

    #[cfg(not(target_os = "linux"))]
    pub(crate) fn start() -> Self {
        Self {}
    }
}

#[cfg(target_os = "linux")]
impl Drop for Pinned {
    fn drop(&mut self) {
        if let Some(before) = self.before.take() {
            // These cores were permitted before.
            let _ = rustix::thread::sched_setaffinity(None, &before);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Pinned;

    #[cfg(target_os = "linux")]
    #[test]
    fn a_pinned_thread_has_one_core_and_gets_the_others_back() {
        let cores = || rustix::thread::sched_getaffinity(None).unwrap().count();
        let before = cores();
        let pinned = Pinned::start();
        assert_eq!(cores(), 1);
        drop(pinned);
        assert_eq!(cores(), before);
    }
}
