//! Whether the command's pipes are still open somewhere, without a look at any other process.
//!
//! The command gets its pipes through open files that we make for it and then close. Wherever these
//! files go, by inheritance or over a socket, an epoll instance of ours lists them as long as
//! anybody holds them, and does not hold them itself.

use std::fs;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::path::Path;

use super::siblings::open_flags;

/// The command's stdout and stderr, as far as they can be watched.
#[derive(Debug)]
pub(super) struct Watch {
    epoll: Option<OwnedFd>,
    /// The pipes that cannot be watched: they belong to another user, or the system lacks the means.
    pub(super) blind: [bool; 2],
    /// The flags that distinguish our open files from those of others with the same pipe, if any do.
    pub(super) marks: Option<Vec<u32>>,
}

impl Watch {
    /// Watches those of our stdout and stderr that are pipes; returns them anew for the command.
    pub(super) fn inherited() -> (Self, [Option<OwnedFd>; 2]) {
        let mut watch = Self { epoll: epoll(), blind: [false; 2], marks: Some(Vec::new()) };
        let out = watch.add(rustix::stdio::stdout(), 0);
        let err = watch.add(rustix::stdio::stderr(), 1);
        (watch, [out, err])
    }

    /// For streams that we read ourselves.
    pub(super) fn nothing() -> Self {
        Self { epoll: None, blind: [false; 2], marks: None }
    }

    /// Whether a pipe that the command was given is held by anybody but us.
    pub(super) fn open(&self) -> [bool; 2] {
        let Some(epoll) = &self.epoll else { return [false; 2] };
        let listed = fs::read_to_string(format!("/proc/self/fdinfo/{}", epoll.as_raw_fd()));
        let listed = listed.unwrap_or_default();
        let is_listed = |index: usize| {
            listed.lines().filter(|line| line.starts_with("tfd:")).any(|line| {
                let data =
                    line.split_once("data:").and_then(|(_, data)| data.split_whitespace().next());
                data.and_then(|data| usize::from_str_radix(data, 16).ok()) == Some(index)
            })
        };
        [is_listed(0), is_listed(1)]
    }

    fn add(&mut self, stream: BorrowedFd<'_>, index: usize) -> Option<OwnedFd> {
        let kind = rustix::fs::fstat(stream).ok()?.st_mode;
        if rustix::fs::FileType::from_raw_mode(kind) != rustix::fs::FileType::Fifo {
            return None;
        }
        let again = reopened(stream);
        let added = again.ok().filter(|again| self.watch(again.as_fd(), index).is_some());
        // Without a reader nobody waits for its end.
        let has_reader = !matches!(reopened(stream), Err(rustix::io::Errno::NXIO));
        self.blind[index] = added.is_none() && has_reader;
        if let Some(again) = &added {
            self.mark(stream, again.as_fd());
        }
        added
    }

    /// What is opened by name has a flag that a new pipe has not.
    fn mark(&mut self, theirs: BorrowedFd<'_>, ours: BorrowedFd<'_>) {
        let flags = |fd: BorrowedFd<'_>| {
            open_flags(Path::new(&format!("/proc/self/fdinfo/{}", fd.as_raw_fd())))
        };
        /// `O_CLOEXEC`, which belongs to the descriptor.
        const OF_DESCRIPTOR: u32 = 0o2_000_000;
        let known = flags(ours).map(|flags| flags & !OF_DESCRIPTOR);
        let differ = known != flags(theirs).map(|flags| flags & !OF_DESCRIPTOR);
        match (known.filter(|_| differ), &mut self.marks) {
            (Some(known), Some(marks)) => marks.extend([known, known | OF_DESCRIPTOR]),
            _ => self.marks = None,
        }
    }

    #[cfg(target_os = "linux")]
    fn watch(&self, file: BorrowedFd<'_>, index: usize) -> Option<()> {
        use rustix::event::epoll::{EventData, EventFlags, add};

        add(self.epoll.as_ref()?, file, EventData::new_u64(index as u64), EventFlags::empty()).ok()
    }

    #[cfg(not(target_os = "linux"))]
    fn watch(&self, _file: BorrowedFd<'_>, _index: usize) -> Option<()> {
        None
    }
}

#[cfg(target_os = "linux")]
fn epoll() -> Option<OwnedFd> {
    rustix::event::epoll::create(rustix::event::epoll::CreateFlags::CLOEXEC).ok()
}

#[cfg(not(target_os = "linux"))]
fn epoll() -> Option<OwnedFd> {
    None
}

/// The same pipe through an open file of its own, with the same flags.
fn reopened(stream: BorrowedFd<'_>) -> rustix::io::Result<OwnedFd> {
    use rustix::fs::{Mode, OFlags, fcntl_getfl, fcntl_setfl, open};

    let flags = fcntl_getfl(stream)?;
    // A pipe without a reader must not make us wait for one.
    let access = flags & OFlags::RWMODE;
    let name = format!("/proc/self/fd/{}", stream.as_raw_fd());
    let again = open(name, access | OFlags::CLOEXEC | OFlags::NONBLOCK, Mode::empty())?;
    fcntl_setfl(&again, flags & (OFlags::APPEND | OFlags::NONBLOCK))?;
    Ok(again)
}
