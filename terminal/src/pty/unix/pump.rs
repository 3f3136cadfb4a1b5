//! The thread that reads all output of a terminal and writes pending input.
//!
//! A thread, not a task: a program that cannot write hangs, and a task does not run while its
//! runtime is busy, or while `Drop` blocks the only thread. It polls a non-blocking descriptor of
//! its own beside a pipe, so it can be stopped even if a process keeps the other side of the
//! terminal open for ever; a blocking reader would hang.

use std::io::{self, PipeReader, PipeWriter, Read, Write};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::Errno;
use tokio::sync::watch;

use super::modes::hide_input;
use super::{Record, Terminal};

struct Shared {
    terminal: OwnedFd,
    record: Mutex<Record>,
    /// The number of events so far; waiters wake up when it changes.
    happened: watch::Sender<u64>,
    stopping: AtomicBool,
    /// What is typed is never to be shown.
    hides: bool,
}

impl Shared {
    fn record(&self) -> MutexGuard<'_, Record> {
        self.record.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn notify(&self) {
        self.happened.send_modify(|count| *count += 1);
    }
}

/// A running pump; `Drop` stops it.
pub(super) struct Pump {
    shared: Arc<Shared>,
    bell: PipeWriter,
    thread: Option<JoinHandle<()>>,
}

impl Pump {
    pub(super) fn start(terminal: OwnedFd, shape: Terminal) -> io::Result<Self> {
        rustix::io::ioctl_fionbio(&terminal, true)?;
        let (listener, bell) = io::pipe()?;
        rustix::io::ioctl_fionbio(&listener, true)?;
        rustix::io::ioctl_fionbio(&bell, true)?;
        let shared = Arc::new(Shared {
            terminal,
            record: Mutex::new(Record::new(shape)),
            happened: watch::Sender::new(0),
            stopping: AtomicBool::new(false),
            hides: !shape.echo,
        });
        let theirs = Arc::clone(&shared);
        let thread = std::thread::Builder::new().name("pty".to_owned());
        let thread = thread.spawn(move || run(&theirs, listener))?;
        Ok(Self { shared, bell, thread: Some(thread) })
    }

    pub(super) fn terminal(&self) -> BorrowedFd<'_> {
        self.shared.terminal.as_fd()
    }

    pub(super) fn record(&self) -> MutexGuard<'_, Record> {
        self.shared.record()
    }

    pub(super) fn watch(&self) -> watch::Receiver<u64> {
        self.shared.happened.subscribe()
    }

    /// Writes what the terminal accepts at once, and leaves the rest to the thread.
    pub(super) fn send(&self, input: &[u8]) -> io::Result<()> {
        let mut record = self.record();
        if record.closed {
            return Err(io::Error::from(io::ErrorKind::BrokenPipe));
        }
        record.typed = String::from_utf8_lossy(input).into_owned();
        record.outgoing.extend(input);
        write(&self.shared.terminal, &mut record);
        if !record.outgoing.is_empty() {
            self.ring();
        }
        Ok(())
    }

    fn ring(&self) {
        // A full pipe wakes the thread as well.
        let _ = (&self.bell).write(&[1]);
    }
}

impl Drop for Pump {
    fn drop(&mut self) {
        self.shared.stopping.store(true, Ordering::Release);
        self.ring();
        if let Some(thread) = self.thread.take() {
            // The thread blocks only in a poll that the bell ends.
            let _ = thread.join();
        }
    }
}

fn run(shared: &Shared, mut listener: PipeReader) {
    let mut scratch = vec![0; 64 << 10];
    let mut rung = [0; 64];
    while !shared.stopping.load(Ordering::Acquire) {
        let waits = !shared.record().outgoing.is_empty();
        let wanted = if waits { PollFlags::IN | PollFlags::OUT } else { PollFlags::IN };
        let mut watched =
            [PollFd::new(&shared.terminal, wanted), PollFd::new(&listener, PollFlags::IN)];
        match poll(&mut watched, None) {
            Ok(_) | Err(Errno::INTR) => {}
            Err(_) => break,
        }
        let [terminal, bell] = watched.map(|fd| fd.revents());
        if !bell.is_empty() {
            // Read everything: one look answers any number of rings.
            while matches!(listener.read(&mut rung), Ok(64)) {}
        }
        if terminal.contains(PollFlags::OUT) {
            write(&shared.terminal, &mut shared.record());
            shared.notify();
        }
        if terminal.intersects(PollFlags::IN | PollFlags::HUP | PollFlags::ERR)
            && !read(shared, &mut scratch)
        {
            break;
        }
    }
    shared.record().closed = true;
    shared.notify();
}

/// Reads what is available; returns whether more may come.
fn read(shared: &Shared, scratch: &mut [u8]) -> bool {
    match rustix::io::read(&shared.terminal, &mut *scratch) {
        Ok(count @ 1..) => {
            let mut record = shared.record();
            let answered = record.answered;
            record.take(&scratch[..count]);
            if shared.hides && record.answered > answered {
                // A command may have switched the echo on: the answer would be shown as its output.
                // A terminal that is gone shows nothing.
                let _ = hide_input(shared.terminal.as_fd());
            }
            // Answers to queries are sent at once.
            write(&shared.terminal, &mut record);
            drop(record);
            shared.notify();
            true
        }
        Err(Errno::INTR | Errno::AGAIN) => true,
        // Linux returns EIO when no process has the terminal open any more.
        Ok(_) | Err(_) => false,
    }
}

fn write(terminal: &OwnedFd, record: &mut Record) {
    while !record.outgoing.is_empty() {
        match rustix::io::write(terminal, record.outgoing.as_slices().0) {
            Ok(count @ 1..) => drop(record.outgoing.drain(..count)),
            Err(Errno::INTR) => {}
            Ok(_) | Err(Errno::AGAIN) => return,
            // No process will ever read it.
            Err(_) => record.outgoing.clear(),
        }
    }
}
