//! The subject's process: started, signalled, awaited.

use std::ffi::OsString;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};

use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process, waitid};

use crate::bend::End;
use crate::relay::ProxyError;

/// The recipient of signals; `None` once the process has ended.
#[derive(Clone, Debug)]
pub(crate) struct Addressee(Arc<Mutex<Option<Pid>>>);

impl Addressee {
    /// Sends a signal; returns whether it was delivered.
    pub(crate) fn signal(&self, signal: Signal) -> bool {
        let pid = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Under the lock the process cannot be reaped, so the number still belongs to it.
        pid.is_some_and(|pid| kill_process(pid, signal).is_ok())
    }

    /// Whether the process is still running.
    pub(crate) fn is_there(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    fn forget(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

/// A running subject.
pub(crate) struct Subject {
    pub(crate) child: Child,
    pub(crate) addressee: Addressee,
}

impl Subject {
    /// Starts it in a process group of its own: a signal that a terminal sends to its foreground
    /// group reaches us, and through us the subject, once.
    pub(crate) fn start(command: &[OsString]) -> Result<Self, ProxyError> {
        let (program, args) = command.split_first().ok_or(ProxyError::NoCommand)?;
        let mut command = Command::new(program);
        command.args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).process_group(0);
        let child = command
            .spawn()
            .map_err(|error| ProxyError::Start(program.to_string_lossy().into_owned(), error))?;
        let pid = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
        Ok(Self { child, addressee: Addressee(Arc::new(Mutex::new(pid))) })
    }

    /// Waits until it has ended, and reaps it.
    pub(crate) fn end(mut self) -> Result<End, ProxyError> {
        if let Some(pid) = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw) {
            let stays = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
            while let Err(rustix::io::Errno::INTR) = waitid(WaitId::Pid(pid), stays) {}
        }
        self.addressee.forget();
        let status = self.child.wait().map_err(ProxyError::Await)?;
        let signal = status.signal().map(End::Signal);
        Ok(status.code().map(End::Code).or(signal).unwrap_or(End::Code(1)))
    }
}
