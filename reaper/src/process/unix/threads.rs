//! What only the threads of a process show: `/proc/PID` is the view of the first one, which may have
//! ended, or may hold other descriptors than the rest.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::procfs::{self, Stat, folder_of, folder_of_thread, numbered, stat_of_thread};
use crate::leak::State;

/// `SIGKILL` in a mask of signals.
const KILL: u64 = 1 << 8;

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
    for folder in folders(pid) {
        all.read(&folder.join("fd"));
    }
    all.found.sort_unstable();
    // Threads usually share one table.
    all.found.dedup();
    all
}

/// The folders that show a process: its own, or that of each thread if there are several.
pub(crate) fn folders(pid: u32) -> Vec<PathBuf> {
    match procfs::stat(pid) {
        Ok(stat) if stat.threads > 1 => {
            let threads = procfs::threads(pid).unwrap_or_default();
            threads.into_iter().map(|thread| folder_of_thread(pid, thread)).collect()
        }
        _ => vec![folder_of(pid)],
    }
}

impl Descriptors {
    fn read(&mut self, folder: &Path) {
        let numbers = match numbered(folder) {
            Ok(numbers) => numbers,
            Err(error) => return self.missed(error),
        };
        for number in numbers {
            // A descriptor may be closed while the list is read.
            match fs::read_link(folder.join(number.to_string())) {
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
    of_another(pid).unwrap_or_else(|| folder_of(pid)).join(file)
}

/// A file of a process that is empty once its first thread has ended: then that of another thread.
pub(super) fn of_any(pid: u32, file: &str) -> io::Result<Vec<u8>> {
    let bytes = fs::read(folder_of(pid).join(file))?;
    let folder = if bytes.is_empty() { of_another(pid) } else { None };
    folder.map_or(Ok(bytes), |folder| fs::read(folder.join(file)))
}

/// The folder of a thread that lives, if the first one does not.
fn of_another(pid: u32) -> Option<PathBuf> {
    let thread = procfs::stat(pid).ok().filter(Stat::is_headless).and_then(|_| living(pid))?;
    Some(folder_of_thread(pid, thread.pid))
}

/// The letter of the state of a process: that of a thread that lives.
pub(crate) fn state_of(stat: &Stat) -> char {
    let living = if stat.is_headless() { living(stat.pid) } else { None };
    living.map_or(stat.state, |thread| thread.state)
}

/// A thread of a process that has not ended.
fn living(pid: u32) -> Option<Stat> {
    let threads = procfs::threads(pid).unwrap_or_default().into_iter();
    threads.filter_map(|thread| stat_of_thread(pid, thread).ok()).find(|thread| !thread.is_over())
}

/// Whether a process has been killed, or is about to end for another reason, but has not ended yet.
pub(crate) fn is_dying(pid: u32) -> bool {
    match procfs::stat(pid) {
        Ok(stat) if stat.threads > 1 => {
            let threads = procfs::threads(pid).unwrap_or_default();
            let is_ending =
                |thread| is_ending(stat_of_thread(pid, thread), &folder_of_thread(pid, thread));
            threads.into_iter().all(is_ending)
        }
        stat => is_ending(stat, &folder_of(pid)),
    }
}

/// Whether a thread is about to end, or has been killed; or has ended.
fn is_ending(stat: io::Result<Stat>, folder: &Path) -> bool {
    // A thread that is gone has ended.
    if stat.map_or(true, |stat| stat.is_exiting) {
        return true;
    }
    let status = fs::read_to_string(folder.join("status")).unwrap_or_default();
    let pending = status.lines().filter_map(|line| {
        let mask = line.strip_prefix("SigPnd:").or_else(|| line.strip_prefix("ShdPnd:"))?;
        u64::from_str_radix(mask.trim(), 16).ok()
    });
    pending.fold(0, |all, mask| all | mask) & KILL != 0
}

impl State {
    pub(crate) fn of(letter: char) -> Self {
        match letter {
            'R' => Self::Running,
            'S' | 'I' => Self::Sleeping,
            'D' => Self::Blocked,
            'T' | 't' => Self::Stopped,
            'Z' | 'X' => Self::Zombie,
            other => Self::Other(other),
        }
    }
}
