//! The programs that strangers' servers are written for, and how to start such a server.

use std::path::PathBuf;
use std::process::Command;

/// What a server is written in.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Language {
    Python,
    Node,
}

impl Language {
    /// The program, and how it says its version.
    fn program(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Python => ("python3", "import sys, tomllib; print(sys.executable)", "3.11"),
            Self::Node => ("node", "structuredClone(0); console.log(process.execPath)", "18"),
        }
    }

    /// Where the program is: asked of itself, since what is found on the path may be a script that
    /// looks for it.
    ///
    /// What is missing fails the test: that a server was not examined must not look as if it had
    /// been.
    fn path(self) -> String {
        let (program, ask, version) = self.program();
        let flag = if matches!(self, Self::Python) { "-c" } else { "-e" };
        let asked = Command::new(program).args([flag, ask]).output();
        let asked = asked.unwrap_or_else(|error| {
            panic!(
                "`{program}` is missing ({error}): install version {version} or newer, these tests run servers written for it"
            )
        });
        assert!(
            asked.status.success(),
            "`{program}` is too old, version {version} or newer is wanted: {}",
            String::from_utf8_lossy(&asked.stderr)
        );
        String::from_utf8(asked.stdout).unwrap().trim().to_owned()
    }

    /// The file with the server.
    fn server(self) -> PathBuf {
        let name = match self {
            Self::Python => "../fixtures/strangers/stranger.py",
            Self::Node => "../fixtures/strangers/stranger.mjs",
        };
        utils_cargo_bin::find_resource!(name)
            .unwrap_or_else(|error| panic!("the server must be here: {error}"))
    }

    /// The command of the server that behaves so.
    pub(crate) fn command(self, name: &str) -> Vec<String> {
        let file = self.server().canonicalize().unwrap();
        vec![self.path(), file.to_str().unwrap().to_owned(), "--as".to_owned(), name.to_owned()]
    }
}
