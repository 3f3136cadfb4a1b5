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

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::process::{Command, Stdio};
    use std::time::{Duration, Instant};

    use super::first_byte;

    #[test]
    fn a_byte_is_awaited_and_silence_is_not() {
        let mut cat =
            Command::new("cat").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        cat.stdin.as_ref().unwrap().write_all(b"!x").unwrap();
        let (answer, late) = (cat.stdout.take().unwrap(), Duration::from_secs(20));
        assert_eq!(first_byte(answer, Instant::now() + late).unwrap(), Some(b'!'));
        drop(cat.stdin.take());
        cat.wait().unwrap();

        let mut silent =
            Command::new("cat").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let answer = silent.stdout.take().unwrap();
        assert_eq!(first_byte(answer, Instant::now()).unwrap(), None);
        drop(silent.stdin.take());
        silent.wait().unwrap();
    }

    #[test]
    fn the_end_of_the_helper_is_an_error() {
        let mut gone = Command::new("true").stdout(Stdio::piped()).spawn().unwrap();
        let answer = gone.stdout.take().unwrap();
        let late = Instant::now() + Duration::from_secs(20);
        assert!(first_byte(answer, late).is_err());
        gone.wait().unwrap();
    }
}
