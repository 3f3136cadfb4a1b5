//! The subject's process: started, signalled, awaited.

use std::ffi::OsString;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};

use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process, waitid};

use crate::bend::End;
use crate::relay::ProxyError;

/// Who signals go to; nobody once the process has ended.
#[derive(Clone, Debug)]
pub(crate) struct Addressee(Arc<Mutex<Option<Pid>>>);

impl Addressee {
    /// Sends a signal; whether anybody was there to receive it.
    pub(crate) fn signal(&self, signal: Signal) -> bool {
        let pid = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Under the lock: the process is not reaped meanwhile, so that the number is still its own.
        pid.is_some_and(|pid| kill_process(pid, signal).is_ok())
    }

    /// Whether the process has not ended.
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
    /// Starts it in a process group of its own: what a terminal sends to the group of its foreground reaches us, and the
    /// subject once, through us.
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
