//! A program in a terminal of its own: started, typed to, observed, and ended without leaving
//! anything behind.
//!
//! Input to a program that is not ready is lost, and with a sleep it is still lost now and then. So
//! everything here waits for output of the program, with a deadline; a failed wait reports what was
//! awaited and the screen. For programs with a prompt, use [`crate::repl`], which always waits.

mod answers;
mod ending;
mod expect;
mod record;
#[cfg(unix)]
mod unix;
mod waiting;

use std::io;
use std::time::Duration;

use reaper::process::SpawnError;

pub use ending::Finished;
pub use expect::{Match, Pattern};
pub use record::Record;
pub use waiting::Waiting;

#[cfg(not(unix))]
pub use crate::elsewhere::Pty;
#[cfg(unix)]
pub use unix::Pty;

#[cfg(not(unix))]
pub(crate) use crate::elsewhere::Modes;
#[cfg(unix)]
pub(crate) use unix::Modes;

/// The time limit of a wait where the caller sets none.
pub const PATIENCE: Duration = Duration::from_secs(10);

/// The longest line that a terminal accepts while it edits lines itself, in bytes without the line
/// end. The kernel silently drops the rest of a longer one (`N_TTY`, `termios(3)`: canonical mode).
pub const LINE_LIMIT: usize = 4095;

/// The terminal of a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terminal {
    /// Its height, in lines.
    pub rows: u16,
    /// Its width, in characters.
    pub columns: u16,
    /// Whether it shows typed text. A program that draws its own input line shows the text anyway.
    pub echo: bool,
}

impl Default for Terminal {
    /// 24 lines of 80 characters, with echo.
    fn default() -> Self {
        Self { rows: 24, columns: 80, echo: true }
    }
}

/// A failure of a program in a terminal.
#[derive(Debug, thiserror::Error)]
pub enum PtyError {
    /// It could not be started.
    #[error(transparent)]
    Start(#[from] SpawnError),
    /// The system provided no terminal.
    #[error("no terminal: {0}")]
    NoTerminal(#[source] io::Error),
    /// The time was up before the awaited output.
    #[error("{0}")]
    TimedOut(Box<Waiting>),
    /// It ended before the awaited output.
    #[error("{0}")]
    Ended(Box<Waiting>),
    /// The terminal edits lines itself and would have dropped the end of one.
    #[error(
        "line {line} has {length} bytes, but a terminal that edits lines itself drops what is \
         longer than {LINE_LIMIT}; nothing was sent: send shorter lines"
    )]
    LineTooLong {
        /// The number of the line in the input, from one.
        line: usize,
        /// Its length, in bytes.
        length: usize,
    },
    /// The terminal no longer accepts input.
    #[error("cannot write to the terminal: {0}")]
    Write(#[source] io::Error),
}
