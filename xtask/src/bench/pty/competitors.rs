//! The same sessions through other libraries: pexpect's replwrap in Python, and rexpect.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::say;
use crate::failure::Result;
use crate::workspace::{code, fresh, root, run};

const PEXPECT: &str = "4.9.0";
const REXPECT: &str = "0.7.1";

/// Two programs with the same arguments: a kind of REPL, a program, how many sessions.
pub(super) struct Competitors {
    python: PathBuf,
    rexpect: PathBuf,
}

impl Competitors {
    /// Fetches and builds what is not there.
    pub(super) fn prepare(work: &Path) -> Result<Self> {
        let venv = work.join("venv");
        let python = venv.join("bin/python");
        let mut has_it = Command::new(&python);
        has_it.args(["-c", "import pexpect"]).stderr(Stdio::null());
        if !has_it.status().is_ok_and(|status| status.success()) {
            run(Command::new("python3").args(["-m", "venv"]).arg(&venv))?;
            let mut pip = Command::new(venv.join("bin/pip"));
            pip.args(["install", "--quiet", "--disable-pip-version-check"]);
            run(pip.arg(format!("pexpect=={PEXPECT}")))?;
        }
        let package = work.join("rexpect");
        fresh(&package.join("src"))?;
        fs::copy(source("rexpect_sessions.rs"), package.join("src/main.rs"))?;
        let manifest = format!(
            "[package]\nname = \"rexpect_sessions\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\
             [dependencies]\nrexpect = \"={REXPECT}\"\n[workspace]\n"
        );
        fs::write(package.join("Cargo.toml"), manifest)?;
        let built = work.join("rexpect-target");
        let mut build = crate::workspace::cargo(&["build", "--release", "--quiet"]);
        build
            .arg("--manifest-path")
            .arg(package.join("Cargo.toml"))
            .env("CARGO_TARGET_DIR", &built);
        run(&mut build)?;
        Ok(Self { python, rexpect: built.join("release/rexpect_sessions") })
    }

    /// Sessions of one REPL through each of them.
    pub(super) fn measure(&self, name: &str, sessions: usize, path: &OsStr) -> Result<()> {
        let Some(Repl { kind, program, is_basic }) = Repl::of(name) else { return Ok(()) };
        say(name)?;
        let pexpect = [self.python.as_os_str(), source("pexpect_sessions.py").as_os_str()]
            .map(OsStr::to_owned);
        for words in [&pexpect[..], &[self.rexpect.clone().into_os_string()]] {
            // Either may hang.
            let mut sessions_of = Command::new("timeout");
            sessions_of.arg("600").args(words).args([kind, program, &sessions.to_string()]);
            sessions_of.env("PATH", path).env("TERM", "xterm").env("LANG", "C.UTF-8");
            if is_basic {
                sessions_of.env("PYTHON_BASIC_REPL", "1");
            }
            if code(&mut sessions_of)? != 0 {
                let shown: Vec<_> = words.iter().map(|word| word.to_string_lossy()).collect();
                say(&format!("  {}: did not get through", shown.join(" ")))?;
            }
        }
        Ok(())
    }
}

/// A REPL as these programs know it.
#[derive(Debug, PartialEq)]
struct Repl<'a> {
    kind: &'a str,
    program: &'a str,
    is_basic: bool,
}

impl<'a> Repl<'a> {
    /// From a name like `python3.13-readline`; nothing for one that they do not know.
    fn of(name: &'a str) -> Option<Self> {
        let Some(version) = name.strip_prefix("python3.") else {
            return (name != "sh").then_some(Self { kind: name, program: name, is_basic: false });
        };
        let (minor, editor) = version.split_once('-')?;
        let program = &name[..name.len() - editor.len() - 1];
        let is_basic = editor == "readline" && minor.parse::<u32>().is_ok_and(|minor| minor >= 13);
        Some(Self { kind: "python", program, is_basic })
    }
}

/// How many lines a user writes to get a REPL that is ready.
pub(super) fn lines_for_users() -> Result<String> {
    let lines = |name| Ok::<_, std::io::Error>(marked(&fs::read_to_string(source(name))?));
    let (pexpect, rexpect) = (lines("pexpect_sessions.py")?, lines("rexpect_sessions.rs")?);
    Ok(format!(
        "lines for a REPL that is ready: proctor 1 (Repl::start), pexpect {pexpect}, rexpect {rexpect}, for three kinds"
    ))
}

/// How many lines stand between the marks.
fn marked(text: &str) -> usize {
    let after = text.lines().skip_while(|line| !line.ends_with(" begin user")).skip(1);
    after.take_while(|line| !line.ends_with(" end user")).count()
}

fn source(name: &str) -> PathBuf {
    root().join("xtask/competitors").join(name)
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::{Repl, marked};

    #[test]
    fn a_name_says_kind_and_program() {
        let repl = |kind, program, is_basic| Some(Repl { kind, program, is_basic });
        assert_eq!(Repl::of("python3.13-readline"), repl("python", "python3.13", true));
        assert_eq!(Repl::of("python3.12-readline"), repl("python", "python3.12", false));
        assert_eq!(Repl::of("python3.13-pyrepl"), repl("python", "python3.13", false));
        assert_eq!(Repl::of("bash"), repl("bash", "bash", false));
        assert_eq!(Repl::of("sh"), None);
    }

    #[test]
    fn the_lines_between_the_marks_count() {
        assert_eq!(marked("a\n    # begin user\n    b\n    c\n    # end user\nd\n"), 2);
    }
}
