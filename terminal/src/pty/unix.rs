//! A terminal of Unix: a pseudo-terminal, whose program leads a session.

mod ending;
mod expect;
mod modes;
mod pump;
mod spawn;
mod waiting;

use std::fmt;
use std::io;
use std::time::{Duration, Instant};

use portable_pty::{MasterPty, PtySize};
use rustix::process::{Signal, kill_process_group};
use rustix::termios::{LocalModes, tcgetattr, tcgetpgrp};
use tempfile::TempDir;

use reaper::leader::Leader;
use reaper::process::{Exit, Ladder};

use super::{Finished, LINE_LIMIT, Match, PATIENCE, Pattern, PtyError, Record, Terminal, Waiting};

pub(crate) use modes::Modes;

use pump::Pump;

/// A program that runs in a terminal.
///
/// It leads a session and a process group of its own. [`Pty::finish`] ends it and reports what it
/// left behind. `Drop` does the same, blocks for at most [`Ladder::bound`], and panics if a process
/// was left, like [`reaper::guard::Guarded`].
///
/// ```
/// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
/// use terminal::pty::{Pty, Terminal};
/// use std::process::Command;
///
/// let mut pty = Pty::spawn(Command::new("sh").args(["-c", "echo ready; read x; echo got $x"]), Terminal::default())?;
/// pty.expect("ready").await?;
/// pty.send("a line\n").await?;
/// pty.expect("got a line").await?;
/// let finished = pty.finish().await;
/// assert!(finished.text.starts_with("ready\n"), "what it showed first is kept");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use = "ends the program when it is dropped"]
pub struct Pty {
    master: Box<dyn MasterPty + Send>,
    pump: Pump,
    leader: Leader,
    /// The end of the last match, in bytes.
    matched: usize,
    terminal: Terminal,
    over: bool,
    /// Its `HOME`, unless the command sets another one.
    _home: Option<TempDir>,
}

impl fmt::Debug for Pty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pid = self.pid();
        f.debug_struct("Pty")
            .field("label", &self.leader.label())
            .field("pid", &pid)
            .finish_non_exhaustive()
    }
}

impl Pty {
    /// Its process id, which is also the number of its session and process group.
    pub fn pid(&self) -> u32 {
        self.leader.pid()
    }

    /// Types something. Returns when the terminal has accepted all of it; a program that reads key
    /// by key can delay that.
    ///
    /// # Errors
    ///
    /// If a line is too long for the terminal (then nothing is sent), if the program has ended, or
    /// if the terminal has not accepted it within [`PATIENCE`].
    pub async fn send(&mut self, input: impl AsRef<[u8]>) -> Result<(), PtyError> {
        let input = input.as_ref();
        self.check_lines(input)?;
        self.pump.send(input).map_err(PtyError::Write)?;
        let until = Instant::now() + PATIENCE;
        self.wait_for("the terminal to take its input", until, |record| {
            record.outgoing.is_empty().then_some(())
        })
        .await
    }

    /// The number of bytes that it has written.
    pub(crate) fn seen(&self) -> usize {
        self.pump.record().raw.len()
    }

    /// The number of bytes that it had written when a query was last answered.
    pub(crate) fn answered(&self) -> usize {
        self.pump.record().answered
    }

    /// Whether the terminal would accept all these lines now.
    pub(crate) fn check_lines(&self, input: &[u8]) -> Result<(), PtyError> {
        if !self.edits_lines() {
            return Ok(());
        }
        let too_long = |line: &&[u8]| line.len() > LINE_LIMIT;
        let mut lines = input.split(|byte| matches!(byte, b'\n' | b'\r'));
        match lines.clone().find(too_long) {
            None => Ok(()),
            Some(found) => {
                let line = lines.position(|line| line.len() > LINE_LIMIT).map_or(1, |at| at + 1);
                Err(PtyError::LineTooLong { line, length: found.len() })
            }
        }
    }

    /// Whether the terminal itself collects lines now (canonical mode), with the limit
    /// [`LINE_LIMIT`]; programs that edit their own input line turn this off while they read.
    pub fn edits_lines(&self) -> bool {
        let modes = tcgetattr(self.pump.terminal()).map(|modes| modes.local_modes);
        modes.is_ok_and(|modes| modes.contains(LocalModes::ICANON))
    }

    /// Changes the size of the terminal; the kernel notifies the program by `SIGWINCH`.
    ///
    /// # Errors
    ///
    /// If the system refuses.
    pub fn resize(&mut self, rows: u16, columns: u16) -> Result<(), PtyError> {
        self.terminal = Terminal { rows, columns, ..self.terminal };
        self.pump.record().resize(self.terminal);
        let resized = self.master.resize(size(self.terminal));
        resized.map_err(|error| PtyError::NoTerminal(io::Error::other(error)))
    }

    /// Sends a signal to the foreground process group of the terminal, as its keys do; returns
    /// whether it was delivered.
    pub fn signal(&self, signal: Signal) -> bool {
        let foreground = tcgetpgrp(self.pump.terminal());
        foreground.is_ok_and(|group| kill_process_group(group, signal).is_ok())
    }

    /// All bytes that it has written so far.
    pub fn raw(&self) -> Vec<u8> {
        self.pump.record().raw.clone()
    }

    /// The text that it has written so far, without escape sequences and with plain line ends.
    /// Overwritten text is still in it; [`Pty::screen`] shows what a person sees.
    pub fn text(&self) -> String {
        self.pump.record().text().to_owned()
    }

    /// The screen that a person sees now: the lines of the terminal, without trailing spaces.
    pub fn screen(&self) -> String {
        self.pump.record().screen()
    }

    /// How it ended, if it has.
    pub fn exit(&self) -> Option<Exit> {
        self.leader.exit()
    }

    /// Waits for it to end by itself, no longer than `within`; does not reap it.
    pub async fn wait(&self, within: Duration) -> Option<Exit> {
        self.leader.wait(within).await
    }

    /// Sets the time limits of its shutdown, in place of the default ones; `eof` is the time after
    /// the hang-up.
    pub fn set_ladder(&mut self, ladder: Ladder) {
        self.leader.set_ladder(ladder);
    }
}

fn size(terminal: Terminal) -> PtySize {
    let Terminal { rows, columns, .. } = terminal;
    PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 }
}
