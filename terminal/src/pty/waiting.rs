//! Waits for output of a program, and the messages of failed waits.

use std::fmt;
use std::time::{Duration, Instant};

use reaper::process::Exit;

use super::record::Record;
use super::{Pty, PtyError, Terminal};

/// How long after the end of its terminal a program may take to end.
const LAG: Duration = Duration::from_secs(1);

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

impl Pty {
    /// Waits until `look` finds something in the record, or the time is up.
    pub(crate) async fn wait_for<T>(
        &self,
        awaited: &str,
        until: Instant,
        mut look: impl FnMut(&Record) -> Option<T>,
    ) -> Result<T, PtyError> {
        self.wait_until(awaited, until, |record| look(record)).await
    }

    /// Likewise; `look` may bring the screen up to date.
    pub(crate) async fn wait_until<T>(
        &self,
        awaited: &str,
        until: Instant,
        mut look: impl FnMut(&mut Record) -> Option<T>,
    ) -> Result<T, PtyError> {
        let since = Instant::now();
        let mut happened = self.pump.watch();
        loop {
            happened.borrow_and_update();
            let closed = {
                let mut record = self.pump.record();
                if let Some(found) = look(&mut record) {
                    return Ok(found);
                }
                record.closed
            };
            if closed {
                return Err(PtyError::Ended(self.in_vain(awaited, since, true).await));
            }
            if tokio::time::timeout_at(until.into(), happened.changed()).await.is_err() {
                return Err(PtyError::TimedOut(self.in_vain(awaited, since, false).await));
            }
        }
    }

    async fn in_vain(&self, awaited: &str, since: Instant, closed: bool) -> Box<Waiting> {
        let waited = since.elapsed();
        if closed {
            // The terminal closes shortly before its last process has an exit status.
            self.leader.wait(LAG).await;
        }
        let exit = self.exit();
        let hint = (closed && exit.is_none())
            .then(|| "it closed its terminal and runs on without one".to_owned());
        let mut record = self.pump.record();
        Box::new(Waiting {
            label: self.leader.label().to_owned(),
            pid: self.pid(),
            awaited: awaited.to_owned(),
            waited,
            exit,
            typed: record.typed.clone(),
            screen: record.screen(),
            cursor: record.cursor(),
            terminal: self.terminal,
            hint,
        })
    }
}
