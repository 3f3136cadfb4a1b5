//! A REPL in a terminal, driven so that no input is lost and no output is attributed to the wrong
//! command.
//!
//! Nothing is typed before the program has shown that it reads: first by its prompt, then by the
//! answer to a marker that no echo can imitate. From then on every prompt has a number that no
//! other prompt has, so the end of each output is known. Everything that a REPL needs for this is
//! data, a [`Profile`].

mod command;
mod handshake;
mod neat;
mod nonce;
mod profile;
mod python;

use std::io;
use std::process::Command;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::pty::{Finished, Modes, PATIENCE, Pty, PtyError, Waiting};
use reaper::process::{Exit, Ladder};

pub use profile::{INPUTRC, Input, Marks, Profile, Prompts};
pub use python::{Flavour, Python};

use nonce::Nonces;

/// A failure of a REPL.
#[derive(Debug, thiserror::Error)]
pub enum ReplError {
    /// It did not become ready for input.
    #[error("{profile} did not become ready: {source}")]
    NotReady {
        /// The name of its profile.
        profile: String,
        /// The failed wait, with the screen.
        source: PtyError,
    },
    /// The directory for its start-up file could not be made.
    #[error("cannot make a directory for {profile}: {source}")]
    Home {
        /// The name of its profile.
        profile: String,
        /// The error of the system.
        source: io::Error,
    },
    /// The command needs more lines; it was abandoned, and the REPL is ready for the next one.
    #[error("the command is incomplete and was abandoned: {profile} asks for more after {code:?}")]
    Unfinished {
        /// The name of its profile.
        profile: String,
        /// The command.
        code: String,
    },
    /// The command contains a character that the terminal treats as a key; nothing was typed.
    #[error(
        "{character:?} in line {line} acts as a key and cannot be part of a command; nothing was typed"
    )]
    Key {
        /// The character.
        character: char,
        /// Its line, from one.
        line: usize,
    },
    /// A command has switched the echo of the terminal on in a way that cannot be undone from
    /// outside: the output of commands would have their text in it. Switch it off by a command
    /// (`stty -echo`).
    #[error(
        "a command has switched the terminal's echo on, so that output cannot be told from input: \
         after {code:?} the program showed what was typed; `stty -echo` switches it off"
    )]
    Echoes {
        /// The command whose output would have been spoiled.
        code: String,
    },
    /// The last command is still running: wait for it with [`Repl::output`], or [`Repl::interrupt`]
    /// it.
    #[error("the last command is still running")]
    Busy,
    /// No command is running.
    #[error("no command is running")]
    Idle,
    /// It ended while a command was running.
    #[error("it ended ({}) after it had printed {:?}: {waiting}", exit.map_or("exit unknown".to_owned(), |exit| exit.to_string()), output.text())]
    Exited {
        /// How it ended.
        exit: Option<Exit>,
        /// The output of the command so far.
        output: Output,
        /// The failed wait, with the screen.
        waiting: Box<Waiting>,
    },
    /// The terminal failed.
    #[error(transparent)]
    Pty(#[from] PtyError),
}

/// The output of one command, byte for byte: without its echo, the prompt, and the carriage returns
/// that the terminal adds to line ends.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Output {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// The exit status of the command, if the profile's prompt contains it.
    pub status: Option<i32>,
}

impl Output {
    /// The bytes as text; invalid UTF-8 becomes U+FFFD.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }
}

/// The state of the REPL, as far as known.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Doing {
    /// It waits for a command.
    Waiting,
    /// It runs this command. Its output begins at `from` or later; `printed` is the output before
    /// the last line was typed.
    Running { code: String, from: usize, printed: Vec<u8> },
}

/// A running REPL that is ready for a command.
///
/// ```
/// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
/// use terminal::repl::{Profile, Repl};
/// use std::time::Duration;
///
/// let mut repl = Repl::start(&Profile::sh(), Duration::from_secs(10)).await?;
/// let output = repl.run("echo $((6 * 7))").await?;
/// assert_eq!((output.text().as_str(), output.status), ("42\n", Some(0)));
/// repl.end().await.clean()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
#[must_use = "ends the REPL when it is dropped"]
pub struct Repl {
    pty: Pty,
    profile: Profile,
    nonces: Nonces,
    doing: Doing,
    /// The end of the bytes that belong to earlier prompts and commands.
    settled: usize,
    /// The modes of the terminal when it was first ready.
    modes: Option<Modes>,
    /// The halves of the last marker.
    asked: (String, String),
    /// What the command that sets the prompt showed when the REPL was ready.
    usual: Option<Vec<u8>>,
    /// The last such command was shown when it was typed.
    echoed: bool,
    /// The number of bytes up to the last question whose answer was cleared away.
    cleared: usize,
    status: Option<i32>,
    deadline: Duration,
    // Dropped after the program that uses it.
    _home: TempDir,
}

impl Repl {
    /// Starts a REPL; returns when it is ready for a command, within the given time.
    ///
    /// # Errors
    ///
    /// If it does not exist, ends, or is not ready in time; the message shows its output.
    pub async fn start(profile: &Profile, within: Duration) -> Result<Self, ReplError> {
        let nonces = Nonces::new(matches!(profile.prompts, Prompts::Set { .. }), profile.short);
        let name = &profile.name;
        let home = profile.home(&nonces);
        let home = home.map_err(|source| ReplError::Home { profile: name.clone(), source })?;
        let mut command = Command::new(&profile.program);
        let path = home.path().to_string_lossy();
        let filled = |text: &str| nonces.fill(text).replace("{home}", &path);
        command.args(profile.args.iter().map(|arg| filled(arg)));
        command.env("HOME", home.path());
        command.envs(profile.env.iter().map(|(key, value)| (key, filled(value))));
        if let Some(cwd) = &profile.cwd {
            command.current_dir(cwd);
        }
        let not_ready = |source| ReplError::NotReady { profile: name.clone(), source };
        let pty = Pty::spawn(&command, profile.terminal).map_err(not_ready)?;
        let mut repl = Self {
            pty,
            profile: profile.clone(),
            nonces,
            doing: Doing::Waiting,
            settled: 0,
            modes: None,
            asked: Default::default(),
            usual: None,
            echoed: false,
            cleared: 0,
            status: None,
            deadline: PATIENCE,
            _home: home,
        };
        repl.become_ready(Instant::now() + within).await.map_err(not_ready)?;
        repl.note_state();
        Ok(repl)
    }

    /// The terminal that it runs in, for its screen, its text and its size.
    pub fn pty(&mut self) -> &mut Pty {
        &mut self.pty
    }

    /// Sets the time limit of commands, in place of [`PATIENCE`].
    pub fn set_deadline(&mut self, deadline: Duration) {
        self.deadline = deadline;
    }

    /// Sets the time limits of its shutdown, in place of the default ones.
    pub fn set_ladder(&mut self, ladder: Ladder) {
        self.pty.set_ladder(ladder);
    }

    /// Whether a command is running, as far as known.
    pub fn is_busy(&self) -> bool {
        self.doing != Doing::Waiting
    }

    /// Ends it as a person would, by its own command unless it is busy, and ends all its
    /// descendants. The result has all its output since its start.
    pub async fn end(mut self) -> Finished {
        if !self.is_busy() && self.pty.exit().is_none() {
            let exit = self.profile.typed(&self.profile.exit);
            // It need not accept the command: the shutdown follows.
            if self.tidy().await.is_ok() && self.pty.send(exit).await.is_ok() {
                self.pty.wait(self.deadline.min(PATIENCE)).await;
            }
        }
        self.pty.finish().await
    }
}
