//! Supervision on Unix: signals are passed on, orphans adopted, descriptors read.

mod aftermath;
mod apart;
mod births;
mod evidence;
mod guard;
mod holders;
mod pursuit;
mod relay;
mod session;
mod siblings;
mod streams;
mod watch;

use std::os::fd::BorrowedFd;
use std::sync::{Mutex, TryLockError};

use jiff::Timestamp;

use super::{Input, Mechanism, Output, Report, SCHEMA, SuperviseError, Supervised};
use super::{report, wording};
use crate::attempt::Attempt;
use crate::leak::Stream;

pub use apart::main;
pub use births::births;
pub use relay::die_of;

impl Supervised {
    /// Runs the command until it and everything that it left behind have ended, or until the rest
    /// is kept. Blocks; takes over the signals of this process and reaps its children, so it is for
    /// a process that does nothing else. One at a time.
    ///
    /// # Errors
    ///
    /// If the command cannot be started, or another one is being supervised.
    pub fn run(&self) -> Result<Report, SuperviseError> {
        self.run_until(None)
    }

    /// Like [`Supervised::run`]; ends everything when the lifeline becomes readable.
    fn run_until(&self, lifeline: Option<BorrowedFd<'_>>) -> Result<Report, SuperviseError> {
        static ONE: Mutex<()> = Mutex::new(());
        let _one = match ONE.try_lock() {
            Err(TryLockError::WouldBlock) => return Err(SuperviseError::Busy),
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Ok(one) => one,
        };
        let started = Timestamp::now();
        let mut session = session::Session::start(self, lifeline)?;
        let (end, exit) = session.run();
        let mut found = aftermath::settle(&mut session, end);
        let is_alone = session.finish();
        if !is_alone && !self.keep && found.doubts.is_empty() {
            found.doubts.push("a process is left, but was not found".to_owned());
        }
        let command = self.command.iter().map(|word| word.to_string_lossy().into_owned());
        Ok(Report {
            schema: SCHEMA.to_owned(),
            command: command.collect(),
            pid: session.pid,
            attempt: self.attempt(),
            started,
            exit,
            timed_out: session.timed_out,
            duration: end.saturating_duration_since(session.started),
            tail: found.tail,
            leaks: found.leaks,
            noted: found.noted,
            doubts: found.doubts,
            remarks: found.remarks,
            mechanism: Mechanism {
                finding: session.means.to_string(),
                births: session.family.means(),
            },
            stdout: session.streams.take(Stream::Stdout),
            stderr: session.streams.take(Stream::Stderr),
        })
    }

    /// The test that the command belongs to, by its environment, which is ours or its own.
    fn attempt(&self) -> Attempt {
        let value = |name: &str| {
            let value = match &self.env {
                Some(env) => env.get(std::ffi::OsStr::new(name)).cloned(),
                None => std::env::var_os(name),
            };
            value.map(|value| value.to_string_lossy().into_owned())
        };
        Attempt {
            id: value("NEXTEST_ATTEMPT_ID"),
            run: value("NEXTEST_RUN_ID"),
            binary: value("NEXTEST_BINARY_ID"),
            test: value("NEXTEST_TEST_NAME"),
        }
    }
}
