//! The lock as an abstract socket: a name that one socket of a network namespace can have.
//!
//! Whoever holds it listens under the name. Whoever wants it connects, and waits for the end of the
//! connection, which nobody ever accepts: the kernel ends it with the holder. Nothing lies in the
//! file system, so runs whose directories for temporary files are their own meet as well.

use std::io::{self, ErrorKind, Read};
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixListener, UnixStream};
use std::thread;

/// The lock, for as long as it is not dropped.
#[derive(Debug)]
pub(super) struct Lock(#[expect(dead_code, reason = "held for its drop")] UnixListener);

/// The lock for people.
pub(super) fn place(name: &str) -> String {
    format!("the abstract socket @{}", address(name))
}

fn address(name: &str) -> String {
    format!("proctor-{}.lock", name.replace(' ', "-"))
}

/// Waits until nobody else holds the lock, and takes it.
///
/// # Errors
///
/// The error of the system, if such a socket cannot be had at all.
pub(super) fn wait(name: &str) -> io::Result<Lock> {
    let address = SocketAddr::from_abstract_name(address(name))?;
    loop {
        match UnixListener::bind_addr(&address) {
            Ok(listener) => return Ok(Lock(listener)),
            Err(error) if error.kind() == ErrorKind::AddrInUse => {}
            Err(error) => return Err(error),
        }
        match UnixStream::connect_addr(&address) {
            // It ends when its holder does, be it as an end or as an error.
            Ok(mut holder) => drop(holder.read(&mut [0])),
            // The holder is gone, or has the name and does not listen yet, which it will at once.
            Err(error) if error.kind() == ErrorKind::ConnectionRefused => thread::yield_now(),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{self, BufRead, BufReader, Read};
    use std::process::{Command, Stdio};
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::thread;

    use super::wait;

    const HELD: &str = "held";

    fn name() -> String {
        format!("test of {}", uuid::Uuid::new_v4())
    }

    #[test]
    fn one_at_a_time_has_it_of_more_than_can_stand_in_line() {
        const TURNS: usize = 300;
        let (name, inside, turns) = (name(), AtomicUsize::new(0), AtomicUsize::new(0));
        thread::scope(|scope| {
            for _ in 0..TURNS {
                scope.spawn(|| {
                    let lock = wait(&name).unwrap();
                    assert_eq!(inside.fetch_add(1, Ordering::SeqCst), 0);
                    turns.fetch_add(1, Ordering::SeqCst);
                    thread::yield_now();
                    inside.fetch_sub(1, Ordering::SeqCst);
                    drop(lock);
                });
            }
        });
        assert_eq!(turns.into_inner(), TURNS);
    }

    /// The variable by which a test that starts itself is told what to hold.
    const HOLD: &str = "PROCTOR_TEST_HOLDS";

    #[test]
    fn a_holder_that_is_killed_has_it_no_longer() {
        if let Ok(name) = std::env::var(HOLD) {
            let _lock = wait(&name).unwrap();
            println!("{HELD}");
            // Until it is killed.
            io::stdin().read_to_end(&mut Vec::new()).unwrap();
            return;
        }
        let (name, own) = (name(), "a_holder_that_is_killed_has_it_no_longer");
        let mut holder = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "--nocapture"])
            .arg(format!("machine_lock::lock::tests::{own}"))
            .env(HOLD, &name)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(holder.stdout.take().unwrap()).lines();
        assert!(lines.map_while(Result::ok).any(|line| line.ends_with(HELD)));
        let waiting = thread::spawn(move || wait(&name).unwrap());
        assert!(!waiting.is_finished());
        holder.kill().unwrap();
        drop(waiting.join().unwrap());
        holder.wait().unwrap();
    }
}
