//! What a command leaves in the terminal, undone before the next one is typed: answers that it did
//! not read, and changed modes.

use std::time::Instant;

use memchr::memmem;

use crate::pty::PtyError;

use super::{Repl, ReplError};

impl Repl {
    /// Remembers the state of the terminal while the REPL waits for a command.
    pub(super) fn note_state(&mut self) {
        self.modes = self.pty.modes();
        self.cleared = self.pty.answered();
    }

    /// Sees to it that the terminal is as it was when the REPL was first ready: its modes are set
    /// again, and an answer to a question that a command asked (where is the cursor?) and did not
    /// wait for is erased, or it would be the beginning of what is typed next.
    pub(super) async fn tidy(&mut self) -> Result<(), PtyError> {
        if let Some(modes) = &self.modes {
            self.pty.restore(modes);
        }
        let answered = self.pty.answered();
        if answered > self.cleared {
            // The keys come after the answer, and the answer to the marker after both.
            self.pty.send(self.profile.erase.clone()).await?;
            self.synchronize(Instant::now() + self.deadline).await?;
            // A line editor may ask with every prompt.
            self.cleared = self.pty.answered();
        }
        Ok(())
    }

    /// Fails if the command that sets the prompt was shown, or if the output begins with what was
    /// typed, and a marker that is typed then is shown as well: no command prints that.
    pub(super) async fn check_echo(&mut self, code: &str, output: &[u8]) -> Result<(), ReplError> {
        if self.echoed {
            return Err(ReplError::Echoes { code: code.to_owned() });
        }
        let first = code.lines().next().unwrap_or_default().as_bytes();
        let hides = !self.profile.marks.start && !self.profile.terminal.echo;
        if !hides || first.is_empty() || !output.starts_with(first) {
            return Ok(());
        }
        let from = self.pty.seen();
        self.synchronize(Instant::now() + self.deadline).await?;
        if self.shows_input(from) {
            return Err(ReplError::Echoes { code: code.to_owned() });
        }
        Ok(())
    }

    /// Whether the last marker was shown as it was typed, in two halves.
    pub(super) fn shows_input(&self, from: usize) -> bool {
        let raw = self.pty.raw();
        let shown = raw.get(from..).unwrap_or_default();
        let (left, right) = &self.asked;
        let mut halves = memmem::find_iter(shown, left.as_bytes());
        halves.any(|at| !shown[at + left.len()..].starts_with(right.as_bytes()))
    }
}
