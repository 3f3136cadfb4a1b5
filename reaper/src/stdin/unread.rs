//! What stands in a pipe, unread.

use std::io;
use std::os::fd::AsFd;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use tokio::process::ChildStdin;

/// The number of bytes in the pipe that nobody has read.
///
/// # Errors
///
/// `BrokenPipe` if there are some and nobody is left to read them, or the error of the system.
pub(super) fn bytes_in(pipe: &ChildStdin) -> io::Result<u64> {
    let unread = rustix::io::ioctl_fionread(pipe.as_fd())?;
    if unread > 0 && has_no_reader(pipe)? {
        return Err(io::ErrorKind::BrokenPipe.into());
    }
    Ok(unread)
}

/// Whether all readers of the pipe have closed it.
fn has_no_reader(pipe: &ChildStdin) -> io::Result<bool> {
    let mut watched = [PollFd::new(pipe, PollFlags::empty())];
    poll(&mut watched, Some(&Timespec::default()))?;
    Ok(watched[0].revents().contains(PollFlags::ERR))
}
