//! The message of a failed wait.

use std::fmt;
use std::time::Duration;

use reaper::process::Exit;

use super::Terminal;

/// The number of bytes of the last input that a message shows.
const TYPED: usize = 200;

/// A failed wait: what was awaited, and the state of the program.
#[derive(Clone, Debug)]
pub struct Waiting {
    /// The command.
    pub label: String,
    /// Its process id.
    pub pid: u32,
    /// The awaited event, in words.
    pub awaited: String,
    /// The duration of the wait.
    pub waited: Duration,
    /// How the program ended, if it had.
    pub exit: Option<Exit>,
    /// The last input.
    pub typed: String,
    /// The screen.
    pub screen: String,
    /// Line and column of the cursor, from one.
    pub cursor: (u16, u16),
    /// The terminal.
    pub terminal: Terminal,
    /// A further hint at the cause.
    pub hint: Option<String>,
}

impl fmt::Display for Waiting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { label, pid, awaited, screen, typed, .. } = self;
        match self.exit {
            Some(exit) => write!(f, "{label} ended ({exit}) before it showed {awaited}")?,
            None => write!(f, "waited {:?} for {awaited}", self.waited)?,
        }
        if let Some(hint) = &self.hint {
            write!(f, "\n  note      {hint}")?;
        }
        match self.exit {
            Some(_) => {}
            None => write!(f, "\n  program   {label} (pid {pid}) is running")?,
        }
        if !typed.is_empty() {
            let shown: String = typed.chars().take(TYPED).collect();
            let more = if shown.len() < typed.len() { " and more" } else { "" };
            write!(f, "\n  typed     {shown:?}{more}")?;
        }
        let (Terminal { rows, columns, .. }, (row, column)) = (self.terminal, self.cursor);
        write!(
            f,
            "\n  screen    {rows} lines of {columns}, cursor in line {row}, column {column}"
        )?;
        if screen.is_empty() {
            return write!(f, "\n    (empty)");
        }
        screen.lines().try_for_each(|line| write!(f, "\n    | {line}"))
    }
}
