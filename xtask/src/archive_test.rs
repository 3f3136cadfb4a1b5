//! `archive-test`: the tests of an archive, in a folder without sources, as on two machines.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use regex::Regex;
use serde_json::Value;
use tempfile::TempDir;

use crate::failure::Result;
use crate::workspace::{cargo, code, copy, fresh, printed, root, run as done, shown, target};

/// How many machines there are.
const MACHINES: usize = 2;

/// Run the tests from an archive, in two parts, each in a folder of its own, and add them up.
///
/// Each part gets what docs/two-machines.md says that a machine needs: the archive, and a folder with the manifest and the
/// settings of the workspace, without sources. As root, the sources and what was compiled from them are hidden meanwhile, so that
/// no test can find them where they were. Arguments are those of `cargo nextest run`, such as `-E 'package(utils-cargo-bin)'`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Give each machine the sources too, and leave out no test
    #[arg(long)]
    sources: bool,
    /// Take this archive, and make none
    #[arg(long, value_name = "FILE")]
    archive: Option<PathBuf>,
    /// More arguments of `cargo nextest run`
    #[arg(value_name = "ARGS", trailing_var_arg = true, allow_hyphen_values = true)]
    more: Vec<String>,
}

/// Makes the archive, runs both parts and compares their sum with the list.
pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    let archive = match &args.archive {
        Some(file) => std::path::absolute(file)?,
        None => archive()?,
    };
    let hides = Hides::new()?;
    say(if hides.0.is_empty() {
        "not root, so the sources stay where tests could find them"
    } else {
        "the sources are hidden"
    })?;
    let machine = Machine::new(args, &archive)?;
    let all = machine.listed(&hides)?;
    let (mut ran, mut failed) = (0, 0);
    for part in 1..=MACHINES {
        // A folder of its own, as another machine has.
        let machine = Machine::new(args, &archive)?;
        let counts = machine.tests(&hides, part)?;
        say(&format!("part {part} of {MACHINES}: {} tests, {} failed", counts.ran, counts.failed))?;
        ran += counts.ran;
        failed += counts.failed;
    }
    say(&format!("both parts: {ran} tests of the {all} in the list, {failed} failed"))?;
    Ok(if failed == 0 && ran == all && ran > 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The archive of all tests, as they are now.
fn archive() -> Result<PathBuf> {
    let file = target()?.join("archive/tests.tar.zst");
    if let Some(folder) = file.parent() {
        fresh(folder)?;
    }
    let mut cargo = cargo(&["nextest", "archive", "--locked", "--workspace", "--archive-file"]);
    done(cargo.arg(&file))?;
    Ok(file)
}

/// What is not to be seen: every package with its sources, the documents, and what was compiled.
struct Hides(Vec<PathBuf>);

impl Hides {
    fn new() -> Result<Self> {
        let mut unshare = Command::new("unshare");
        unshare.args(["--mount", "true"]).stderr(Stdio::null());
        // Who may not mount has all that is needed but the proof.
        if code(&mut unshare).is_ok_and(|code| code == 0) {
            let mut folders =
                members()?.into_iter().map(|member| root().join(member)).collect::<Vec<_>>();
            folders.extend([root().join("docs"), target()?.join("debug")]);
            return Ok(Self(folders));
        }
        Ok(Self(Vec::new()))
    }

    /// The command, for whose processes these folders are empty.
    fn from(&self, command: &Command) -> Command {
        if self.0.is_empty() {
            let mut same = Command::new(command.get_program());
            same.args(command.get_args());
            return same;
        }
        let script = r#"while [ "$1" != -- ]; do mount -t tmpfs tmpfs "$1" || exit 3; shift; done; shift; exec "$@""#;
        let mut hidden = Command::new("unshare");
        hidden.args(["--mount", "sh", "-c", script, "sh"]).args(&self.0).arg("--");
        hidden.arg(command.get_program()).args(command.get_args());
        hidden
    }
}

/// The folders of the packages, from the root of the workspace.
fn members() -> Result<Vec<String>> {
    let manifest: toml_edit::DocumentMut =
        fs::read_to_string(root().join("Cargo.toml"))?.parse()?;
    let members = manifest["workspace"]["members"].as_array().ok_or("a workspace has members")?;
    Ok(members.iter().filter_map(|member| Some(member.as_str()?.to_owned())).collect())
}

/// What a machine has that runs a part of the tests.
struct Machine<'a> {
    args: &'a Args,
    archive: &'a Path,
    /// Of the system, as tests make sockets below the folder for temporary files.
    folder: TempDir,
}

/// How many tests a part had.
struct Counts {
    ran: usize,
    failed: usize,
}

