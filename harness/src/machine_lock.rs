//! Machine-wide locks: resources that only one check at a time may use, whatever process it runs
//! in.
//!
//! A subject may need something that exists once per machine, such as a fixed port. Checks that
//! need it, in threads of one run or in several processes, queue for a lock that the kernel releases
//! when its holder ends, however it ends. On Linux it is an abstract socket, which exists where the
//! port does, in the network namespace; elsewhere it is a file. The wait does not count towards the
//! time limit of a check.

#[cfg_attr(target_os = "linux", path = "machine_lock/socket.rs")]
#[cfg_attr(not(target_os = "linux"), path = "machine_lock/file.rs")]
mod lock;

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::future::Future;
use std::io;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use crate::failure::{Failure, Result};
use lock::Lock;

/// The longest wait in a queue: twice the time of all logins of a run with the slowest real
/// release, and less than a test runner allows a test.
const PATIENCE: Duration = Duration::from_secs(90);

/// The time after which a wait for another run is announced.
const NOTICE_AFTER: Duration = Duration::from_secs(2);

/// The locks that one check holds, and the time that it waited for them.
#[derive(Debug, Default)]
pub(crate) struct Queue {
    held: Vec<Place>,
    watch: Stopwatch,
}

impl Queue {
    /// A watch with the time that the check has waited.
    pub(crate) fn watch(&self) -> Stopwatch {
        self.watch.clone()
    }

    /// Waits until no other check on this machine holds `name`, and takes the lock.
    ///
    /// # Errors
    ///
    /// Inconclusive if the lock cannot be had: the system refuses it, or it is held for too long.
    pub(crate) async fn hold(&mut self, name: &str) -> Result {
        let _running = self.watch.run();
        let mut locked = pin!(locked(name));
        let waited = async {
            loop {
                match tokio::time::timeout(NOTICE_AFTER, &mut locked).await {
                    Ok(outcome) => return outcome,
                    // The checks of one run take turns all the time: that needs no announcement.
                    Err(_) if Place::is_ours(name) => {}
                    Err(_) => announce(&format!("waiting for the {name}, which another run holds")),
                }
            }
        };
        match tokio::time::timeout(PATIENCE, waited).await {
            Ok(Ok(lock)) => {
                self.held.push(Place::new(name, lock));
                Ok(())
            }
            Ok(Err(error)) => {
                Err(Failure::inconclusive(format!("locking {}", lock::place(name)), error))
            }
            Err(_) => {
                let why = format!("another process held {} for {PATIENCE:?}", lock::place(name));
                Err(Failure::inconclusive(format!("waiting for exclusive use of the {name}"), why))
            }
        }
    }

    /// Releases the locks.
    pub(crate) fn leave(&mut self) {
        self.held.clear();
    }
}

/// A lock that is held, registered with this process under its name.
#[derive(Debug)]
struct Place {
    name: String,
    _lock: Lock,
}

/// The names of the locks that the checks of this process hold.
static OURS: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

impl Place {
    fn new(name: &str, lock: Lock) -> Self {
        OURS.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned());
        Self { name: name.to_owned(), _lock: lock }
    }

    fn is_ours(name: &str) -> bool {
        OURS.lock().unwrap_or_else(PoisonError::into_inner).contains(name)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        OURS.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.name);
    }
}

/// Receives the announcements of waits.
type Listener = Box<dyn Fn(&str)>;

thread_local! {
    /// The listener for the waits of checks on this thread.
    static LISTENER: RefCell<Option<Listener>> = const { RefCell::new(None) };
}

/// Calls `hear`, until the guard is dropped, when a check on this thread waits for a lock of
/// another run.
pub(crate) fn listen(hear: impl Fn(&str) + 'static) -> Listening {
    LISTENER.set(Some(Box::new(hear)));
    Listening
}

/// Ends [`listen`] when dropped.
pub(crate) struct Listening;

impl Drop for Listening {
    fn drop(&mut self) {
        LISTENER.set(None);
    }
}

fn announce(what: &str) {
    LISTENER.with_borrow(|listener| {
        if let Some(hear) = listener {
            hear(what);
        }
    });
}

/// Waits for the lock on a thread of its own: such a wait cannot be cancelled, and would block the
/// end of the runtime.
async fn locked(name: &str) -> io::Result<Lock> {
    let (send, receive) = oneshot::channel();
    let name = name.to_owned();
    // If the receiver is gone, the lock is dropped.
    thread::Builder::new().name("lock".to_owned()).spawn(move || {
        let _ = send.send(lock::wait(&name));
    })?;
    receive.await.unwrap_or_else(|_| Err(io::Error::other("the waiting thread died")))
}

