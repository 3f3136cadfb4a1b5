//! The first byte of a helper, where a pipe cannot be polled: a thread reads it.

use std::io::{self, Read};
use std::process::ChildStdout;
use std::sync::mpsc;
use std::thread;
use std::time::Instant;

/// The first byte that comes; `None` if none comes in time. The thread then ends with the helper.
pub(super) fn first_byte(mut from: ChildStdout, until: Instant) -> io::Result<Option<u8>> {
    let (tell, told) = mpsc::channel();
    thread::spawn(move || {
        let mut first = [0];
        let read = from.read_exact(&mut first).map(|()| first[0]);
        // If the time is up, nobody waits any more.
        let _ = tell.send(read);
    });
    let left = until.saturating_duration_since(Instant::now());
    match told.recv_timeout(left) {
        Ok(read) => read.map(Some),
        Err(_) => Ok(None),
    }
}
