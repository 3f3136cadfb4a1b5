//! A command that is supervised by a process of its own, so that many can run at a time.

use std::io::{self, BufRead, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::path::Path;
use std::process::{ExitCode, Stdio};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::Command;

use super::report::Report;
use super::{Input, Output, SuperviseError, Supervised};

/// The hidden subcommand of `proctor` whose body is [`main`].
const SUBCOMMAND: &str = "__supervised";

impl Supervised {
    /// Runs the command in a `proctor` of its own, so that many can run at a time, in a process
    /// that has other work. The settings for stdin and output are ignored: stdin is empty and the
    /// output is captured. If the future is dropped, the command and all its descendants are ended.
    ///
    /// Must be called in a tokio runtime with I/O enabled.
    ///
    /// # Errors
    ///
    /// If the command or `proctor` cannot be started, or no report comes.
    pub async fn run_apart(&self, proctor: &Path) -> Result<Report, SuperviseError> {
        let broken = |source| SuperviseError::Machinery { source };
        let apart = Self { stdin: Input::Null, output: Output::Captured, ..self.clone() };
        let mut line = serde_json::to_vec(&apart).map_err(|error| broken(error.into()))?;
        line.push(b'\n');
        let mut child = Command::new(proctor)
            .arg(SUBCOMMAND)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(broken)?;
        let pipes = child.stdin.take().zip(child.stdout.take());
        let (mut stdin, mut stdout) =
            pipes.ok_or_else(|| broken(io::Error::other("a child without pipes")))?;
        stdin.write_all(&line).await.map_err(broken)?;
        let mut answer = Vec::new();
        // The end of file would come only after the end of `proctor`, but its stdin, which keeps
        // the command alive, may be closed by then.
        stdout.read_to_end(&mut answer).await.map_err(broken)?;
        drop(stdin);
        child.wait().await.map_err(broken)?;
        let answer: Result<Report, String> =
            serde_json::from_slice(&answer).map_err(|error| broken(error.into()))?;
        answer.map_err(|said| match self.command.first() {
            Some(program) => SuperviseError::NotStarted {
                program: program.clone(),
                source: io::Error::other(said),
            },
            None => SuperviseError::NoCommand,
        })
    }
}

/// Runs as the process that supervises for [`Supervised::run_apart`].
pub fn main() -> ExitCode {
    let mut line = String::new();
    let Ok(stdin) = io::stdin().as_fd().try_clone_to_owned() else { return ExitCode::FAILURE };
    if io::stdin().lock().read_line(&mut line).is_err() {
        return ExitCode::FAILURE;
    }
    let answer = match serde_json::from_str::<Supervised>(&line) {
        Ok(supervised) => run(&supervised, &stdin),
        Err(error) => Err(error.to_string()),
    };
    let written = serde_json::to_vec(&answer).map_err(io::Error::from);
    match written.and_then(|answer| io::stdout().lock().write_all(&answer)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

fn run(supervised: &Supervised, lifeline: &OwnedFd) -> Result<Report, String> {
    let report = supervised.run_until(Some(lifeline.as_fd()));
    report.map_err(|error| match error {
        SuperviseError::NotStarted { source, .. } => source.to_string(),
        other => other.to_string(),
    })
}
