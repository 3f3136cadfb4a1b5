//! The profiles of Python: one for each of its ways to read commands.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::profile::INPUTRC;
use super::{Input, Marks, Profile};

/// How a Python reads commands from a terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flavour {
    /// With GNU readline or libedit: before 3.13, and since with `PYTHON_BASIC_REPL=1`.
    Readline,
    /// With nothing: the terminal collects the lines, as in builds without readline.
    Basic,
    /// With `_pyrepl`, the editor of 3.13 and newer.
    Pyrepl,
}

impl Flavour {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Readline, Self::Basic, Self::Pyrepl];

    /// Whether this release of Python 3 has it.
    pub fn is_in(self, minor: u32) -> bool {
        self != Self::Pyrepl || minor >= 13
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Readline => "readline",
            Self::Basic => "basic",
            Self::Pyrepl => "pyrepl",
        }
    }
}

/// An installed Python.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Python {
    /// Its path.
    pub program: PathBuf,
    /// Its minor release: the 13 of 3.13.
    pub minor: u32,
}

impl Python {
    /// The Pythons from 3.9 to 3.20 in these directories, the first of each release, with the names
    /// `python3.N`. Each is asked for its version, because a file of that name may be a stand-in
    /// for one that is not installed.
    pub fn among(directories: impl IntoIterator<Item = PathBuf>) -> Vec<Self> {
        let directories: Vec<PathBuf> = directories.into_iter().collect();
        let find = |minor: u32| {
            let name = format!("python3.{minor}");
            let mut programs = directories.iter().map(|directory| directory.join(&name));
            let program = programs.find(|program| is_python(program, minor))?;
            Some(Self { program, minor })
        };
        (9..=20).filter_map(find).collect()
    }

    /// The profiles of all flavours that it has.
    pub fn profiles(&self) -> Vec<Profile> {
        let flavours = Flavour::ALL.into_iter().filter(|flavour| flavour.is_in(self.minor));
        flavours.map(|flavour| Profile::python(&self.program, flavour)).collect()
    }
}

fn is_python(program: &Path, minor: u32) -> bool {
    let version = format!("Python 3.{minor}.");
    let asked = program.is_file().then(|| Command::new(program).arg("--version").output());
    matches!(asked, Some(Ok(said)) if said.stdout.starts_with(version.as_bytes()))
}

impl Profile {
    /// A Python, 3.9 or newer, that reads commands in this way. A Python without readline falls
    /// back to basic by itself; one before 3.13 has no pyrepl, and then does not become ready.
    pub fn python(program: impl AsRef<Path>, flavour: Flavour) -> Self {
        let program = program.as_ref();
        let file = program.file_name().unwrap_or(program.as_os_str()).to_string_lossy();
        let name = format!("{file} ({})", flavour.name());
        let python = Self {
            close: Some(String::new()),
            ..Self::new(&name, program, "print('{left}' '{right}')", "raise SystemExit")
        }
        .env("PYTHON_COLORS", "0")
        .env("NO_COLOR", "1")
        .env("INPUTRC", "{home}/inputrc")
        .file("inputrc", INPUTRC);
        let start = include_str!("start/python.py");
        match flavour {
            Flavour::Readline => python
                .env("PYTHON_BASIC_REPL", "1")
                .env("PYTHONSTARTUP", "{home}/start.py")
                .env("TERM", "dumb")
                .file("start.py", start),
            // Isolated and without `site`, nothing imports readline.
            Flavour::Basic => python.env("TERM", "dumb").args(["-I", "-S", "-i", "-c", start]),
            Flavour::Pyrepl => Self {
                input: Input::Paste,
                enter: "\r".to_owned(),
                marks: Marks { start: true, end: true, more: true },
                ..python
            }
            .env("PYTHONSTARTUP", "{home}/start.py")
            .env("TERM", "xterm")
            .file("start.py", include_str!("start/pyrepl.py")),
        }
    }
}
