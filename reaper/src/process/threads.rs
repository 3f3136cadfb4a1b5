//! What only the threads of a process show: `/proc/PID` is the view of the first one, which may have
//! ended, or may hold other descriptors than the rest.

use std::fs;
use std::io;
use std::path::PathBuf;

use super::procfs::{self, Stat, numbered, stat_of_thread};

/// `SIGKILL` in a mask of signals.
const KILL: u64 = 1 << 8;
/// `PF_EXITING` among the flags in `stat`.
const EXITING: u64 = 4;

/// The descriptors of a process.
#[derive(Debug, Default)]
pub(crate) struct Descriptors {
    /// Numbers and targets, in the kernel's words; a number occurs more than once if threads have
    /// tables of their own.
    pub(crate) found: Vec<(u32, String)>,
    /// Why some, or all, could not be read. A process that has ended has none, which is no reason.
    pub(crate) unread: Option<io::Error>,
}

/// The targets of all descriptors of a process, in all its threads.
pub(crate) fn descriptors(pid: u32) -> Descriptors {
    let mut all = Descriptors::default();
    match procfs::stat(pid) {
        Ok(stat) if stat.threads > 1 => {
            for thread in procfs::threads(pid).unwrap_or_default() {
                all.read(&format!("/proc/{pid}/task/{thread}/fd"));
            }
        }
        _ => all.read(&format!("/proc/{pid}/fd")),
    }
    all.found.sort_unstable();
    // Threads usually share one table.
    all.found.dedup();
    all
}

/// The links that show a descriptor of a process, in each of its threads if there are several.
pub(crate) fn descriptors_of(pid: u32, fd: u32) -> Vec<PathBuf> {
    let threads = match procfs::stat(pid) {
        Ok(stat) if stat.threads > 1 => procfs::threads(pid).unwrap_or_default(),
        _ => vec![pid],
    };
    let link = |thread| PathBuf::from(format!("/proc/{pid}/task/{thread}/fd/{fd}"));
    threads.into_iter().map(link).collect()
}

impl Descriptors {
    fn read(&mut self, folder: &str) {
        let numbers = match numbered(folder) {
            Ok(numbers) => numbers,
            Err(error) => return self.missed(error),
        };
        for number in numbers {
            // A descriptor may be closed while the list is read.
            match fs::read_link(format!("{folder}/{number}")) {
                Ok(target) => self.found.push((number, target.to_string_lossy().into_owned())),
                Err(error) => self.missed(error),
            }
        }
    }

    fn missed(&mut self, error: io::Error) {
        let gone = rustix::io::Errno::SRCH.raw_os_error();
        if error.kind() != io::ErrorKind::NotFound && error.raw_os_error() != Some(gone) {
            self.unread.get_or_insert(error);
        }
    }
}

/// A file of a process, or of a thread of it that lives if the first one does not.
pub(super) fn of_living(pid: u32, file: &str) -> PathBuf {
    let whole = PathBuf::from(format!("/proc/{pid}"));
    if !procfs::stat(pid).is_ok_and(|stat| stat.is_headless()) {
        return whole.join(file);
    }
    let threads = procfs::threads(pid).unwrap_or_default().into_iter();
    let mut living = threads.filter(|thread| {
        stat_of_thread(pid, *thread).is_ok_and(|stat| !matches!(stat.state, 'Z' | 'X'))
    });
    living.next().map_or(whole.join(file), |thread| whole.join(format!("task/{thread}/{file}")))
}

/// A file of a process that is empty once its first thread has ended: then that of another thread.
pub(super) fn of_any(pid: u32, file: &str) -> io::Result<Vec<u8>> {
    let bytes = fs::read(format!("/proc/{pid}/{file}"))?;
    if !bytes.is_empty() || !procfs::stat(pid).is_ok_and(|stat| stat.is_headless()) {
        return Ok(bytes);
    }
    fs::read(of_living(pid, file))
}

/// The letter of the state of a process: that of a thread that lives.
pub(crate) fn state_of(stat: &Stat) -> char {
    if !stat.is_headless() {
        return stat.state;
    }
    let threads = procfs::threads(stat.pid).unwrap_or_default().into_iter();
    let mut states = threads
        .filter_map(|thread| stat_of_thread(stat.pid, thread).ok())
        .map(|thread| thread.state);
    states.find(|state| !matches!(state, 'Z' | 'X')).unwrap_or(stat.state)
}

/// Whether a process has been killed, or is about to end for another reason, but has not ended yet.
pub(crate) fn is_dying(pid: u32) -> bool {
    let first = format!("/proc/{pid}");
    if !procfs::stat(pid).is_ok_and(|stat| stat.threads > 1) {
        return is_ending(&first);
    }
    let threads = procfs::threads(pid).unwrap_or_default();
    threads.into_iter().all(|thread| is_ending(&format!("{first}/task/{thread}")))
}

/// Whether a thread is about to end, or has been killed; or has ended.
fn is_ending(folder: &str) -> bool {
    // A thread that is gone has ended.
    let Ok(stat) = fs::read_to_string(format!("{folder}/stat")) else { return true };
    let flags = stat.rsplit_once(')').and_then(|(_, tail)| tail.split_ascii_whitespace().nth(6));
    if flags.and_then(|flags| flags.parse::<u64>().ok()).is_some_and(|flags| flags & EXITING != 0) {
        return true;
    }
    let status = fs::read_to_string(format!("{folder}/status")).unwrap_or_default();
    let pending = status.lines().filter_map(|line| {
        let mask = line.strip_prefix("SigPnd:").or_else(|| line.strip_prefix("ShdPnd:"))?;
        u64::from_str_radix(mask.trim(), 16).ok()
    });
    pending.fold(0, |all, mask| all | mask) & KILL != 0
}
