//! One real release, examined with what it is known not to do.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use report::Report;

use crate::failure::Result;
use crate::reports;
use crate::workspace::{self, command, printed, root};

/// Examine one real Codex release, with its known failures, and end with the exit code of `proctor run`.
///
/// Writes STEM.json and STEM.xml. PROCTOR names another proctor than the one that is built here.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The release, like 0.98.0
    version: String,
    /// Where the reports go, without an ending
    stem: PathBuf,
    /// Arguments for `proctor run`
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "ARGUMENT")]
    rest: Vec<String>,
}

/// Examines, and prints what proctor prints.
pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    let rest: Vec<&str> = args.rest.iter().map(String::as_str).collect();
    let stem = Stem(std::path::absolute(&args.stem)?);
    let done = examine(&args.version, &stem, &rest, false)?;
    Ok(ExitCode::from(u8::try_from(done.code)?))
}

/// Where the files about one run are, without their endings.
pub(crate) struct Stem(pub(crate) PathBuf);

impl Stem {
    /// The usual place for a release.
    pub(crate) fn of_release(version: &str) -> Self {
        Self(root().join("target/reports").join(version))
    }

    /// The report as JSON.
    pub(crate) fn json(&self) -> PathBuf {
        self.with("json")
    }

    /// The parts of the protocol that were touched.
    pub(crate) fn coverage(&self) -> PathBuf {
        self.with("coverage.json")
    }

    /// What was printed.
    pub(crate) fn log(&self) -> PathBuf {
        self.with("txt")
    }

    fn with(&self, ending: &str) -> PathBuf {
        // Not `with_extension`: a version has dots of its own.
        let mut path = self.0.clone().into_os_string();
        path.push(".");
        path.push(ending);
        path.into()
    }
}

/// How an examination ended.
pub(crate) struct Examination {
    /// The exit code of `proctor run`.
    pub(crate) code: i32,
    /// Its report; nothing if the run could not be done.
    pub(crate) report: Option<Report>,
}

/// Examines a release; what proctor prints goes to a log if that is asked for.
pub(crate) fn examine(
    version: &str,
    stem: &Stem,
    args: &[&str],
    to_log: bool,
) -> Result<Examination> {
    // Files of an earlier run must not be read as those of this one.
    for ending in ["json", "coverage.json", "xml", "txt"] {
        let _ = fs::remove_file(stem.with(ending));
    }
    fs::create_dir_all(stem.0.parent().unwrap_or(Path::new(".")))?;
    let (codex, serve) = server(version)?;
    let mut proctor = command(workspace::proctor()?);
    proctor.arg("run").args(args).args(["--known-failures-dir", "docs/known-failures"]);
    proctor.arg("--json").arg(stem.json()).arg("--junit").arg(stem.with("xml"));
    proctor.arg("--coverage").arg(stem.coverage());
    proctor.arg("--").arg(codex).arg(serve);
    if to_log {
        let log = File::create(stem.log())?;
        proctor.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
    }
    let code = workspace::code(&mut proctor)?;
    let written = stem.json().try_exists()?;
    let report = written.then(|| reports::read(&stem.json())).transpose()?;
    Ok(Examination { code, report })
}

/// The executable of a release, fetched if need be.
pub(crate) fn fetched(version: &str) -> Result<PathBuf> {
    printed(command("scripts/fetch-codex").arg(version)).map(PathBuf::from)
}

/// The executable of a release, and the subcommand by which it serves.
fn server(version: &str) -> Result<(PathBuf, &'static str)> {
    let codex = fetched(version)?;
    let home = tempfile::tempdir_in(root().join("target/real-servers"))?;
    let mut help = Command::new(&codex);
    let help = help.arg("--help").env("CODEX_HOME", home.path()).stdin(Stdio::null()).output();
    let help = help.map_err(|error: io::Error| format!("{}: {error}", codex.display()))?;
    let text = String::from_utf8_lossy(&help.stdout);
    let offers = |name: &str| text.lines().any(|line| line.split_whitespace().next() == Some(name));
    // Before there was an app-server, its methods were served by the other.
    let serve = ["app-server", "mcp"].into_iter().find(|name| offers(name));
    let serve =
        serve.ok_or_else(|| format!("{} offers neither app-server nor mcp", codex.display()))?;
    Ok((codex, serve))
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use pretty_assertions::assert_eq;

    use super::Stem;

    #[test]
    fn the_dots_of_a_version_are_no_ending() {
        let stem = Stem(PathBuf::from("reports/0.98.0"));
        assert_eq!(stem.json(), Path::new("reports/0.98.0.json"));
        assert_eq!(stem.log(), Path::new("reports/0.98.0.txt"));
    }
}
