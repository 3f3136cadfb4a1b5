//! The proxy between two streams and a subject: the shared state of both directions, and the end.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, PipeReader, PipeWriter, Write, pipe};
use std::os::fd::OwnedFd;
use std::process::{Command, Stdio};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rustix::process::Signal;
use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2};
use signal_hook::iterator::Signals;
use thiserror::Error;

use crate::bend::End;
use crate::bend::{Bend, Straight};
use crate::fault::Planted;
use crate::log::Log;
use crate::perturb::{Delays, Pauses};
use crate::pump::Pump;
use crate::sink::Sink;
use crate::steps::{Side, Step, Steps};
use crate::subject::{Addressee, Subject};

/// The signals that other processes may send to a server.
const PASSED_ON: [i32; 6] = [SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2];

/// The conversation could not be relayed.
#[derive(Debug, Error)]
pub enum ProxyError {
    /// The command is empty.
    #[error("the command of the subject is empty")]
    NoCommand,
    /// The subject did not start.
    #[error("cannot start {0}: {1}")]
    Start(String, #[source] io::Error),
    /// Our own streams could not be taken over.
    #[error("cannot take over stdin and stdout: {0}")]
    Streams(#[source] io::Error),
    /// Signals could not be listened for.
    #[error("cannot listen for signals: {0}")]
    Signals(#[source] io::Error),
    /// The end of the subject could not be awaited.
    #[error("cannot await the end of the subject: {0}")]
    Await(#[source] io::Error),
}

/// The changes to a conversation; by default none.
#[derive(Debug, Default)]
pub struct Relay {
    /// The fault.
    pub fault: Option<&'static Planted>,
    /// The delays of messages.
    pub delays: Option<Delays>,
    /// The pauses of the subject.
    pub pauses: Option<Pauses>,
    /// The log of all changes.
    pub log: Option<Log>,
}

/// The state that both directions share.
pub(crate) struct Shared {
    pub(crate) relay: Relay,
    pub(crate) addressee: Addressee,
    bend: Mutex<Box<dyn Bend>>,
    inboxes: [Inbox; 2],
    over: Mutex<bool>,
    ended: Condvar,
}

/// The steps that the other direction has left for this one.
struct Inbox {
    steps: Mutex<Vec<Step>>,
    bell: PipeWriter,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shared {
    pub(crate) fn bend(&self) -> MutexGuard<'_, Box<dyn Bend>> {
        lock(&self.bend)
    }

    /// Whether lines have to be parsed.
    pub(crate) fn by_line(&self) -> bool {
        let Relay { fault, delays, pauses, .. } = &self.relay;
        fault.is_some() || delays.is_some() || pauses.is_some()
    }

    fn inbox(&self, to: Side) -> &Inbox {
        &self.inboxes[usize::from(to == Side::Subject)]
    }

    /// Leaves a step for the direction to this side.
    pub(crate) fn leave(&self, to: Side, step: Step) {
        let inbox = self.inbox(to);
        let mut steps = lock(&inbox.steps);
        steps.push(step);
        // One ring is enough; if no thread listens any more, there is nothing left to do.
        if steps.len() == 1 {
            let _ = (&inbox.bell).write_all(&[0]);
        }
    }

    /// Takes the steps that were left for the direction to this side.
    pub(crate) fn left(&self, to: Side) -> Vec<Step> {
        std::mem::take(&mut lock(&self.inbox(to).steps))
    }

    /// Waits, at most until the end of the subject.
    pub(crate) fn wait(&self, time: Duration) {
        let over = lock(&self.over);
        drop(self.ended.wait_timeout_while(over, time, |over| !*over));
    }

    /// Starts a process that outlives the conversation.
    pub(crate) fn leave_child(&self) {
        let mut command = Command::new("sleep");
        command.arg("600").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        // Without `sleep` there is no fault, and the check that should find it will say so.
        let _ = command.spawn();
    }

    fn end(&self) {
        *lock(&self.over) = true;
        self.ended.notify_all();
    }
}

impl Relay {
    /// Starts the subject and relays between it and these two streams until it has ended.
    ///
    /// Signals to this process are passed on to the subject, from now on and for good.
    ///
    /// # Errors
    ///
    /// If the subject could not be started or awaited.
    pub fn run(
        self,
        command: Vec<OsString>,
        input: OwnedFd,
        output: OwnedFd,
    ) -> Result<End, ProxyError> {
        // Before the subject starts, so that no signal arrives without a handler.
        let signals = Signals::new(PASSED_ON).map_err(ProxyError::Signals)?;
        let (to_client, to_subject) = (bell()?, bell()?);
        let (over, still_here) = bell()?;
        let mut subject = Subject::start(&command)?;
        let mut bend =
            self.fault.map_or_else(|| Box::new(Straight) as Box<dyn Bend>, |fault| (fault.bend)());
        let passes_signals = bend.passes_signals();
        let mut steps = Steps::default();
        bend.begun(&mut steps);
        let shared = Arc::new(Shared {
            relay: self,
            addressee: subject.addressee.clone(),
            bend: Mutex::new(bend),
            inboxes: [inbox(to_client.1), inbox(to_subject.1)],
            over: Mutex::new(false),
            ended: Condvar::new(),
        });
        for (to, step) in steps.0 {
            shared.leave(to, step);
        }
        pass_on(signals, subject.addressee.clone(), passes_signals);
        let over = Arc::new(over);
        let (stdin, stdout) = (subject.child.stdin.take(), subject.child.stdout.take());
        let open =
            |pipe: Option<OwnedFd>| pipe.map_or(Sink::Closed, |fd| Sink::Open(File::from(fd)));
        let to_subject = Pump {
            from: Side::Client,
            shared: Arc::clone(&shared),
            source: Some(File::from(input)),
            sink: open(stdin.map(OwnedFd::from)),
            bell: to_subject.0,
            over: Arc::clone(&over),
        };
        let to_client = Pump {
            from: Side::Subject,
            shared: Arc::clone(&shared),
            source: stdout.map(|pipe| File::from(OwnedFd::from(pipe))),
            sink: open(Some(output)),
            bell: to_client.0,
            over,
        };
        // Not joined: it may be reading from a silent client, and a subject that has ended reads
        // nothing.
        std::thread::spawn(move || to_subject.run());
        let to_client = std::thread::spawn(move || to_client.run());
        let end = subject.end()?;
        drop(still_here);
        shared.end();
        // A panic there only breaks off the conversation; the subject's end must still be reported.
        let _ = to_client.join();
        let end = shared.bend().exit(end);
        match end {
            Some(end) => Ok(end),
            None => loop {
                // Until the signal ends us: there is no process left to pass it on to.
                std::thread::park();
            },
        }
    }
}

fn bell() -> Result<(PipeReader, PipeWriter), ProxyError> {
    pipe().map_err(ProxyError::Streams)
}

fn inbox(bell: PipeWriter) -> Inbox {
    Inbox { steps: Mutex::default(), bell }
}

/// Passes signals on to the subject; once that has ended, they apply to us.
fn pass_on(mut signals: Signals, addressee: Addressee, passes: bool) {
    std::thread::spawn(move || {
        for number in signals.forever() {
            let Some(signal) = Signal::from_named_raw(number) else { continue };
            let told = if passes { addressee.signal(signal) } else { addressee.is_there() };
            if !told {
                let _ = signal_hook::low_level::emulate_default_handler(number);
            }
        }
    });
}