/// Adds up the time that a check waited in queues or for its subject to start, including the
/// present wait.
#[derive(Clone, Debug, Default)]
pub(crate) struct Stopwatch(Arc<Mutex<Times>>);

#[derive(Debug, Default)]
struct Times {
    total: Duration,
    since: Option<Instant>,
}

/// Stops the watch when dropped.
pub(crate) struct Running<'a>(&'a Stopwatch);

impl Stopwatch {
    pub(crate) fn run(&self) -> Running<'_> {
        self.times().since = Some(Instant::now());
        Running(self)
    }

    fn times(&self) -> MutexGuard<'_, Times> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The total time on the watch.
    pub(crate) fn total(&self) -> Duration {
        let times = self.times();
        times.total + times.since.map_or(Duration::ZERO, |since| since.elapsed())
    }

    /// Runs the future for at most `limit`, not counting the time on this watch. `None` if it took
    /// longer.
    pub(crate) async fn limit<F: Future>(&self, limit: Duration, future: F) -> Option<F::Output> {
        let mut future = pin!(future);
        let began = Instant::now();
        loop {
            let left = (limit + self.total()).saturating_sub(began.elapsed());
            if left.is_zero() {
                return None;
            }
            if let Ok(output) = tokio::time::timeout(left, &mut future).await {
                return Some(output);
            }
        }
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        let Running(watch) = self;
        let total = watch.total();
        *watch.times() = Times { total, since: None };
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::future::pending;
    use std::rc::Rc;
    use std::time::Duration;

    use super::{Queue, Stopwatch};

    fn name() -> String {
        format!("test of {}", uuid::Uuid::new_v4())
    }

    #[tokio::test]
    async fn the_second_waits_for_the_first() {
        let name = name();
        let (mut first, mut second) = (Queue::default(), Queue::default());
        first.hold(&name).await.unwrap();
        let early = tokio::time::timeout(Duration::from_millis(50), second.hold(&name)).await;
        assert!(early.is_err(), "the second must not get what the first holds");
        first.leave();
        // The cancelled wait above releases its lock as soon as it gets it.
        second.hold(&name).await.unwrap();
    }

    #[tokio::test]
    async fn a_wait_for_another_run_is_announced_and_one_for_our_own_is_not() {
        let (theirs, ours) = (name(), name());
        let _lock = super::lock::wait(&theirs).unwrap();
        let announced = Rc::new(RefCell::new(Vec::new()));
        let hear = Rc::clone(&announced);
        let _listening = super::listen(move |what: &str| hear.borrow_mut().push(what.to_owned()));

        let (mut first, mut second, mut third) =
            (Queue::default(), Queue::default(), Queue::default());
        first.hold(&ours).await.unwrap();
        // Longer than the time after which a wait is announced.
        let long = super::NOTICE_AFTER * 5 / 4;
        let (own, other) = tokio::join!(
            tokio::time::timeout(long, second.hold(&ours)),
            tokio::time::timeout(long, third.hold(&theirs)),
        );
        assert!(own.is_err() && other.is_err(), "neither can be had");
        assert_eq!(
            *announced.borrow(),
            [format!("waiting for the {theirs}, which another run holds")]
        );
        assert!(third.watch().total() >= super::NOTICE_AFTER, "and the wait is on its watch");
    }

    #[tokio::test]
    async fn other_names_do_not_wait() {
        let (one, other) = (name(), name());
        let (mut first, mut second) = (Queue::default(), Queue::default());
        first.hold(&one).await.unwrap();
        second.hold(&other).await.unwrap();
    }

    #[tokio::test]
    async fn the_limit_holds_without_a_wait() {
        let limit = Duration::from_millis(20);
        assert!(Stopwatch::default().limit(limit, pending::<()>()).await.is_none());
    }

    #[tokio::test]
    async fn the_wait_does_not_count() {
        let name = name();
        let mut first = Queue::default();
        first.hold(&name).await.unwrap();
        let mut second = Queue::default();
        let watch = second.watch();
        let limit = Duration::from_millis(30);
        let wait = tokio::time::timeout(
            Duration::from_millis(150),
            watch.limit(limit, second.hold(&name)),
        );
        assert!(wait.await.is_err(), "still waiting, long after the limit");
        first.leave();
    }
}
