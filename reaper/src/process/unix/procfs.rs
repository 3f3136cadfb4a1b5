//! Reads `/proc`; on a system without `/proc` every function returns an error.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use super::threads;
use crate::attempt::Attempt;

/// The unit of [`Stat::start`]: `USER_HZ`, which the kernel's interface fixes at 100 per second on
/// every platform that Rust supports.
pub(crate) const TICKS_PER_SECOND: u64 = 100;

/// The identity of a process: a pid is reused, a pair is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Identity {
    pub(crate) pid: u32,
    /// Clock ticks since the machine started.
    pub(crate) start: u64,
}

/// The fields of `/proc/PID/stat` that say where a process belongs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stat {
    pub(crate) pid: u32,
    pub(crate) comm: String,
    pub(crate) state: char,
    pub(crate) parent: u32,
    pub(crate) group: u32,
    pub(crate) session: u32,
    pub(crate) start: u64,
    /// The processor time that it took, in ticks, with that of the children that it waited for.
    pub(crate) worked: u64,
    /// Its threads that have not been removed; the first one counts until the process is reaped.
    pub(crate) threads: u32,
    /// Whether it is about to end.
    pub(crate) is_exiting: bool,
}

impl Stat {
    pub(crate) fn identity(&self) -> Identity {
        Identity { pid: self.pid, start: self.start }
    }

    /// Whether it has ended and waits to be reaped, or is being removed. The state is that of the
    /// first thread, which may have ended while others live: then the process has not.
    pub(crate) fn is_zombie(&self) -> bool {
        self.is_over() && self.threads <= 1
    }

    /// Whether its first thread has ended while others live.
    pub(crate) fn is_headless(&self) -> bool {
        self.is_over() && self.threads > 1
    }

    /// Whether the thread that this is about has ended.
    pub(super) fn is_over(&self) -> bool {
        matches!(self.state, 'Z' | 'X')
    }

    /// Whether it runs, or waits for a processor or a disk.
    pub(crate) fn is_at_work(&self) -> bool {
        matches!(self.state, 'R' | 'D')
    }

    fn parse(pid: u32, text: &str) -> Option<Self> {
        /// `PF_EXITING` among the flags.
        const EXITING: u32 = 4;
        // The name is in parentheses and may itself contain parentheses and spaces: the last
        // parenthesis closes it.
        let (head, tail) = text.rsplit_once(')')?;
        let comm = head.split_once('(')?.1.to_owned();
        let fields: Vec<&str> = tail.split_ascii_whitespace().collect();
        let number = |index: usize| u32::from_str(fields.get(index)?).ok();
        // `utime`, `stime`, `cutime` and `cstime` of `proc_pid_stat(5)`.
        let ticks = |index: usize| fields.get(index)?.parse::<u64>().ok();
        let worked = (11..=14).map(ticks).sum::<Option<u64>>()?;
        Some(Self {
            pid,
            comm,
            state: fields.first()?.chars().next()?,
            parent: number(1)?,
            group: number(2)?,
            session: number(3)?,
            start: fields.get(19)?.parse().ok()?,
            worked,
            threads: number(17)?,
            is_exiting: number(6)? & EXITING != 0,
        })
    }
}

/// Reads `/proc/PID/stat`.
pub(crate) fn stat(pid: u32) -> io::Result<Stat> {
    stat_in(&folder_of(pid), pid)
}

/// Reads the `stat` of a thread.
pub(super) fn stat_of_thread(pid: u32, thread: u32) -> io::Result<Stat> {
    stat_in(&folder_of_thread(pid, thread), thread)
}

fn stat_in(folder: &Path, pid: u32) -> io::Result<Stat> {
    let bytes = fs::read(folder.join("stat"))?;
    Stat::parse(pid, &String::from_utf8_lossy(&bytes))
        .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "an unreadable stat line"))
}

/// Where the kernel shows a process.
pub(super) fn folder_of(pid: u32) -> PathBuf {
    PathBuf::from(format!("/proc/{pid}"))
}

/// Where the kernel shows a thread of a process.
pub(super) fn folder_of_thread(pid: u32, thread: u32) -> PathBuf {
    PathBuf::from(format!("/proc/{pid}/task/{thread}"))
}

/// Whether exactly this process still exists and has not ended.
pub(crate) fn is_alive(identity: Identity) -> bool {
    stat(identity.pid).is_ok_and(|stat| stat.identity() == identity && !stat.is_zombie())
}

/// The children of one thread of a process.
pub(crate) fn children_of_thread(pid: u32, thread: u32) -> io::Result<Vec<u32>> {
    let text = fs::read_to_string(folder_of_thread(pid, thread).join("children"))?;
    Ok(text.split_ascii_whitespace().filter_map(|pid| pid.parse().ok()).collect())
}

/// The children of all threads of a process.
pub(crate) fn children(pid: u32) -> io::Result<Vec<u32>> {
    let mut children = Vec::new();
    for thread in threads(pid)? {
        // A thread may end while the list is read; its children then move to another thread.
        children.extend(children_of_thread(pid, thread).unwrap_or_default());
    }
    Ok(children)
}

/// The processor time that a process and all its descendants have taken so far; zero where it is
/// unknown.
pub fn work(pid: u32) -> Duration {
    let worked = |pid: &u32| stat(*pid).map_or(0, |stat| stat.worked);
    let ticks: u64 = family(pid).iter().map(worked).sum();
    Duration::from_millis(ticks * 1_000 / TICKS_PER_SECOND)
}

/// The command lines of the descendants of a process.
pub fn descendants(pid: u32) -> Vec<String> {
    let words = |pid: u32| {
        let bytes = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        String::from_utf8_lossy(&bytes).trim_end_matches('\0').replace('\0', " ")
    };
    family(pid).into_iter().skip(1).map(words).collect()
}

