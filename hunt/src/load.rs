//! Load on the machine: a helper process with threads that only use a processor, and with memory that is written over and over.
//!
//! It is a process of its own, and not threads of ours, so that it does not take from the time that a hunt needs to look; and
//! it hangs on a pipe from us, so that it ends when we do, however that comes.

use std::ffi::OsStr;
use std::io::{self, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, ExitCode, Stdio};
use std::thread;

use crate::conditions::Conditions;

/// The hidden subcommand of `proctor` whose body is [`main`].
pub const SUBCOMMAND: &str = "__load";

/// The most busy threads: on a large machine 16 for each processor would take longer to start than a block lasts.
const MOST: usize = 512;

/// What the helper says when the load is there.
const READY: u8 = b'!';

/// The size of a page, or less: every page of the memory is written.
const PAGE: usize = 4096;

/// Half of the memory that is free, up to a GiB, in MiB; 0 where the system does not say.
pub fn ballast() -> usize {
    let text = std::fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("MemAvailable:"));
    let free = line.and_then(|line| line.split_ascii_whitespace().next()?.parse::<usize>().ok());
    (free.unwrap_or(0) / 1024 / 2).min(1024)
}

/// A load that is kept up until it is dropped.
#[derive(Debug)]
pub(crate) struct Burden {
    child: Child,
    line: Option<ChildStdin>,
}

impl Burden {
    /// Starts the load that the conditions ask for, and waits until it is there.
    pub(crate) fn start(
        proctor: &Path,
        conditions: &Conditions,
        processors: usize,
    ) -> io::Result<Self> {
        let busy = (conditions.busy * processors).min(MOST);
        let mut child = Command::new(proctor)
            .arg(SUBCOMMAND)
            .args([busy.to_string(), conditions.ballast.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let (line, answer) = (child.stdin.take(), child.stdout.take());
        let burden = Self { child, line };
        let mut ready = [0];
        answer.ok_or_else(|| io::Error::other("no pipe"))?.read_exact(&mut ready)?;
        match ready {
            [READY] => Ok(burden),
            _ => Err(io::Error::other("the load did not say that it is there")),
        }
    }
}

impl Drop for Burden {
    fn drop(&mut self) {
        // It ends with its input; killed it ends at once, and there is nothing that it could leave.
        self.line = None;
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The body of the helper: so many busy threads, and so much memory in MiB; until the end of its input.
pub fn main(args: impl Iterator<Item = impl AsRef<OsStr>>) -> ExitCode {
    let numbers: Vec<usize> = args.filter_map(|arg| arg.as_ref().to_str()?.parse().ok()).collect();
    let [busy, ballast] = numbers[..] else { return ExitCode::FAILURE };
    for _ in 0..busy {
        thread::spawn(|| {
            loop {
                std::hint::spin_loop();
            }
        });
    }
    if ballast > 0 {
        let mut memory = vec![0_u8; ballast << 20];
        churn(&mut memory, 1);
        thread::spawn(move || {
            loop {
                churn(&mut memory, 2);
                churn(&mut memory, 1);
            }
        });
    }
    if io::stdout().write_all(&[READY]).and_then(|()| io::stdout().flush()).is_err() {
        return ExitCode::FAILURE;
    }
    // Whatever comes, or an error, is not an end of file yet; the end is.
    let _ = io::copy(&mut io::stdin().lock(), &mut io::sink());
    ExitCode::SUCCESS
}

fn churn(memory: &mut [u8], value: u8) {
    for page in memory.chunks_mut(PAGE) {
        page[0] = std::hint::black_box(value);
    }
}

/// Keeps the calling thread on one core while it lives; what the thread starts meanwhile inherits that for good.
#[derive(Debug)]
pub(crate) struct Pinned {
    #[cfg(target_os = "linux")]
    before: Option<rustix::thread::CpuSet>,
}

impl Pinned {
    /// The same core for everybody: the first that this process may use. Where it cannot be chosen nothing happens.
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
            // They were allowed a moment ago.
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
