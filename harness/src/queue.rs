//! Things that only one check on the whole machine may use at a time, whatever process it runs in.
//!
//! A subject may own something that the machine has once, such as a fixed port. Two checks that need it, be they threads
//! of one run or processes of several, queue for an advisory lock on a file: the kernel frees it when its holder ends,
//! however it ends. The wait is not the subject's time, so the limit of a check does not count it.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions};
use std::future::Future;
use std::io::{self, ErrorKind};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use rustix::fs::OFlags;
use tokio::sync::oneshot;

use crate::failure::{Failure, OrInconclusive, Result};

/// The longest that a check stands in a queue: twice what all the logins of a run take with the slowest real release, and
/// less than what a test runner gives a test.
const PATIENCE: Duration = Duration::from_secs(90);

/// How long a wait for another run lasts before it is told.
const TOLD: Duration = Duration::from_secs(2);

/// The queues in which one check stands: the places that it holds, and how long it waited for them.
#[derive(Debug, Default)]
pub(crate) struct Queue {
    held: Vec<Place>,
    watch: Stopwatch,
}

impl Queue {
    /// How long the check has stood in queues.
    pub(crate) fn watch(&self) -> Stopwatch {
        self.watch.clone()
    }

    /// Waits until nobody else on this machine holds `name`, and holds it.
    ///
    /// # Errors
    ///
    /// Inconclusive if the lock cannot be had: no file, or somebody holds it for too long.
    pub(crate) async fn hold(&mut self, name: &str) -> Result {
        let path = place(name);
        let file = open(&path).or_inconclusive(&format!("opening the lock {}", path.display()))?;
        let _running = self.watch.run();
        let mut locked = pin!(locked(file));
        let waited = async {
            loop {
                match tokio::time::timeout(TOLD, &mut locked).await {
                    Ok(outcome) => return outcome,
                    // The checks of one run take turns all the time: that is no news.
                    Err(_) if Place::is_ours(name) => {}
                    Err(_) => tell(&format!("waiting for the {name}, which another run holds")),
                }
            }
        };
        match tokio::time::timeout(PATIENCE, waited).await {
            Ok(Ok(file)) => {
                self.held.push(Place::new(name, file));
                Ok(())
            }
            Ok(Err(error)) => {
                Err(Failure::inconclusive(format!("locking {}", path.display()), error))
            }
            Err(_) => {
                let why = format!("somebody else held {} for {PATIENCE:?}", path.display());
                Err(Failure::inconclusive(format!("being the only one to use the {name}"), why))
            }
        }
    }

    /// Lets the next ones have what is held.
    pub(crate) fn leave(&mut self) {
        self.held.clear();
    }
}

/// A lock that is held, and its name among those that this process holds.
#[derive(Debug)]
struct Place {
    name: String,
    _lock: File,
}

/// The names of the locks that the checks of this process hold.
static OURS: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

impl Place {
    fn new(name: &str, lock: File) -> Self {
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

/// Hears what is waited for.
type Listener = Box<dyn Fn(&str)>;

thread_local! {
    /// Who hears of the waits of the checks that run on this thread.
    static LISTENER: RefCell<Option<Listener>> = const { RefCell::new(None) };
}

/// Lets `hear` be told, until the guard is dropped, what a check on this thread waits for while another run has it.
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

fn tell(what: &str) {
    LISTENER.with_borrow(|listener| {
        if let Some(hear) = listener {
            hear(what);
        }
    });
}

/// Waits for the lock on a thread of its own: a wait for it cannot be broken off, and the runtime would wait for it.
async fn locked(file: File) -> io::Result<File> {
    let (send, receive) = oneshot::channel();
    // When nobody waits any more, the file is dropped, and the lock with it.
    thread::Builder::new().name("lock".to_owned()).spawn(move || {
        let locked = file.lock().map(|()| file);
        let _ = send.send(locked);
    })?;
    receive.await.unwrap_or_else(|_| Err(io::Error::other("the waiting thread died")))
}

/// Where the lock is. Not where `TMPDIR` says if that can be helped: two runs with different ones must meet.
fn place(name: &str) -> PathBuf {
    let shared = Path::new("/tmp");
    let folder = if shared.is_dir() { shared.to_owned() } else { std::env::temp_dir() };
    folder.join(format!("proctor-{}.lock", name.replace(' ', "-")))
}

/// Opens the file that the lock is on, and leaves it there for good: who removed it would split the queue.
fn open(path: &Path) -> io::Result<File> {
    // Reading is enough for a lock, and all that another user's file allows. No link is followed out of the shared folder.
    let mut options = OpenOptions::new();
    options.read(true).custom_flags(OFlags::NOFOLLOW.bits().cast_signed());
    match options.open(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        outcome => return outcome,
    }
    let made = OpenOptions::new().write(true).create_new(true).mode(0o644).open(path);
    match made {
        // The umask may have taken away what others need.
        Ok(file) => file.set_permissions(fs::Permissions::from_mode(0o644))?,
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
        Err(error) => return Err(error),
    }
    options.open(path)
}

/// Adds up the time that a check stood in queues or waited for its subject to start, including a wait that is under way.
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

    /// All the time that it has run.
    pub(crate) fn total(&self) -> Duration {
        let times = self.times();
        times.total + times.since.map_or(Duration::ZERO, |since| since.elapsed())
    }

    /// Gives the future `limit` from now, in which the time on this watch does not count. `None` if it took longer.
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

    fn forget(name: &str) {
        std::fs::remove_file(super::place(name)).unwrap();
    }

    #[tokio::test]
    async fn the_second_waits_for_the_first() {
        let name = name();
        let (mut first, mut second) = (Queue::default(), Queue::default());
        first.hold(&name).await.unwrap();
        let early = tokio::time::timeout(Duration::from_millis(50), second.hold(&name)).await;
        assert!(early.is_err(), "the second must not get what the first holds");
        first.leave();
        // The broken wait above gives its lock back as soon as it gets it.
        second.hold(&name).await.unwrap();
        forget(&name);
    }

    #[tokio::test]
    async fn a_wait_for_another_run_is_told_and_one_for_our_own_is_not() {
        let (theirs, ours) = (name(), name());
        let lock = super::open(&super::place(&theirs)).unwrap();
        lock.lock().unwrap();
        let told = Rc::new(RefCell::new(Vec::new()));
        let hear = Rc::clone(&told);
        let _listening = super::listen(move |what: &str| hear.borrow_mut().push(what.to_owned()));

        let (mut first, mut second, mut third) =
            (Queue::default(), Queue::default(), Queue::default());
        first.hold(&ours).await.unwrap();
        // Longer than it takes until a wait is told.
        let long = super::TOLD * 5 / 4;
        let (own, other) = tokio::join!(
            tokio::time::timeout(long, second.hold(&ours)),
            tokio::time::timeout(long, third.hold(&theirs)),
        );
        assert!(own.is_err() && other.is_err(), "neither can be had");
        assert_eq!(*told.borrow(), [format!("waiting for the {theirs}, which another run holds")]);
        assert!(third.watch().total() >= super::TOLD, "and the wait is on its watch");
        forget(&theirs);
        forget(&ours);
    }

    #[tokio::test]
    async fn other_names_do_not_wait() {
        let (one, other) = (name(), name());
        let (mut first, mut second) = (Queue::default(), Queue::default());
        first.hold(&one).await.unwrap();
        second.hold(&other).await.unwrap();
        forget(&one);
        forget(&other);
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
        forget(&name);
    }
}
