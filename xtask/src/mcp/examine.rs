//! One server, examined with what it is known not to do.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use report::Report;

use super::fetch::{fetched, path_text};
use super::listed::Server;
use crate::failure::Result;
use crate::reports;
use crate::workspace::{self, command, fresh, root, target};

/// A server that can be started.
pub(super) struct Ready {
    name: String,
    /// The words that start it.
    command: Vec<String>,
    options: Vec<String>,
}

/// Where the files about one run are, without their endings.
pub(super) struct Place(PathBuf);

impl Place {
    /// The place of a run: the usual one, or one of its own if there are several.
    pub(super) fn of_run(name: &str, which: Option<(usize, usize)>) -> Self {
        let folder = root().join("target/reports/mcp");
        Self(match which {
            None => folder.join(name),
            Some((threads, number)) => {
                folder.join("runs").join(format!("{name}-beside-{threads}-{number}"))
            }
        })
    }

    /// A place for something else about a server.
    pub(super) fn named(folder: &str, name: &str) -> Self {
        Self(root().join("target/reports").join(folder).join(name))
    }

    /// The report of the last run here.
    pub(super) fn report(&self) -> Result<Report> {
        reports::conformant(&self.with("json"))
    }

    fn with(&self, ending: &str) -> PathBuf {
        let mut path = self.0.clone().into_os_string();
        path.push(".");
        path.push(ending);
        path.into()
    }
}

/// Fetches what is needed to start a server.
pub(super) fn ready(server: &Server) -> Result<Ready> {
    let command = fetched(server)?;
    Ok(Ready { name: server.name.clone(), command, options: server.options.clone() })
}

/// How an examination ended.
pub(super) struct Done {
    code: i32,
    took: Duration,
    /// The report; nothing if the run could not be done.
    pub(super) report: Option<Report>,
    log: PathBuf,
}

impl Ready {
    /// Examines the server, with the failures that are known of it.
    pub(super) fn examine(&self, place: &Place) -> Result<Done> {
        let known = root().join("docs/known-failures/mcp").join(format!("{}.txt", self.name));
        let mut options = self.options.clone();
        if known.is_file() {
            options.extend(["--known-failures".to_owned(), path_text(&known)?]);
        }
        self.examine_as(place, &options, &self.started()?)
    }

    /// The command, with the folders that it works on.
    pub(super) fn started(&self) -> Result<Vec<String>> {
        let place = |word: &String| match word.as_str() {
            "{files}" => path_text(&some_files()?),
            "{repository}" => path_text(&some_repository()?),
            _ => Ok(word.clone()),
        };
        self.command.iter().map(place).collect()
    }

    /// Examines this command with these options.
    pub(super) fn examine_as(
        &self,
        place: &Place,
        options: &[String],
        words: &[String],
    ) -> Result<Done> {
        // Files of an earlier run must not be read as those of this one.
        for ending in ["json", "txt"] {
            let _ = fs::remove_file(place.with(ending));
        }
        fs::create_dir_all(place.0.parent().unwrap_or(Path::new(".")))?;
        let log = place.with("txt");
        let mut proctor = command(workspace::proctor()?);
        proctor.args(["run", "--no-progress"]).args(options);
        proctor.arg("--json").arg(place.with("json")).arg("--").args(words);
        let output = File::create(&log)?;
        proctor.stdin(Stdio::null()).stdout(output.try_clone()?).stderr(output);
        let began = Instant::now();
        let code = workspace::code(&mut proctor)?;
        let took = began.elapsed();
        let written = place.with("json").try_exists()?;
        let report = written.then(|| reports::read(&place.with("json"))).transpose()?;
        Ok(Done { code, took, report, log })
    }
}

impl Done {
    /// Whether everything held that is not known to fail.
    pub(super) fn holds(&self) -> bool {
        self.code == 0 && self.report.is_some()
    }

    /// How long it took.
    pub(super) fn seconds(&self) -> f64 {
        self.took.as_secs_f64()
    }

    /// The run in one line.
    pub(super) fn line(&self, name: &str) -> String {
        let seconds = self.seconds();
        let Some(report) = &self.report else {
            let log = self.log.display();
            return format!("mcp-real: {name:<20} no report, exit code {}; see {log}", self.code);
        };
        let summary = &report.summary;
        format!(
            "mcp-real: {name:<20} {:<14} {:>4} passed {:>3} known {:>3} warned {:>4} not applicable {seconds:>6.1} s",
            report.verdict.to_string(),
            summary.passed,
            summary.known_failures,
            summary.warned,
            summary.not_applicable,
        )
    }

    /// What failed, for people.
    pub(super) fn failures(&self) -> String {
        match &self.report {
            Some(report) => reports::failed(report),
            None => fs::read_to_string(&self.log).unwrap_or_default(),
        }
    }
}

/// A folder with two files.
fn some_files() -> Result<PathBuf> {
    let folder = target()?.join("mcp-servers/files");
    fresh(&folder)?;
    fs::write(folder.join("readme.txt"), "A file to read.\n")?;
    fs::write(folder.join("numbers.json"), "[1, 2, 3]\n")?;
    Ok(folder)
}

/// A repository with one commit.
fn some_repository() -> Result<PathBuf> {
    let folder = target()?.join("mcp-servers/repository");
    fresh(&folder)?;
    fs::write(folder.join("readme.txt"), "A file under version control.\n")?;
    let identity = ["-c", "user.name=nobody", "-c", "user.email=nobody@localhost"];
    for words in [&["init", "--quiet"][..], &["add", "."], &["commit", "--quiet", "--message=one"]]
    {
        let mut git = command("git");
        workspace::run(git.current_dir(&folder).args(identity).args(words))?;
    }
    Ok(folder)
}
