//! The modes of a terminal: what they were when a program was ready, and whether it hides input.

use std::io;
use std::os::fd::BorrowedFd;
use std::time::{Duration, Instant};

use rustix::termios::{
    InputModes, LocalModes, OptionalActions, OutputModes, Termios, tcgetattr, tcsetattr,
};

use super::{Pty, PtyError};

/// The modes of a terminal.
pub(crate) type Modes = Termios;

/// The time between two looks at the modes while nothing is shown: no event reports a change.
const LOOK: Duration = Duration::from_millis(5);

impl Pty {
    /// Whether the terminal shows typed text now. Programs that read a password switch this off.
    pub fn echoes(&self) -> bool {
        let modes = tcgetattr(self.pump.terminal()).map(|modes| modes.local_modes);
        modes.is_ok_and(|modes| modes.contains(LocalModes::ECHO))
    }

    /// Waits until the terminal does not show typed text any more: a program that asks for a
    /// password may do so after its prompt, and discard what was typed before.
    ///
    /// # Errors
    ///
    /// If the time is up, or the program ends before; the message shows the screen.
    pub async fn expect_no_echo(&mut self, within: Duration) -> Result<(), PtyError> {
        const AWAITED: &str = "the terminal to hide what is typed";
        let until = Instant::now() + within;
        loop {
            if !self.echoes() {
                return Ok(());
            }
            let soon = until.min(Instant::now() + LOOK);
            match self.wait_for(AWAITED, soon, |_| None::<()>).await {
                Err(PtyError::TimedOut(_)) if Instant::now() < until => {}
                Err(PtyError::TimedOut(mut waiting)) => {
                    waiting.waited = within;
                    return Err(PtyError::TimedOut(waiting));
                }
                Err(error) => return Err(error),
                Ok(()) => {}
            }
        }
    }

    /// Its modes now.
    pub(crate) fn modes(&self) -> Option<Modes> {
        tcgetattr(self.pump.terminal()).ok()
    }

    /// Sets its modes to these, if they differ.
    pub(crate) fn restore(&self, modes: &Modes) {
        let Some(now) = self.modes().filter(|now| differ(now, modes)) else { return };
        let mut mended = now;
        mended.local_modes = modes.local_modes;
        mended.input_modes = modes.input_modes;
        mended.output_modes = modes.output_modes;
        mended.special_codes = modes.special_codes.clone();
        // A terminal that is gone has no modes to restore.
        let _ = tcsetattr(self.pump.terminal(), OptionalActions::Now, &mended);
    }
}

/// Keeps a terminal from showing what is typed.
pub(super) fn hide_input(terminal: BorrowedFd<'_>) -> io::Result<()> {
    let mut modes = tcgetattr(terminal)?;
    if modes.local_modes.contains(LocalModes::ECHO) {
        modes.local_modes.remove(LocalModes::ECHO);
        tcsetattr(terminal, OptionalActions::Now, &modes)?;
    }
    Ok(())
}

/// Whether input or output would be treated in another way.
fn differ(one: &Termios, other: &Termios) -> bool {
    let local = LocalModes::ECHO
        | LocalModes::ECHONL
        | LocalModes::ICANON
        | LocalModes::ISIG
        | LocalModes::IEXTEN;
    let input = InputModes::ICRNL | InputModes::INLCR | InputModes::IGNCR | InputModes::ISTRIP;
    let output = OutputModes::OPOST
        | OutputModes::ONLCR
        | OutputModes::OCRNL
        | OutputModes::ONLRET
        | OutputModes::ONOCR;
    one.local_modes & local != other.local_modes & local
        || one.input_modes & input != other.input_modes & input
        || one.output_modes & output != other.output_modes & output
}
