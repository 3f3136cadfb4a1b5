//! A named pipe through which a command that the subject runs reports to the check.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::fs::{CWD, Mode, mkfifoat};
use tokio::io::AsyncReadExt;
use tokio::net::unix::pipe::{OpenOptions, Receiver};

use crate::failure::{Failure, Kind, OrInconclusive, Result};

/// The reading end of a named pipe.
///
/// It is open before the command starts, so nothing is lost and the command never waits.
#[derive(Debug)]
pub struct Fifo {
    path: PathBuf,
    receiver: Receiver,
}

impl Fifo {
    /// Makes a named pipe at `path` and opens it. Needs a tokio runtime.
    ///
    /// # Errors
    ///
    /// Inconclusive if the file system does not allow it.
    pub fn new(path: impl Into<PathBuf>) -> Result<Self> {
        let path = path.into();
        mkfifoat(CWD, &path, Mode::RUSR | Mode::WUSR).or_inconclusive("making a named pipe")?;
        // Open for writing too: otherwise the end of one writer would look like the end of the
        // file.
        let receiver = OpenOptions::new()
            .read_write(true)
            .open_receiver(&path)
            .or_inconclusive("opening a named pipe")?;
        Ok(Self { path, receiver })
    }

    /// The path of the pipe.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Waits until all processes that have the pipe open for writing have closed it or ended, no
    /// longer than `within`.
    ///
    /// Call it when a command is known to have the pipe open, that is, after its
    /// [line](Self::line).
    ///
    /// # Errors
    ///
    /// If a process still has it open by then; inconclusive if the pipe cannot be opened again.
    pub async fn hung_up(self, within: Duration) -> Result {
        // The read-only end is opened before the other is closed: the command never finds the pipe
        // without a reader.
        let mut alone =
            OpenOptions::new().open_receiver(&self.path).or_inconclusive("opening a named pipe")?;
        drop(self.receiver);
        let mut rest = Vec::new();
        match tokio::time::timeout(within, alone.read_to_end(&mut rest)).await {
            Ok(read) => read.map(|_| ()).or_inconclusive("reading a named pipe"),
            Err(_) => Err(Failure::new(
                Kind::Timeout,
                "waiting for the end of the command that the model had started",
                format!("it within {within:?}"),
                "the command still runs",
            )),
        }
    }

    /// Waits for a line from a command, no longer than `within`.
    ///
    /// # Errors
    ///
    /// If no line comes in time.
    pub async fn line(&mut self, within: Duration) -> Result<String> {
        let mut text = Vec::new();
        let read = async {
            while let Ok(byte) = self.receiver.read_u8().await {
                if byte == b'\n' {
                    break;
                }
                text.push(byte);
            }
        };
        match tokio::time::timeout(within, read).await {
            Ok(()) => Ok(String::from_utf8_lossy(&text).into_owned()),
            Err(_) => Err(Failure::new(
                Kind::Timeout,
                "waiting for the command that the model starts to run",
                format!("a line of it within {within:?}"),
                "it has written nothing",
            )),
        }
    }
}
