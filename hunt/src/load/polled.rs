//! The first byte of a helper, polled for.

use std::io::{self, Read};
use std::os::fd::{AsFd, BorrowedFd};
use std::process::ChildStdout;
use std::time::Instant;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;

/// The first byte that comes; `None` if none comes in time.
pub(super) fn first_byte(mut from: ChildStdout, until: Instant) -> io::Result<Option<u8>> {
    if !is_readable_within(from.as_fd(), until)? {
        return Ok(None);
    }
    let mut first = [0];
    from.read_exact(&mut first)?;
    Ok(Some(first[0]))
}

/// Blocks until the descriptor is readable or the time is up; returns whether it is.
fn is_readable_within(fd: BorrowedFd<'_>, until: Instant) -> io::Result<bool> {
    loop {
        let left = until.saturating_duration_since(Instant::now());
        let left = Timespec::try_from(left).map_err(io::Error::other)?;
        match poll(&mut [PollFd::from_borrowed_fd(fd, PollFlags::IN)], Some(&left)) {
            Err(Errno::INTR) => {}
            ready => return Ok(ready? > 0),
        }
    }
}
