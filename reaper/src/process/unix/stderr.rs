//! The subject's stderr: always read, even while the runtime is busy; only its end is kept.
//!
//! One thread of this process reads the stderr of all subjects. A task per subject would stop
//! reading while its runtime is busy or blocked, and the subject would block on a full pipe; a
//! thread per subject costs a thread, and joining it delays each shutdown. Here the shutdown itself
//! reads the rest.

use std::collections::VecDeque;
use std::io::{self, PipeReader, PipeWriter};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::Errno;

use crate::process::StderrTail;

/// The number of bytes that are read from one subject before the next has its turn.
const TURN: usize = 1 << 20;

/// What a subject has written to stderr, for whoever does not own its process.
#[derive(Clone, Debug)]
pub struct StderrView(pub(super) Arc<Stderr>);

impl StderrView {
    /// The end of what it wrote until now.
    pub fn tail(&self) -> StderrTail {
        self.0.tail()
    }
}

/// The reading end of one subject's stderr.
#[derive(Debug)]
pub(super) struct Stderr {
    fd: OwnedFd,
    kept: Mutex<Kept>,
}

#[derive(Debug)]
struct Kept {
    bytes: VecDeque<u8>,
    cap: usize,
    total: u64,
    open: bool,
}

impl Stderr {
    /// Starts to read a pipe.
    pub(super) fn watch(pipe: PipeReader, cap: usize) -> io::Result<Arc<Self>> {
        let fd = OwnedFd::from(pipe);
        set_nonblocking(&fd)?;
        let kept = Kept { bytes: VecDeque::new(), cap, total: 0, open: true };
        let stderr = Arc::new(Self { fd, kept: Mutex::new(kept) });
        let pump = pump()?;
        pump.lock().push(Arc::clone(&stderr));
        pump.wake();
        Ok(stderr)
    }

    /// What was written so far, including bytes that are still in the pipe.
    pub(super) fn tail(&self) -> StderrTail {
        self.read(TURN);
        let kept = self.lock();
        StderrTail { total: kept.total, bytes: kept.bytes.iter().copied().collect() }
    }

    /// Stops reading; the pipe is closed with the last reference.
    pub(super) fn close(&self) {
        self.lock().open = false;
        if let Ok(pump) = pump() {
            pump.wake();
        }
    }

    pub(super) fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_open(&self) -> bool {
        self.lock().open
    }

    fn read(&self, most: usize) {
        let mut kept = self.lock();
        let mut scratch = [0; 16 << 10];
        let mut left = most;
        while kept.open && left > 0 {
            match rustix::io::read(&self.fd, &mut scratch) {
                Ok(0) => kept.open = false,
                Ok(length) => {
                    kept.push(&scratch[..length]);
                    left = left.saturating_sub(length);
                }
                Err(Errno::INTR) => {}
                Err(Errno::AGAIN) => return,
                Err(_) => kept.open = false,
            }
        }
    }
}

impl Kept {
    fn push(&mut self, chunk: &[u8]) {
        self.total += chunk.len() as u64;
        let chunk = &chunk[chunk.len().saturating_sub(self.cap)..];
        let surplus = (self.bytes.len() + chunk.len()).saturating_sub(self.cap);
        self.bytes.drain(..surplus);
        self.bytes.extend(chunk);
    }
}

/// The thread that reads, and its subjects.
struct Pump {
    streams: Mutex<Vec<Arc<Stderr>>>,
    bell: PipeWriter,
}

impl Pump {
    fn lock(&self) -> MutexGuard<'_, Vec<Arc<Stderr>>> {
        self.streams.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes the thread look at its list again. A full pipe wakes it as well as one byte.
    fn wake(&self) {
        let _ = rustix::io::write(&self.bell, b"!");
    }

    fn run(&self, bell: &PipeReader) {
        loop {
            let streams = {
                let mut streams = self.lock();
                streams.retain(|stream| stream.is_open());
                streams.clone()
            };
            let mut watched = vec![PollFd::new(bell, PollFlags::IN)];
            watched.extend(streams.iter().map(|stream| PollFd::new(&stream.fd, PollFlags::IN)));
            if poll(&mut watched, None).is_err() {
                continue;
            }
            if !watched[0].revents().is_empty() {
                // One look at the list answers all earlier wake-ups.
                let _ = rustix::io::read(bell, &mut [0; 512]);
            }
            for (stream, watch) in streams.iter().zip(&watched[1..]) {
                if !watch.revents().is_empty() {
                    stream.read(TURN);
                }
            }
        }
    }
}

/// The one pump of this process, started at the first use.
fn pump() -> io::Result<&'static Arc<Pump>> {
    static PUMP: OnceLock<Arc<Pump>> = OnceLock::new();
    static STARTING: Mutex<()> = Mutex::new(());

    if let Some(pump) = PUMP.get() {
        return Ok(pump);
    }
    let _starting = STARTING.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(pump) = PUMP.get() {
        return Ok(pump);
    }
    let (reader, bell) = io::pipe()?;
    set_nonblocking(&reader)?;
    set_nonblocking(&bell)?;
    let pump = Arc::new(Pump { streams: Mutex::default(), bell });
    let running = Arc::clone(&pump);
    std::thread::Builder::new()
        .name("subject-stderr".to_owned())
        .spawn(move || running.run(&reader))?;
    Ok(PUMP.get_or_init(|| pump))
}

fn set_nonblocking(fd: impl AsFd) -> io::Result<()> {
    let flags = rustix::fs::fcntl_getfl(&fd)?;
    Ok(rustix::fs::fcntl_setfl(&fd, flags | rustix::fs::OFlags::NONBLOCK)?)
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;

    use super::{Kept, StderrTail};

    fn kept(cap: usize, chunks: &[&str]) -> StderrTail {
        let mut kept = Kept { bytes: VecDeque::new(), cap, total: 0, open: true };
        for chunk in chunks {
            kept.push(chunk.as_bytes());
        }
        StderrTail { total: kept.total, bytes: kept.bytes.into() }
    }

    #[test]
    fn end_is_kept_and_everything_counted() {
        let tail = kept(4, &["ab", "cdefgh", "i"]);
        assert_eq!((tail.total, tail.text().as_str(), tail.lost()), (9, "fghi", 5));
        assert_eq!(kept(4, &["abc"]), StderrTail { total: 3, bytes: b"abc".to_vec() });
        assert_eq!(kept(0, &["abc"]), StderrTail { total: 3, bytes: Vec::new() });
    }

    #[test]
    fn character_that_is_cut_is_left_out() {
        assert_eq!(kept(4, &["aéab"]).text(), "éab");
        assert_eq!(kept(3, &["aéab"]).text(), "ab");
        assert_eq!(StderrTail { total: 3, bytes: b"\xA9ab".to_vec() }.text(), "\u{FFFD}ab");
    }
}
