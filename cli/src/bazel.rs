//! `proctor run` as a test of Bazel: reads what Bazel says to a test, and answers where Bazel looks.
//!
//! Bazel speaks to a test by variables, and each has an option of `proctor run`; an option that is
//! written wins. The variables count only where Bazel starts a test, which `TEST_TARGET` and
//! `TEST_SRCDIR` together show. docs/bazel.md has the whole table.

mod answers;
mod environment;
mod options;
mod runfiles;
mod temporary;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use harness::profile::Profile;
use report::{Note, Report, Verdict};

use crate::args::RunArgs;
use crate::exit_code::{HELD, Stop, UNABLE};
use crate::run::request::Request;
use crate::settings_file::SettingsFile;
use crate::terminal;

use environment::Environment;

/// A test of Bazel that is this process.
pub(crate) struct Bazel {
    environment: Environment,
    /// Whether the part of the checks that runs is the one that Bazel names.
    shards: bool,
    /// Whether neither options nor settings say how many checks run at a time.
    counts_jobs: bool,
    /// Where the conversations of failures go, if no option says it.
    conversations: Option<PathBuf>,
}

impl Bazel {
    /// Finds out whether Bazel runs this process as a test. If it does, it learns that shards are
    /// understood, and that the process must not end by surprise.
    pub(crate) fn begin() -> Option<Self> {
        let environment = Environment::of_process()?;
        let touch = |path: &Path| fs::OpenOptions::new().append(true).create(true).open(path);
        told(&environment.shard_status, "TEST_SHARD_STATUS_FILE", |path| touch(path).map(drop));
        told(&environment.premature_exit, "TEST_PREMATURE_EXIT_FILE", |path| touch(path).map(drop));
        Some(Self { environment, shards: false, counts_jobs: false, conversations: None })
    }

    /// Fills in the options that are not written.
    ///
    /// # Errors
    ///
    /// If a variable makes no sense.
    pub(crate) fn fill(&mut self, args: &mut RunArgs, settings: &SettingsFile) -> Result<(), Stop> {
        let filled = options::fill(&self.environment, args, settings)?;
        self.shards = filled.shards;
        self.counts_jobs = filled.counts_jobs;
        self.conversations = filled.conversations;
        runfiles::resolve(args);
        Ok(())
    }

    /// Sets what no option can: where homes are, and how a check is repeated.
    pub(crate) fn adjust(&self, request: &mut Request) -> Result<(), Stop> {
        request.subject.settings.homes =
            temporary::directory(self.environment.temporary.as_deref());
        request.options.bazel_target = Some(crate::run::request::quoted(&self.environment.target)?);
        Ok(())
    }

    /// How many checks run at a time: Bazel grants a test one processor, whatever the machine has.
    pub(crate) fn jobs(&self, profile: &Profile) -> Option<usize> {
        self.counts_jobs.then(|| profile.jobs_on(1))
    }

    /// Where the conversations of failures go.
    pub(crate) fn conversations(&self) -> Option<&Path> {
        self.conversations.as_deref()
    }

    /// Writes the warnings, and returns the exit code: a part without a check passes, if other parts
    /// have some.
    pub(crate) fn conclude(&self, report: &Report, selected: usize) -> Result<u8, Stop> {
        let warnings = answers::warnings(report);
        if !warnings.is_empty() {
            let write = |path: &Path| fs::write(path, &warnings);
            told(&self.environment.warnings, "TEST_WARNINGS_OUTPUT_FILE", write);
        }
        let was_ended = |note: &Note| matches!(note, Note::Deadline(_) | Note::Interrupted);
        let is_empty = report.verdict == Verdict::Incomplete
            && report.summary.expected == 0
            && !report.notes.iter().any(was_ended);
        if self.shards && is_empty && selected > 0 {
            let checks = if selected == 1 { "1 check is" } else { "checks are" };
            let count = if selected == 1 { String::new() } else { format!("all {selected} ") };
            terminal::say(&format!("note: this shard passes: {count}{checks} in other shards\n"))?;
            return Ok(HELD);
        }
        Ok(report.exit_code())
    }

    /// Tells Bazel that this was no surprise, and whether anything but the test failed.
    pub(crate) fn end(&self, ended: &Result<u8, Stop>) {
        if let Err(stop) = ended
            && stop.code == UNABLE
        {
            let text = answers::infrastructure_failure(stop);
            let write = |path: &Path| fs::write(path, &text);
            told(
                &self.environment.infrastructure_failure,
                "TEST_INFRASTRUCTURE_FAILURE_FILE",
                write,
            );
        }
        told(&self.environment.premature_exit, "TEST_PREMATURE_EXIT_FILE", |path| {
            fs::remove_file(path)
        });
    }
}

/// Tells Bazel something by a file. If that is not possible, the run is as good as without it.
fn told(file: &Option<PathBuf>, variable: &str, tell: impl Fn(&Path) -> io::Result<()>) {
    let Some(path) = file else { return };
    if let Err(error) = tell(path) {
        terminal::complain("note", &format!("{variable}, {}: {error}", path.display()));
    }
}
