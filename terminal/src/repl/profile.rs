//! A REPL's profile: everything needed to drive it, as data, so that new ones are easy to add.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::PathBuf;

use tempfile::TempDir;

use crate::pty::Terminal;

use super::nonce::Nonces;

/// The end of a key press that a terminal treats as Ctrl-C.
const CTRL_C: u8 = 3;
/// Ctrl-U, which erases the line for terminals and line editors alike.
const CTRL_U: u8 = 0x15;

/// How a REPL gets prompts that nothing else can be mistaken for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Prompts {
    /// Its start-up file or arguments make it show counted prompts from the start.
    Counted,
    /// Commands make it show counted prompts; until then it shows another one.
    Typed {
        /// The end of its output when it is first ready, without escape sequences.
        first: String,
        /// The commands, one line each.
        commands: Vec<String>,
    },
    /// It cannot count, so a command before each command sets the next prompt. Values that depend
    /// on the previous command (`$?`, `_`) are then those of the setting command.
    Set {
        /// The end of its output when it is first ready, without escape sequences.
        first: String,
        /// The setting command; `{prompt}` and `{more}` stand for the prompt and its continuation.
        command: String,
    },
}

/// How a command is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Input {
    /// Line by line, each when the REPL is ready for it.
    Lines,
    /// As one bracketed paste, for editors that would indent typed lines.
    Paste,
}

/// The marks that a REPL prints around commands in addition to its prompts, as `{KIND:NUMBER}` with
/// the number of the prompt before the command.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Marks {
    /// `{s:…}` when it has read a command and starts to run it.
    pub start: bool,
    /// `{e:…}` when the command has ended, before the prompt is drawn.
    pub end: bool,
    /// `{m:…}` when a command needs more lines; without it, the continuation prompt shows that.
    pub more: bool,
}

/// A REPL: the command that starts it, its output, and its input.
///
/// In `args`, `env`, `files` and commands, `{seed}`, `{factor}` and `{term}` stand for the numbers
/// of the counted prompts: the number of each prompt is that of the previous one times `{factor}`
/// plus `{term}`, in 64 bits that wrap, and the first is computed from `{seed}`. A prompt is
/// `{p:NUMBER}`, or `{p:NUMBER:STATUS}` with the exit status of the last command, and a
/// continuation prompt is `{c:NUMBER}` with the number of the last prompt. In `args` and `env`,
/// `{home}` stands for the directory of `files`, which is its `HOME`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// Its name in messages.
    pub name: String,
    /// The program.
    pub program: PathBuf,
    /// Its arguments.
    pub args: Vec<String>,
    /// Its environment, in addition to that of [`crate::pty::Pty::spawn`].
    pub env: BTreeMap<String, String>,
    /// The files in its `HOME`, by name.
    pub files: BTreeMap<String, String>,
    /// Its working directory; by default that of this process.
    pub cwd: Option<PathBuf>,
    /// Its terminal. With echo, the typed command counts as output, unless [`Marks::start`].
    pub terminal: Terminal,
    /// How its prompts are recognized.
    pub prompts: Prompts,
    /// The marks that it prints around commands.
    pub marks: Marks,
    /// A command that prints `{left}` and `{right}` joined, does not contain them joined, and
    /// changes nothing that the next command can see.
    pub marker: String,
    /// How commands are typed.
    pub input: Input,
    /// The key that ends a line.
    pub enter: String,
    /// A line that closes an incomplete command, if there is one.
    pub close: Option<String>,
    /// The keys that abandon an incomplete command.
    pub cancel: String,
    /// The keys that erase the line that is being typed: an answer of the terminal that a command
    /// asked for and did not read stands there.
    pub erase: String,
    /// Use prompts of at most 17 characters, for REPLs that cut long ones. Only for
    /// [`Prompts::Set`].
    pub short: bool,
    /// The key that interrupts the running command.
    pub interrupt: u8,
    /// The command that ends it.
    pub exit: String,
}

