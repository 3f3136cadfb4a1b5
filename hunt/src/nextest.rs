//! Targets from the tests that cargo-nextest runs in a workspace.
//!
//! nextest itself determines how a test runs: it builds and lists the tests, and then runs the
//! chosen ones once through a target runner that only records command, directory and environment
//! (`record`). Everything that a configuration, a build script or a setup script adds is thus
//! included, and nothing is computed a second time.

mod config;
pub mod record;
pub mod resolve;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use nextest_metadata::{FilterMatch, TestListSummary};

pub use config::ConfigError;
pub use record::{RecordError, Recorder};
pub use resolve::{Foreign, Resolution, Resolved, Unresolved};

use crate::ci_log::Finding;
use crate::target::{Built, Target};
use resolve::Names;

/// Which tests, and how cargo builds them.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The directory for cargo and nextest; by default the working directory.
    pub dir: Option<PathBuf>,
    /// The profile of nextest; by default its default.
    pub profile: Option<String>,
    /// A filter expression of nextest, as after `-E`.
    pub filter: Option<String>,
    /// Options of cargo, like `-p`, `--features` or `--release`, passed on as they are.
    pub cargo: Vec<OsString>,
}

/// The name of a test: nextest's id of the binary, and the name within it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TestId {
    /// Like `codex-core::suite`.
    pub binary_id: String,
    /// Like `module::name`.
    pub test: String,
}

impl std::fmt::Display for TestId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.binary_id, self.test)
    }
}

/// A test that can run alone, and the time after which nextest reports a leak.
#[derive(Clone, Debug, PartialEq)]
pub struct Recorded {
    /// The name of the test.
    pub id: TestId,
    /// How nextest runs it.
    pub target: Target,
    /// How long its output may stay open after its end, by the profile and its overrides.
    pub leak_timeout: Duration,
}