impl<'a> Machine<'a> {
    fn new(args: &'a Args, archive: &'a Path) -> Result<Self> {
        let machine = Self { args, archive, folder: TempDir::new()? };
        let workspace = machine.workspace();
        fs::create_dir(&workspace)?;
        if args.sources {
            copy(&root(), &workspace)?;
            return Ok(machine);
        }
        for file in ["Cargo.toml", ".config/nextest.toml"] {
            let place = workspace.join(file);
            fs::create_dir_all(place.parent().unwrap_or(&workspace))?;
            fs::copy(root().join(file), place)?;
        }
        // Each test runs in the folder of its package.
        for member in members()? {
            fs::create_dir(workspace.join(member))?;
        }
        Ok(machine)
    }

    fn workspace(&self) -> PathBuf {
        self.folder.path().join("workspace")
    }

    /// `cargo-nextest` itself: cargo is not needed.
    fn nextest(&self, verb: &str) -> Command {
        let mut nextest = Command::new("cargo-nextest");
        nextest.args(["nextest", verb, "--profile", self.profile(), "--archive-file"]);
        nextest.arg(self.archive).arg("--workspace-remap").arg(self.workspace());
        nextest.args(&self.args.more);
        nextest
    }

    fn profile(&self) -> &'static str {
        if self.args.sources { "ci" } else { "without-sources" }
    }

    fn in_place<'c>(&self, command: &'c mut Command) -> &'c mut Command {
        let path = crate::workspace::path(&[root().join("target/tools/bin")]);
        command.current_dir(self.folder.path()).env("PATH", path).stdin(Stdio::null())
    }

    /// How many tests there are to run.
    fn listed(&self, hides: &Hides) -> Result<usize> {
        let mut nextest = self.nextest("list");
        nextest.args(["--message-format", "json"]);
        let list: Value =
            serde_json::from_str(&printed(self.in_place(&mut hides.from(&nextest)))?)?;
        let suites = list["rust-suites"].as_object().ok_or("a list has suites")?;
        let tests = suites.values().filter_map(|suite| suite["testcases"].as_object());
        Ok(tests.flat_map(|tests| tests.values()).filter(|test| is_run(test)).count())
    }

    /// Runs a part, and shows what nextest says.
    fn tests(&self, hides: &Hides, part: usize) -> Result<Counts> {
        let mut nextest = self.nextest("run");
        let slice = format!("slice:{part}/{MACHINES}");
        nextest.args(["--partition", &slice, "--no-tests", "pass", "--color", "never"]);
        nextest.args(["--show-progress", "none", "--status-level", "fail"]);
        let log = self.folder.path().join("log");
        let mut hidden = hides.from(&nextest);
        let command = self.in_place(&mut hidden).stderr(fs::File::create(&log)?);
        let ended = code(command)?;
        let log = fs::read_to_string(log)?;
        io::stdout().lock().write_all(log.as_bytes())?;
        let counts = counted(&log).ok_or_else(|| format!("{}: no summary", shown(&nextest)))?;
        if (ended == 0) != (counts.failed == 0) {
            return Err(format!("{}: exit code {ended}", shown(&nextest)).into());
        }
        Ok(counts)
    }
}

/// Whether nextest would run a test of its list.
fn is_run(test: &Value) -> bool {
    test["filter-match"]["status"] == "matches" && test["ignored"] != true
}

/// What the summary of a run says.
fn counted(log: &str) -> Option<Counts> {
    let form =
        Regex::new(r"(?m)^ +Summary \[[^\]]*\] +(?:(\d+)/)?(\d+) tests? run: (\d+) passed").ok()?;
    let summary = form.captures_iter(log).last()?;
    let number =
        |at: usize| summary.get(at).and_then(|number| number.as_str().parse::<usize>().ok());
    let ran = number(1).or_else(|| number(2))?;
    // Also what was not run to its end, and what was not begun.
    Some(Counts { ran, failed: number(2)? - number(3)? })
}

fn say(line: &str) -> Result<()> {
    Ok(writeln!(io::stdout().lock(), "archive-test: {line}")?)
}

#[cfg(test)]
mod tests {
    use super::counted;

    #[test]
    fn a_summary_is_counted() {
        let counts = counted(
            "     Summary [  12.5s] 10 tests run: 8 passed (1 slow), 2 failed, 3 skipped\n",
        )
        .unwrap();
        assert_eq!((counts.ran, counts.failed), (10, 2));
        let counts =
            counted("     Summary [   0.1s] 3/10 tests run: 3 passed, 0 skipped\n").unwrap();
        assert_eq!((counts.ran, counts.failed), (3, 7));
        assert!(counted("error: no tests\n").is_none());
    }
}