/// A process and its descendants.
fn family(pid: u32) -> Vec<u32> {
    /// The largest number of processes that are examined.
    const MOST: usize = 256;
    let (mut family, mut open) = (Vec::new(), vec![pid]);
    while let Some(pid) = open.pop().filter(|_| family.len() < MOST) {
        family.push(pid);
        open.extend(children(pid).unwrap_or_default());
    }
    family
}

/// Whether a thread of a process has a processor, or waits for one or for a disk.
pub fn is_at_work(pid: u32) -> bool {
    let threads = threads(pid).unwrap_or_default();
    threads
        .into_iter()
        .any(|thread| stat_of_thread(pid, thread).is_ok_and(|stat| stat.is_at_work()))
}

/// The pid, or thread id, that was assigned last.
pub(crate) fn last_pid() -> io::Result<u32> {
    let text = fs::read_to_string("/proc/loadavg")?;
    let last = text.split_ascii_whitespace().next_back().and_then(|last| last.parse().ok());
    last.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "an unreadable load average"))
}

/// The pids of all visible processes.
pub(crate) fn all() -> io::Result<Vec<u32>> {
    numbered(Path::new("/proc"))
}

/// The threads of a process.
pub(super) fn threads(pid: u32) -> io::Result<Vec<u32>> {
    numbered(&folder_of(pid).join("task"))
}

/// The entries of a folder that are numbers.
pub(super) fn numbered(folder: &Path) -> io::Result<Vec<u32>> {
    let mut numbers = Vec::new();
    for entry in fs::read_dir(folder)? {
        if let Some(number) = entry?.file_name().to_str().and_then(|name| name.parse().ok()) {
            numbers.push(number);
        }
    }
    Ok(numbers)
}

/// The environment that a process was started with, as the kernel keeps it.
pub(crate) fn environ(pid: u32) -> io::Result<Vec<u8>> {
    threads::of_any(pid, "environ")
}

/// The value of one variable in such an environment.
pub(crate) fn variable_in(environ: &[u8], name: &str) -> Option<String> {
    let value = environ.split(|byte| *byte == 0).find_map(|pair| {
        pair.strip_prefix(name.as_bytes())?.strip_prefix(b"=").map(String::from_utf8_lossy)
    });
    value.map(|value| value.into_owned())
}

/// The value of one variable in the environment that a process was started with.
pub(crate) fn variable(pid: u32, name: &str) -> io::Result<Option<String>> {
    Ok(variable_in(&environ(pid)?, name))
}

/// Reads the test that a process belongs to from its environment.
pub(crate) fn attempt_of(pid: u32) -> Attempt {
    let environ = environ(pid).unwrap_or_default();
    let value = |name| variable_in(&environ, name);
    Attempt {
        id: value("NEXTEST_ATTEMPT_ID"),
        run: value("NEXTEST_RUN_ID"),
        binary: value("NEXTEST_BINARY_ID"),
        test: value("NEXTEST_TEST_NAME"),
    }
}

/// The soft limit of a process on real-time CPU, if it has one; see the `mark` module.
pub(crate) fn realtime_limit(pid: u32) -> io::Result<Option<u64>> {
    let limits = fs::read_to_string(format!("/proc/{pid}/limits"))?;
    let line = limits.lines().find_map(|line| line.strip_prefix("Max realtime timeout"));
    Ok(line.and_then(|line| line.split_ascii_whitespace().next()?.parse().ok()))
}

/// The command line, with spaces between the arguments; empty for a process that has none (a
/// zombie, a kernel thread).
pub(crate) fn command_line(pid: u32) -> io::Result<String> {
    let bytes = threads::of_any(pid, "cmdline")?;
    let words: Vec<_> = bytes
        .split(|byte| *byte == 0)
        .filter(|word| !word.is_empty())
        .map(String::from_utf8_lossy)
        .collect();
    Ok(words.join(" "))
}

/// The present, in the unit of [`Stat::start`].
pub(crate) fn now() -> io::Result<u64> {
    let text = fs::read_to_string("/proc/uptime")?;
    let seconds = text.split_ascii_whitespace().next().and_then(|first| f64::from_str(first).ok());
    seconds
        .map(|seconds| (seconds * TICKS_PER_SECOND as f64) as u64)
        .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "an unreadable uptime"))
}

#[cfg(test)]
mod tests {
    use super::Stat;

    #[test]
    fn name_with_parentheses_and_blanks() {
        let line =
            "42 (a) b (c)) S 1 40 39 0 -1 4194560 12 0 0 0 0 0 0 0 20 0 1 0 77123 2560000 88";
        let stat = Stat::parse(42, line).unwrap();
        assert_eq!(stat.comm, "a) b (c)");
        assert_eq!((stat.state, stat.parent, stat.group, stat.session), ('S', 1, 40, 39));
        assert_eq!((stat.start, stat.threads), (77123, 1));
    }

    #[test]
    fn process_ends_with_its_last_thread() {
        let of = |threads: u32| {
            let line = format!("42 (a) Z 1 40 39 0 -1 4 12 0 0 0 0 0 0 0 20 0 {threads} 0 77123 0");
            let stat = Stat::parse(42, &line).unwrap();
            (stat.is_zombie(), stat.is_headless())
        };
        assert_eq!((of(1), of(2)), ((true, false), (false, true)));
    }

    #[test]
    fn short_line_is_refused() {
        assert_eq!(Stat::parse(42, "42 (sh) S 1 2"), None);
        assert_eq!(Stat::parse(42, ""), None);
    }
}