/// The tests could not be found.
#[derive(Debug, thiserror::Error)]
pub enum NextestError {
    /// `cargo` could not be started.
    #[error("cargo could not be started: {0}")]
    Cargo(#[source] std::io::Error),
    /// There is no cargo-nextest, or it is too old.
    #[error(
        "cargo-nextest is needed to find the tests: `cargo install --locked cargo-nextest`, or https://nexte.st"
    )]
    Missing,
    /// nextest reported an error.
    #[error("`cargo nextest {what}` ended with {status}\n{stderr}")]
    Refused {
        /// The subcommand.
        what: &'static str,
        /// Its exit status.
        status: std::process::ExitStatus,
        /// Its error output, without the part that was shown already.
        stderr: String,
    },
    /// The list is not in the form that nextest documents.
    #[error("the list of cargo-nextest cannot be read: {0}")]
    List(#[from] serde_json::Error),
    /// No test is left.
    #[error("no test matches{0}")]
    NoTests(String),
    /// The workspace does not exist.
    #[error("{} is not there, where the test was found", .0.display())]
    Gone(PathBuf),
    /// None of the tests in the log exists here.
    #[error(transparent)]
    Foreign(#[from] Foreign),
    /// Recording failed.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// nextest's configuration cannot be read.
    #[error(transparent)]
    Config(#[from] ConfigError),
}

/// The tests of a workspace, built.
#[derive(Debug)]
pub struct Listing {
    options: Options,
    summary: TestListSummary,
    workspace_root: PathBuf,
    names: Names,
}

impl Options {
    /// `cargo nextest SUBCOMMAND`, with the options that cargo needs for the same build.
    fn command(&self, subcommand: &str) -> Command {
        let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        command.args(["nextest", subcommand]).args(&self.cargo).stdin(Stdio::null());
        if let Some(profile) = &self.profile {
            command.args(["--profile", profile]);
        }
        if let Some(dir) = &self.dir {
            command.current_dir(dir);
        }
        // The variables of an outer cargo-nextest do not apply to this run.
        command.env_remove("NEXTEST_TEST_PHASE");
        command
    }

    fn dir(&self) -> &Path {
        self.dir.as_deref().unwrap_or(Path::new("."))
    }

    /// Builds the tests and lists them; cargo's progress goes to our standard error.
    ///
    /// # Errors
    ///
    /// If cargo or nextest failed.
    pub fn list(&self) -> Result<Listing, NextestError> {
        let workspace_root = workspace_root(self)?;
        let summary = self.summary(self.filter.as_deref())?;
        let tests = |suite: &nextest_metadata::RustTestSuiteSummary| {
            let matches = |case: &nextest_metadata::RustTestCaseSummary| {
                case.filter_match == FilterMatch::Matches
            };
            suite.test_cases.iter().map(|(name, case)| (name.to_string(), matches(case))).collect()
        };
        let names = Names(
            summary.rust_suites.iter().map(|(id, suite)| (id.to_string(), tests(suite))).collect(),
        );
        Ok(Listing { options: self.clone(), summary, workspace_root, names })
    }

    fn summary(&self, filter: Option<&str>) -> Result<TestListSummary, NextestError> {
        let mut command = self.command("list");
        command.args(["--message-format", "json", "--run-ignored", "all"]).stderr(Stdio::inherit());
        if let Some(filter) = filter {
            command.args(["-E", filter]);
        }
        let output = finished("list", command.output().map_err(NextestError::Cargo)?)?;
        Ok(TestListSummary::parse_json(String::from_utf8_lossy(&output.stdout))?)
    }
}

/// Without nextest, `cargo nextest` ends with 101, like any unknown subcommand.
fn finished(what: &'static str, output: Output) -> Result<Output, NextestError> {
    if output.status.success() {
        return Ok(output);
    }
    let stderr = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Err(NextestError::Refused { what, status: output.status, stderr })
}

/// Also shows whether cargo-nextest is installed.
fn workspace_root(options: &Options) -> Result<PathBuf, NextestError> {
    let mut version = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    version.args(["nextest", "--version"]).current_dir(options.dir()).stdin(Stdio::null());
    if !version.output().map_err(NextestError::Cargo)?.status.success() {
        return Err(NextestError::Missing);
    }
    let mut locate = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    locate
        .args(["locate-project", "--workspace", "--message-format", "plain"])
        .current_dir(options.dir());
    let manifest = options.cargo.iter().position(|option| option == "--manifest-path");
    if let Some(path) = manifest.and_then(|at| options.cargo.get(at + 1)) {
        locate.arg("--manifest-path").arg(path);
    }
    let output = finished("locate-project", locate.output().map_err(NextestError::Cargo)?)?;
    let manifest = PathBuf::from(String::from_utf8_lossy(&output.stdout).trim());
    Ok(manifest.parent().map_or_else(|| options.dir().to_owned(), Path::to_owned))
}

impl Listing {
    /// The tests that match the filter.
    #[must_use]
    pub fn matching(&self) -> Vec<TestId> {
        let of = |(binary_id, tests): (&String, &BTreeMap<String, bool>)| {
            let id = |test: &String| TestId { binary_id: binary_id.clone(), test: test.clone() };
            tests
                .iter()
                .filter(|(_, matches)| **matches)
                .map(|(test, _)| id(test))
                .collect::<Vec<_>>()
        };
        self.names.0.iter().flat_map(of).collect()
    }

    /// Finds the tests that a log names.
    ///
    /// # Errors
    ///
    /// If none of the named binaries exists here: then the log is another project's.
    pub fn resolve(&self, findings: &[Finding]) -> Result<Resolution, Foreign> {
        self.names.resolve(findings)
    }

    /// Lets nextest run the tests once, in this order, through a runner that only records them.
    ///
    /// # Errors
    ///
    /// If nextest failed, or left one of them out.
    pub fn record(
        &self,
        tests: &[TestId],
        recorder: &Recorder,
    ) -> Result<Vec<Recorded>, NextestError> {
        if tests.is_empty() {
            let filter = self
                .options
                .filter
                .as_deref()
                .map_or_else(String::new, |filter| format!(" `{filter}`"));
            return Err(NextestError::NoTests(filter));
        }
        let config = config::Config::read(&self.workspace_root, &self.options)?;
        let runs = record::record(self, tests, recorder, &config)?;
        let timeouts = config.leak_timeouts(self, tests)?;
        let each = tests.iter().zip(runs).zip(timeouts);
        Ok(each
            .map(|((id, run), leak_timeout)| {
                let at_a_time =
                    run.env.get("NEXTEST_TEST_GROUP").and_then(|group| config.threads(group));
                let target =
                    Target { label: id.to_string(), at_a_time, ..Target::command(run.command) };
                let built = self.built(id);
                let target = Target { env: run.env, cwd: Some(run.cwd), built, ..target };
                Recorded { id: id.clone(), target, leak_timeout }
            })
            .collect())
    }

    /// The build of a test, if all of it is text.
    fn built(&self, id: &TestId) -> Option<Built> {
        let Options { profile, cargo, .. } = &self.options;
        let texts = cargo.iter().map(|option| option.to_str().map(str::to_owned));
        Some(Built {
            dir: std::path::absolute(self.options.dir()).ok()?,
            profile: profile.clone(),
            cargo: texts.collect::<Option<_>>()?,
            binary_id: id.binary_id.clone(),
            test: id.test.clone(),
            file: self.file(&id.binary_id)?,
        })
    }

    /// The path of a binary.
    fn file(&self, binary_id: &str) -> Option<String> {
        let mut suites = self.summary.rust_suites.iter();
        let suite = suites.find(|(id, _)| id.to_string() == binary_id)?.1;
        Some(suite.binary.binary_path.to_string())
    }

    fn triple(&self) -> String {
        let platforms = self.summary.rust_build_meta.platforms.as_ref();
        let target = platforms
            .and_then(|platforms| platforms.targets.first().map(|target| &target.platform));
        let platform = target.or_else(|| platforms.map(|platforms| &platforms.host.platform));
        platform.map_or_else(String::new, |platform| platform.triple.clone())
    }
}

impl Built {
    /// Builds the target again, and updates its program if that has moved.
    ///
    /// # Errors
    ///
    /// If it cannot be built, or the test no longer exists.
    pub fn anew(&self, mut target: Target) -> Result<Target, NextestError> {
        if !self.dir.is_dir() {
            return Err(NextestError::Gone(self.dir.clone()));
        }
        let options = Options {
            dir: Some(self.dir.clone()),
            profile: self.profile.clone(),
            filter: None,
            cargo: self.cargo.iter().map(OsString::from).collect(),
        };
        let id = TestId { binary_id: self.binary_id.clone(), test: self.test.clone() };
        let listing = options.list()?;
        let file = match listing.file(&id.binary_id) {
            Some(file) if listing.matching().contains(&id) => file,
            _ => return Err(NextestError::NoTests(format!(" `{id}`, which was hunted"))),
        };
        for word in target.command.iter_mut().filter(|word| **word == self.file) {
            word.clone_from(&file);
        }
        target.built = Some(Self { file, ..self.clone() });
        Ok(target)
    }
}

/// An expression for exactly these tests.
fn exactly(tests: &[TestId]) -> String {
    // Commas and parentheses would end a name.
    let quote = |name: &str| {
        name.chars().fold(String::new(), |mut quoted, char| {
            if matches!(char, '\\' | '(' | ')' | ',' | '/') {
                quoted.push('\\');
            }
            quoted.push(char);
            quoted
        })
    };
    let one = |id: &TestId| {
        format!("(binary_id(={}) & test(={}))", quote(&id.binary_id), quote(&id.test))
    };
    tests.iter().map(one).collect::<Vec<_>>().join(" | ")
}