impl Profile {
    /// A REPL with default settings: counted prompts, no marks, lines that end with a line feed,
    /// and Ctrl-C to interrupt and to cancel.
    pub fn new(name: &str, program: impl Into<PathBuf>, marker: &str, exit: &str) -> Self {
        Self {
            name: name.to_owned(),
            program: program.into(),
            args: Vec::new(),
            env: BTreeMap::new(),
            files: BTreeMap::new(),
            cwd: None,
            terminal: Terminal { echo: false, ..Terminal::default() },
            prompts: Prompts::Counted,
            marks: Marks::default(),
            marker: marker.to_owned(),
            input: Input::Lines,
            enter: "\n".to_owned(),
            close: None,
            cancel: char::from(CTRL_C).to_string(),
            erase: char::from(CTRL_U).to_string(),
            short: false,
            interrupt: CTRL_C,
            exit: exit.to_owned(),
        }
    }

    /// Adds arguments.
    #[must_use]
    pub fn args<const N: usize>(mut self, args: [&str; N]) -> Self {
        self.args.extend(args.map(str::to_owned));
        self
    }

    /// Adds a variable.
    #[must_use]
    pub fn env(mut self, key: &str, value: &str) -> Self {
        self.env.insert(key.to_owned(), value.to_owned());
        self
    }

    /// Adds a file to its `HOME`.
    #[must_use]
    pub fn file(mut self, name: &str, content: &str) -> Self {
        self.files.insert(name.to_owned(), content.to_owned());
        self
    }

    /// The POSIX shell of the system: dash, or bash by that name.
    pub fn sh() -> Self {
        // In a subshell that passes the status on, so that `$?` stays the same.
        Self::new("sh", "sh", "(s=$?; echo '{left}''{right}'; exit $s)", "exit")
            .args(["-i"])
            .env("ENV", "{home}/start")
            .env("TERM", "dumb")
            .env("INPUTRC", "{home}/inputrc")
            .file("start", include_str!("start/sh.sh"))
            .file("inputrc", INPUTRC)
    }

    /// bash 4.4 or newer, from `PATH`.
    pub fn bash() -> Self {
        let marks = Marks { start: true, ..Marks::default() };
        let sh = Self::sh();
        let bash = Self { name: "bash".to_owned(), program: "bash".into(), marks, ..sh };
        let bash = Self { args: Vec::new(), ..bash }.args([
            "--noprofile",
            "--rcfile",
            "{home}/start",
            "-i",
        ]);
        bash.file("start", include_str!("start/bash.sh"))
    }

    /// Node.js 16 or newer, from `PATH`, with lines that the terminal collects.
    pub fn node() -> Self {
        Self {
            cancel: ".break\n".to_owned(),
            ..Self::new("node", "node", "console.log('{left}' + '{right}')", ".exit")
        }
        .args(["--require", "{home}/start.js"])
        .file("start.js", include_str!("start/node.js"))
        .env("NODE_NO_READLINE", "1")
        .env("NODE_REPL_HISTORY", "")
        .env("NODE_DISABLE_COLORS", "1")
        .env("NO_COLOR", "1")
        .env("TERM", "dumb")
    }

    /// The input for a command or a part of it.
    pub(super) fn typed(&self, text: &str) -> String {
        match self.input {
            Input::Paste if !text.is_empty() => {
                format!("\x1b[200~{text}\x1b[201~{}", self.enter)
            }
            Input::Lines | Input::Paste => format!("{text}{}", self.enter),
        }
    }

    /// Its `HOME`, with its files.
    pub(super) fn home(&self, nonces: &Nonces) -> io::Result<TempDir> {
        let home = tempfile::Builder::new().prefix("proctor-repl-").tempdir()?;
        for (name, content) in &self.files {
            fs::write(home.path().join(name), nonces.fill(content))?;
        }
        Ok(home)
    }
}

/// The `INPUTRC` of REPLs that read keys with readline: every typed character belongs to the line,
/// and nothing is shown around it (no bracketed paste). Use it as a file of the profile, and
/// `{home}/NAME` as its variable `INPUTRC`.
pub const INPUTRC: &str = "set disable-completion on\n\
                           set enable-bracketed-paste off\n\
                           set bell-style none\n";
